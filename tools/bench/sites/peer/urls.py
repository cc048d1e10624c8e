"""Only the peer itself."""

from django.urls import include, path

urlpatterns = [path("", include("helpdesk.urls"))]
