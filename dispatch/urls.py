from __future__ import annotations

from django.urls import include, path

from dispatch import views

app_name = "dispatch"
urlpatterns = [
    path("dispatch/", views.desk, name="desk"),
    path("dispatch/suggest/", views.suggest, name="suggest"),
    path("dispatch/requests/", views.requests, name="requests"),
    path("supervision/", views.supervision, name="supervision"),
    path("supervision/<int:pk>/", views.sheet, name="sheet"),
    path("", include("dispatch.roster_urls")),
]
