"""One address per act: whatever an app adds to the registry can be done by API."""

from __future__ import annotations

from django.urls import re_path

from cases.acts import all_acts
from cases.api import grid_events, views
from grids.acts import all_acts as all_event_acts

NUMBER = "(?P<number>[0-9]{16}|[0-9]{4}-[0-9]{3,6})"
EVENT_NUMBER = "(?P<number>[0-9]{12}G[0-9]{2,4}|[0-9]{4}-G[0-9]{2,4})"

urlpatterns = [
    re_path(r"^cases/$", views.CaseList.as_view(), name="case-list"),
    re_path(rf"^cases/{NUMBER}/$", views.CaseDetail.as_view(), name="case-detail"),
    re_path(rf"^cases/{NUMBER}/timeline/$", views.CaseTimeline.as_view(), name="case-timeline"),
    *(
        re_path(
            rf"^cases/{NUMBER}/{act.verb}/$",
            views.DoAct.as_view(act=act),
            name=f"case-{act.verb}",
        )
        for act in sorted(all_acts(), key=lambda act: act.verb)
    ),
    re_path(r"^grid-events/$", grid_events.GridEventList.as_view(), name="grid-event-list"),
    re_path(
        rf"^grid-events/{EVENT_NUMBER}/$",
        grid_events.GridEventDetail.as_view(),
        name="grid-event-detail",
    ),
    re_path(
        rf"^grid-events/{EVENT_NUMBER}/raise/$",
        grid_events.RaiseEvent.as_view(),
        name="grid-event-raise",
    ),
    *(
        re_path(
            rf"^grid-events/{EVENT_NUMBER}/{act.verb}/$",
            grid_events.DoEventAct.as_view(act=act),
            name=f"grid-event-{act.verb}",
        )
        for act in sorted(all_event_acts(), key=lambda act: act.verb)
        if act.page is None
    ),
]
