"""Cases by API: list, register, read, and one POST for every act of the registry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from cases.acts import Act, load_what_they_read, refusal
from cases.api.bodies import describe, misfits
from cases.api.serializers import (
    CaseSerializer,
    DuplicateSerializer,
    EventSerializer,
    RegisteredSerializer,
    RegistrationSerializer,
)
from cases.duplicates import duplicates_of
from cases.filters import CaseFilter
from cases.forms import sentences
from cases.loading import load_for_reading, load_parties
from cases.models import Case, CaseEvent
from cases.querysets import CaseQuerySet, newest_of_all, newest_seen, seen_by, sight_of
from cases.searching import id_of, not_found
from cases.services.registration import register_case, revisit_for_event
from cases.timeline import entries_of, events_of
from grids.models import GridEvent
from orgs.api.once import once
from orgs.api.requests import StaffApiRequest
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib.api import BODY, Endpoint, Pages
from zongzhi.lib.api_paging import PagesByMoment, Place
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound
from zongzhi.lib.openapi import Schema
from zongzhi.lib.paging import SIZE
from zongzhi.lib.prepared import Written


class NewestFirst(PagesByMoment):
    ordering = ("-registered_at", "-pk")
    page_size = SIZE

    def near(self, queryset: Any, place: Place) -> Any:
        """An address that asks for everything this person sees: there may be a shorter way."""
        if asked_for(self.request) != {self.cursor_query_param}:
            return queryset
        user = cast(StaffApiRequest, self.request).user
        return newest_seen(user, queryset, SIZE + 1, until=place[0], below=place[1])


def asked_for(request: Request) -> set[str]:
    """The parameters of the address that say something."""
    return {name for name, value in request.query_params.items() if value}


class FirstPage:
    """The newest cases somebody sees, as a paginator takes them out of a queryset.

    What everybody looks at all day, and nothing in the address to make it another list: its SQL
    follows from the person's sight, and is written once for each.
    """

    _WRITTEN = Written[Case](most=2000)

    def __init__(self, user: User) -> None:
        self._user = user

    def order_by(self, *names: str) -> FirstPage:
        if names != NewestFirst.ordering:
            raise ValueError(f"the first page is the newest, not by {names}")
        return self

    def __getitem__(self, part: slice) -> list[Case]:
        def build() -> CaseQuerySet:
            newest = newest_of_all(self._user, SIZE + 1)
            return newest.order_by(*NewestFirst.ordering)[part]

        return self._WRITTEN.rows(build, key=(sight_of(self._user), part.start, part.stop))


class InOrder(Pages):
    page_size = 100
    ordering = ("seq",)


class CaseList(Endpoint, ListAPIView[Case]):
    """事项: what this account may see, newest first; and 登记."""

    request: StaffApiRequest
    queryset = Case.objects.none()  # for the description; get_queryset() says what is seen
    serializer_class = CaseSerializer
    pagination_class = NewestFirst
    filter_backends = [DjangoFilterBackend]
    filterset_class = CaseFilter

    def get_queryset(self) -> Any:
        user = self.request.user
        return seen_by(user).with_revisions() if asked_for(self.request) else FirstPage(user)

    def filter_queryset(self, queryset: Any) -> Any:
        if isinstance(queryset, FirstPage):  # nothing in the address to filter by
            return queryset
        return super().filter_queryset(queryset)

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        load_for_reading(page or [], self.request.user.reference_revision)
        load_what_they_read(page or [])
        return page

    @extend_schema(operation_id="case_list", summary="事项列表")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="case_register",
        summary="登记",
        request=RegistrationSerializer,
        responses={201: RegisteredSerializer},
    )
    @once
    def post(self, request: StaffApiRequest) -> Response:
        if not request.user.can(Permission.REGISTER):
            raise NotAllowed("这个账号不能登记事项，由窗口登记员登记")
        given = RegistrationSerializer(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        return taken_in(given, request)


def taken_in(
    given: RegistrationSerializer, request: StaffApiRequest, *, event: GridEvent | None = None
) -> Response:
    """Registered, or noted as a visit for the same thing; `event` is what it is raised from."""
    registration = given.registration()
    others: list[Case] = []
    if number := given.validated_data["same_as"]:
        same = _same(request.user, number)
        case = revisit_for_event(
            case_id=same.pk,
            by=request.user,
            visitors=registration.visitors,
            text=registration.narrative,
            event=event.number if event else "",
        )
    else:
        if event is not None:
            registration = replace(registration, grid=event.grid, grid_event=event.number)
        others = duplicates_of(registration, by=request.user)
        case, _ = register_case(registration, by=request.user)
    duplicates = [DuplicateSerializer(other).data for other in others]
    return Response({**_said(case, request), "duplicates": duplicates}, status=201)


def _same(user: User, number: str) -> Case:
    """The case that the visitor has come for again."""
    case = Case.objects.visible_to(user).named(number).first()
    if case is None:
        raise Invalid(errors={"same_as": [not_found(user, number)]})
    return case


def _said(case: Case, request: Request) -> Any:
    """The case as this person reads it."""
    if not hasattr(case, "loaded_parties"):
        load_parties([case])
    load_what_they_read([case])
    return CaseSerializer(case, context={"request": request}).data


class CaseDetail(Endpoint):
    """One case, by its full number or its short one (the newest of that name)."""

    @extend_schema(operation_id="case_read", summary="一件事项", responses=CaseSerializer)
    def get(self, request: StaffApiRequest, number: str) -> Response:
        case = Case.objects.visible_to(request.user).named(number).first()
        if case is None:
            raise NotFound(not_found(request.user, number))
        load_for_reading([case], request.user.reference_revision)
        return Response(_said(case, request))


class CaseTimeline(Endpoint, ListAPIView[CaseEvent]):
    """经过, in the order it happened."""

    request: StaffApiRequest
    queryset = CaseEvent.objects.none()
    serializer_class = EventSerializer
    pagination_class = InOrder

    @extend_schema(
        operation_id="case_timeline", summary="经过", responses=EventSerializer(many=True)
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        user, number = self.request.user, kwargs["number"]
        case = Case.objects.visible_to(user).named(number).with_assignments().first()
        if case is None:
            raise NotFound(not_found(user, number))
        events = self.paginate_queryset(events_of(case, reader=user)) or []
        return self.get_paginated_response(_lines(list(events)))


def _lines(events: list[CaseEvent]) -> Any:
    lines = [
        {
            "seq": event.seq,
            "at": event.at,
            "verb": event.verb,
            "title": entry.title,
            "text": entry.text,
            "by": entry.who,
            "stage": event.to_stage,
            "round": event.round,
            "public": event.is_public,
        }
        for event, entry in zip(events, entries_of(events), strict=True)
    ]
    return EventSerializer(lines, many=True).data


class ActSchema(Schema):
    """The description of one act, from the registry and its form."""

    @property
    def act(self) -> Act:
        view: Any = self.view
        act: Act = view.act
        return act

    def get_operation_id(self) -> str:
        return f"case_{self.act.verb.replace('-', '_')}"

    def get_summary(self) -> str:
        return self.act.label

    def get_description(self) -> str:  # type: ignore[override]
        return self.act.form.intro

    def _get_request_body(self, direction: Any = "request") -> dict[str, Any] | None:
        described = describe(self.act.form)
        if not described["properties"]:
            return None
        content = {"application/json": {"schema": described}}
        return {"content": content, "required": "required" in described}

    def get_request_serializer(self) -> None:
        return None

    def get_response_serializers(self) -> Any:
        return {200: CaseSerializer}


class DoAct(Endpoint):
    """Do the act to the case; the answer is the case as it then is."""

    act: Act = None  # type: ignore[assignment]  # each address brings its own
    schema = ActSchema()

    @once
    def post(self, request: StaffApiRequest, number: str) -> Response:
        user, act = request.user, self.act
        if not act.asks and not request.data and (pk := id_of(number)):
            try:
                return Response(_said(act.service(case_id=pk, by=user), request))
            except NotFound as unseen:  # the door alone has looked
                raise NotFound(not_found(user, number)) from unseen
        case = self._case(user, number)
        given = self._given(case, user, request.data)
        return Response(_said(act.service(case_id=case.pk, by=user, **given), request))

    def _case(self, user: User, number: str) -> Case:
        rows = Case.objects.visible_to(user).named(number).select_related("center", "unit")
        case = rows.with_assignments().first()
        if case is None:
            raise NotFound(not_found(user, number))
        return case

    def _given(self, case: Case, user: User, body: Any) -> dict[str, Any]:
        """What the service takes; somebody else's act is refused before its body is looked at."""
        act = self.act
        if act.asks and not act.who(user, case):
            raise NotAllowed(refusal(act, case))
        if wrong := misfits(act.form, body):
            raise Invalid(errors=wrong)
        form = act.form(act.form.flatten(body), case=case, user=user)
        if not form.is_valid():
            found = sentences(form.errors)
            raise Invalid(errors={BODY if n == "__all__" else n: said for n, said in found.items()})
        return form.arguments()
