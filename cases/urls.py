from __future__ import annotations

from django.urls import path

from cases.views import (
    acting,
    attachments,
    consultations,
    detail,
    lists,
    papers,
    registering,
)

app_name = "cases"
urlpatterns = [
    path("cases/", lists.case_list, name="list"),
    path("cases/new/", registering.new, name="new"),
    path("cases/<str:number>/", detail.detail, name="detail"),
    path("cases/<str:number>/registered/", registering.registered, name="registered"),
    path("cases/<str:number>/timeline/", detail.timeline, name="timeline"),
    path("cases/<str:number>/slip/", papers.slip, name="slip"),
    path("cases/<str:number>/reveal/", detail.reveal, name="reveal"),
    path("cases/<str:number>/attachments/", attachments.attach, name="attach"),
    path("cases/<str:number>/attachments/<int:pk>/", attachments.attachment, name="attachment"),
    path("cases/<str:number>/<slug:verb>/", acting.act, name="act"),
    path("consultations/", consultations.consultations, name="consultations"),
]
