from __future__ import annotations

from django.urls import path

from dispatch import routing_views as views

app_name = "routing"
urlpatterns = [
    path("", views.rules, name="rules"),
    path("<slug:place>/", views.rules_of, name="rules_of"),
    path("<slug:place>/try/", views.try_out, name="try"),
    path("<slug:place>/add/", views.edit, name="add"),
    path("<slug:place>/save/", views.save, name="save"),
    path("<slug:place>/discard/", views.discard, name="discard"),
    path("<slug:place>/versions/", views.versions, name="versions"),
    path("<slug:place>/versions/<int:number>/back/", views.go_back, name="roll_back"),
    path("<slug:place>/hits/", views.hits, name="hits"),
    path("<slug:place>/<slug:code>/", views.edit, name="edit"),
    path("<slug:place>/<slug:code>/<slug:what>/", views.change, name="change"),
]
