"""Grid events by API: list, report, read, and one POST for every act of their registry.

It stands on the floor of cases: the bodies of acts are described here, and 转为事项 takes the body
of a `POST cases/`.
"""

from __future__ import annotations

from typing import Any

from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.bodies import describe, misfits
from cases.api.serializers import RaisingSerializer, RegisteredSerializer
from cases.api.views import taken_in
from cases.forms import sentences
from cases.grid_events import RAISE
from grids.acts import EventAct, allowed, refuse
from grids.event_filters import EventFilter
from grids.event_rows import light_of
from grids.models import Grid, GridEvent
from grids.querysets import EventQuerySet
from grids.services.reporting import LONGEST_PLACE, LONGEST_TEXT, Report, report_event
from grids.vocabulary import Category
from orgs.api.once import once
from orgs.api.requests import StaffApiRequest
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.api import BODY, Endpoint
from zongzhi.lib.api_paging import PagesByMoment
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound
from zongzhi.lib.openapi import Schema
from zongzhi.lib.worktime import Calendar

# The colour of a light does not depend on the calendar, only its words do.
_ANY_CALENDAR = Calendar()
FULL = 12  # longer numbers are full ones


class NewestEventsFirst(PagesByMoment):
    ordering = ("-received_at", "-pk")


class GridEventSerializer(serializers.ModelSerializer[GridEvent]):
    """An event as this person reads it."""

    grid = serializers.CharField(source="grid.code", read_only=True)
    center = serializers.CharField(source="center.region.code", read_only=True)
    unit = serializers.SerializerMethodField()
    worker = serializers.SerializerMethodField()
    merged_into = serializers.SerializerMethodField()
    light = serializers.SerializerMethodField()
    photos = serializers.SerializerMethodField()
    allowed_acts = serializers.SerializerMethodField()

    class Meta:
        model = GridEvent
        fields = (
            "number",
            "short_number",
            "client_id",
            "stage",
            "actor",
            "light",
            "category",
            "text",
            "place",
            "is_urgent",
            "grid",
            "area",
            "center",
            "unit",
            "worker",
            "reported_at",
            "received_at",
            "settled_on_spot",
            "asked",
            "step",
            "due_at",
            "overdue_steps",
            "is_valid",
            "result",
            "outcome",
            "done_at",
            "case_number",
            "merged_into",
            "photos",
            "allowed_acts",
            "version",
        )
        read_only_fields = fields

    def get_unit(self, event: GridEvent) -> str | None:
        return event.unit.code if event.unit else None

    def get_worker(self, event: GridEvent) -> str | None:
        return event.worker.username if event.worker else None

    def get_merged_into(self, event: GridEvent) -> str | None:
        return event.merged_into.number if event.merged_into else None

    def get_light(self, event: GridEvent) -> str:
        return light_of(event, _ANY_CALENDAR, clock.now()).colour

    def get_photos(self, event: GridEvent) -> int:
        return len(event.photos.all())

    def get_allowed_acts(self, event: GridEvent) -> list[str]:
        """Only of one event: a list would have to ask for every row."""
        user = self.context.get("user")
        return [act.verb for act in allowed(user, event)] if user is not None else []


class ReportSerializer(serializers.Serializer[Report]):
    """What a report holds; `client_id` is made by whoever sends it."""

    client_id = serializers.UUIDField()
    grid = serializers.CharField(max_length=18)
    category = serializers.ChoiceField(choices=Category.choices)
    text = serializers.CharField(max_length=LONGEST_TEXT)
    place = serializers.CharField(max_length=LONGEST_PLACE, required=False, allow_blank=True)
    is_urgent = serializers.BooleanField(required=False, default=False)
    reported_at = serializers.DateTimeField(required=False, allow_null=True)
    settled_on_spot = serializers.BooleanField(required=False, default=False)
    result = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    longitude = serializers.FloatField(
        min_value=-180, max_value=180, required=False, allow_null=True
    )
    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False, allow_null=True)

    def validate_grid(self, code: str) -> Grid:
        grid = Grid.objects.visible_to(self.context["request"].user).filter(code=code).first()
        if grid is None:
            raise serializers.ValidationError(f"没有编码 {code} 的网格，核对一次")
        return grid


