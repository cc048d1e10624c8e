from __future__ import annotations

from django.urls import path

from orgs.views import notices, settings, signing

app_name = "orgs"
urlpatterns = [
    path("login/", signing.sign_in, name="login"),
    path("logout/", signing.sign_out, name="logout"),
    path("password/", signing.change_password, name="change_password"),
    path("font/", signing.choose_font, name="choose_font"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/read/", notices.read_notices, name="read_notices"),
    path("counts/", notices.counts, name="counts"),
    path("settings/", settings.index, name="settings"),
    path("settings/roles/", settings.roles, name="roles"),
    path("settings/people/", settings.people, name="people"),
    path("settings/people/new/", settings.create_person, name="create_person"),
    path("settings/people/<int:pk>/", settings.person, name="person"),
    path("settings/people/<int:pk>/post/", settings.give_post, name="give_post"),
    path("settings/people/<int:pk>/<slug:what>/", settings.change_person, name="change_person"),
    path("settings/posts/<int:pk>/end/", settings.end_post, name="end_post"),
    path("settings/logs/", settings.logs, name="logs"),
]
