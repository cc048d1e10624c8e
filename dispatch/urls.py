from __future__ import annotations

from django.urls import include, path

from dispatch import circular_views, joint_views, talk_views, views

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
    path("supervision/remind/", views.remind, name="remind"),
    path("supervision/units/<slug:code>/", views.unit_supervision, name="unit_supervision"),
    path("supervision/talks/", talk_views.talks, name="talks"),
    path("supervision/talks/new/<slug:code>/", talk_views.propose, name="propose_talk"),
    path("supervision/talks/<int:pk>/", talk_views.talk, name="talk"),
    path("supervision/talks/<int:pk>/call/", talk_views.call, name="call_talk"),
    path("supervision/talks/<int:pk>/refuse/", talk_views.refuse, name="refuse_talk"),
    path("supervision/talks/<int:pk>/call-off/", talk_views.call_off, name="call_off_talk"),
    path("supervision/talks/<int:pk>/record/", talk_views.record, name="record_talk"),
    path("supervision/talks/<int:pk>/print/", talk_views.print_talk, name="print_talk"),
    path("supervision/commitments/<int:pk>/", talk_views.settle, name="settle_commitment"),
    path("supervision/circulars/", circular_views.circulars, name="circulars"),
    path("supervision/circulars/<int:pk>/", circular_views.circular, name="circular"),
    path("supervision/circulars/<int:pk>/issue/", circular_views.issue, name="issue_circular"),
    path(
        "supervision/circulars/<int:pk>/correct/", circular_views.correct, name="correct_circular"
    ),
    path(
        "supervision/circulars/<int:pk>/print/",
        circular_views.print_circular,
        name="print_circular",
    ),
]
