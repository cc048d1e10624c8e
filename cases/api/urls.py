"""One address per act: whatever an app adds to the registry can be done by API."""

from __future__ import annotations

from django.urls import re_path

from cases.acts import all_acts
from cases.api import views

NUMBER = "(?P<number>[0-9]{16}|[0-9]{4}-[0-9]{3,6})"

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
]
