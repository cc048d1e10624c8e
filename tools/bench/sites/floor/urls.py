"""Three ways to the same rows."""

from django.urls import path

from bench.sites.floor import views

urlpatterns = [
    path("bare/", views.bare),
    path("token/", views.by_token),
    path("session/", views.by_session),
]
