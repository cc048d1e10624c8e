from __future__ import annotations

from django.urls import path

from dispatch import circular_views, talk_views, views

app_name = "dispatch"
urlpatterns = [
    path("dispatch/", views.desk, name="desk"),
    path("dispatch/suggest/", views.suggest, name="suggest"),
    path("dispatch/requests/", views.requests, name="requests"),
    path("supervision/", views.supervision, name="supervision"),
    path("supervision/<int:pk>/", views.sheet, name="sheet"),
    path("supervision/remind/", views.remind, name="remind"),
    path("supervision/units/<slug:code>/", views.unit_supervision, name="unit_supervision"),
    path("supervision/talks/", talk_views.talks, name="talks"),
    path("supervision/talks/new/<slug:code>/", talk_views.propose, name="propose_talk"),
    path("supervision/talks/<int:pk>/", talk_views.talk, name="talk"),
    path("supervision/talks/<int:pk>/call/", talk_views.call, name="call_talk"),
    path("supervision/talks/<int:pk>/refuse/", talk_views.refuse, name="refuse_talk"),
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
