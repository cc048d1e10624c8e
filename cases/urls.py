from __future__ import annotations

from django.urls import path

from cases.views import (
    acting,
    attachments,
    consultations,
    detail,
    drafting,
    duties,
    exports,
    lists,
    lookups,
    papers,
    registering,
    transcription,
)

app_name = "cases"
urlpatterns = [
    path("cases/", lists.case_list, name="list"),
    path("cases/export/", exports.export_list, name="export"),
    path("cases/print/", exports.print_list, name="print"),
    path("cases/views/", lists.save, name="views"),
    path("cases/views/<int:pk>/forget/", lists.forget, name="forget_view"),
    path("search/", lists.seek, name="search"),
    path("cases/new/", registering.new, name="new"),
    path("cases/new/known/", lookups.known, name="known"),
    path("cases/new/duplicates/", lookups.duplicates, name="duplicates"),
    path("cases/new/person/", lookups.person, name="person"),
    path("cases/<str:number>/", detail.detail, name="detail"),
    path("cases/<str:number>/registered/", registering.registered, name="registered"),
    path("cases/<str:number>/timeline/", detail.timeline, name="timeline"),
    path("cases/<str:number>/viewers/", detail.viewers, name="viewers"),
    path("cases/<str:number>/slip/", papers.slip, name="slip"),
    path("cases/<str:number>/transcription/", transcription.transcription, name="transcription"),
    path("cases/<str:number>/documents/", papers.make, name="documents"),
    path("cases/<str:number>/documents/<int:pk>/", papers.document, name="document"),
    path("cases/<str:number>/reveal/", detail.reveal, name="reveal"),
    path("cases/<str:number>/attachments/", attachments.attach, name="attach"),
    path("cases/<str:number>/attachments/<int:pk>/", attachments.attachment, name="attachment"),
    path("cases/<str:number>/attachments/<int:pk>/preview/", attachments.preview, name="preview"),
    path("cases/<str:number>/reports/<int:pk>/", duties.settle, name="settle_report"),
    path("cases/<str:number>/<slug:verb>/", acting.act, name="act"),
    path("drafts/", drafting.drafts, name="drafts"),
    path("draft/<uuid:submission_id>/", drafting.save, name="draft"),
    path("draft/<uuid:submission_id>/delete/", drafting.delete, name="delete_draft"),
    path("draft/<uuid:submission_id>/restore/", drafting.restore, name="restore_draft"),
    path("papers/", papers.reprint, name="reprint"),
    path("transcription/", transcription.transcription_list, name="transcriptions"),
    path("transcription/export/", transcription.transcription_export, name="transcription_export"),
    path("consultations/", consultations.consultations, name="consultations"),
]
