from __future__ import annotations

from django.urls import path

from cases.views import citizen

app_name = "citizen"
urlpatterns = [
    path("", citizen.leave, name="leave"),
    path("<str:token>/", citizen.progress, name="progress"),
    path("<str:token>/rate/", citizen.rate, name="rate"),
]
