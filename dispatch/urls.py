from __future__ import annotations

from django.urls import include, path

from dispatch import joint_views, views

app_name = "dispatch"
urlpatterns = [
    path("dispatch/", views.desk, name="desk"),
    path("dispatch/suggest/", views.suggest, name="suggest"),
    path("dispatch/requests/", views.requests, name="requests"),
    path("dispatch/whistles/", joint_views.whistles, name="whistles"),
    path("dispatch/whistles/<int:pk>/", joint_views.whistle, name="whistle"),
    path("dispatch/whistles/<int:pk>/answer/", joint_views.answer, name="answer"),
    path("dispatch/whistles/<int:pk>/arrive/", joint_views.arrive, name="arrive"),
    path("dispatch/sessions/", joint_views.sessions, name="sessions"),
    path("dispatch/sessions/<int:pk>/", joint_views.session, name="session"),
    path("dispatch/tasks/", joint_views.tasks, name="tasks"),
    path("dispatch/tasks/<int:pk>/", joint_views.task, name="task"),
    path("dispatch/clues/", joint_views.clues, name="clues"),
    path("dispatch/clues/<int:pk>/", joint_views.clue, name="clue"),
    path("dispatch/clues/<int:pk>/receive/", joint_views.receive, name="receive"),
    path("settings/groups/", joint_views.groups, name="groups"),
    path("settings/groups/<int:pk>/", joint_views.group, name="group"),
    path("supervision/", views.supervision, name="supervision"),
    path("supervision/<int:pk>/", views.sheet, name="sheet"),
    path("", include("dispatch.roster_urls")),
]
