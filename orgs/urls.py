from __future__ import annotations

from django.urls import path

from orgs.views import account, messages, notices, settings, signing

app_name = "orgs"
urlpatterns = [
    path("login/", signing.sign_in, name="login"),
    path("login/code/", signing.second_step, name="second_step"),
    path("login/again/", signing.sign_in_again, name="sign_in_again"),
    path("login/kept/", signing.kept_form, name="kept_form"),
    path("logout/", signing.sign_out, name="logout"),
    path("session/", signing.session, name="session"),
    path("password/", account.change_password, name="change_password"),
    path("second-factor/", account.second_factor, name="second_factor"),
    path("places/", account.places, name="places"),
    path("places/end/", account.end_others, name="end_others"),
    path("font/", account.choose_font, name="choose_font"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/read/", notices.read_notices, name="read_notices"),
    path("notices/subscriptions/", messages.subscriptions, name="subscriptions"),
    path("counts/", notices.counts, name="counts"),
    path("settings/", settings.index, name="settings"),
    path("settings/roles/", settings.roles, name="roles"),
    path("settings/people/", settings.people, name="people"),
    path("settings/people/new/", settings.create_person, name="create_person"),
    path("settings/people/<int:pk>/", settings.person, name="person"),
    path("settings/people/<int:pk>/post/", settings.give_post, name="give_post"),
    path("settings/people/<int:pk>/<slug:what>/", settings.change_person, name="change_person"),
    path("settings/posts/<int:pk>/end/", settings.end_post, name="end_post"),
    path("settings/channels/", messages.channels, name="channels"),
    path("settings/channels/test/", messages.test_channel, name="test_channel"),
    path("settings/deliveries/", messages.deliveries, name="deliveries"),
    path("settings/deliveries/<int:pk>/again/", messages.send_again, name="send_again"),
    path("settings/logs/", settings.logs, name="logs"),
]