class GridEventList(Endpoint, ListAPIView[GridEvent]):
    """网格事件: what this account may see, newest first; and 上报."""

    request: StaffApiRequest
    queryset = GridEvent.objects.none()  # for the description; get_queryset() says what is seen
    serializer_class = GridEventSerializer
    pagination_class = NewestEventsFirst
    filter_backends = [DjangoFilterBackend]
    filterset_class = EventFilter

    def get_queryset(self) -> EventQuerySet:
        return loaded(GridEvent.objects.visible_to(self.request.user))

    @extend_schema(operation_id="grid_event_list", summary="网格事件列表")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="grid_event_report",
        summary="上报",
        request=ReportSerializer,
        responses={200: GridEventSerializer, 201: GridEventSerializer},
    )
    @once
    def post(self, request: StaffApiRequest) -> Response:
        if not request.user.can(Permission.GRID_WORK):
            raise NotAllowed("这个账号不能上报，由网格员上报")
        given = ReportSerializer(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        event, is_new = report_event(Report(**given.validated_data), by=request.user)
        return Response(
            said(find(request.user, event.number), request.user), 201 if is_new else 200
        )


def loaded(events: EventQuerySet) -> EventQuerySet:
    return events.select_related(
        "grid", "center__region", "center__parent", "unit", "worker", "merged_into"
    ).prefetch_related("photos")


def find(user: User, number: str) -> GridEvent:
    column = "number" if len(number) > FULL else "short_number"
    seen = loaded(GridEvent.objects.visible_to(user)).filter(**{column: number})
    event: GridEvent | None = seen.order_by("-received_at").first()
    if event is None:
        raise NotFound(f"没有编号 {number} 的网格事件，核对一次")
    return event


def said(event: GridEvent, user: User) -> Any:
    return GridEventSerializer(event, context={"user": user}).data


class GridEventDetail(Endpoint):
    """One event, by its full number or its short one (the newest of that name)."""

    @extend_schema(
        operation_id="grid_event_read", summary="一件网格事件", responses=GridEventSerializer
    )
    def get(self, request: StaffApiRequest, number: str) -> Response:
        return Response(said(find(request.user, number), request.user))


class EventActSchema(Schema):
    """The description of one act, from the registry and its form."""

    @property
    def act(self) -> EventAct:
        view: Any = self.view
        act: EventAct = view.act
        return act

    def get_operation_id(self) -> str:
        return f"grid_event_{self.act.verb.replace('-', '_')}"

    def get_summary(self) -> str:
        return self.act.label

    def _get_request_body(self, direction: Any = "request") -> dict[str, Any] | None:
        described = describe(self.act.form)
        content = {"application/json": {"schema": described}}
        return {"content": content, "required": "required" in described}

    def get_request_serializer(self) -> None:
        return None

    def get_response_serializers(self) -> Any:
        return {200: GridEventSerializer}


class DoEventAct(Endpoint):
    """Do the act to the event; the answer is the event as it then is."""

    act: EventAct = None  # type: ignore[assignment]  # each address brings its own
    schema = EventActSchema()

    @once
    def post(self, request: StaffApiRequest, number: str) -> Response:
        user, act = request.user, self.act
        event = find(user, number)
        # Somebody else's act is refused before its body is looked at.
        refuse(act, event, user)
        if wrong := misfits(act.form, request.data):
            raise Invalid(errors=wrong)
        form = act.form(dict(request.data), event=event, user=user)
        if not form.is_valid():
            found = sentences(form.errors)
            raise Invalid(errors={BODY if n == "__all__" else n: s for n, s in found.items()})
        act.service(event_id=event.pk, by=user, **form.arguments())
        return Response(_after(user, event))


class RaiseEvent(Endpoint):
    """转为事项: the body is that of `POST cases/` without `source`, and so is the answer."""

    @extend_schema(
        operation_id="grid_event_raise",
        summary="转为事项",
        request=RaisingSerializer,
        responses={201: RegisteredSerializer},
    )
    @once
    def post(self, request: StaffApiRequest, number: str) -> Response:
        event = find(request.user, number)
        refuse(RAISE, event, request.user)
        given = RaisingSerializer(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        return taken_in(given, request, event=event)


def _after(user: User, event: GridEvent) -> Any:
    """The event as it then is; a unit that has given it back does not see it any more."""
    fresh = loaded(GridEvent.objects.all()).get(pk=event.pk)
    return said(fresh, user)
