"""What a list of cases can be narrowed by. The page and the API read the same parameters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Q
from django.utils.dateparse import parse_date, parse_datetime
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, Filter, FilterSet
from django_filters.widgets import BooleanWidget

from cases import choices
from cases.models import Assignment, Case, DisputeType
from cases.querysets import CaseQuerySet
from cases.searching import search
from cases.vocabulary import (
    DISSATISFIED,
    FINISHED,
    Closure,
    Label,
    RatedBy,
    Risk,
    Satisfaction,
    Source,
    Stage,
)
from grids.models import Grid
from orgs.models import Department, Region, User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.copies import Copies
from zongzhi.lib.paging import Order
from zongzhi.lib.prepared import IsAny

VIEWS = {
    "todo": "待我处理",
    "near": "快到期",
    "overdue": "超期",
    "supervised": "被督办",
    "revisits": "再次来访≥2",
    "all": "全部",
}
MINE = {
    "registered": "我登记的",
    "first": "我首接的",
    "handler": "我经办的",
    "assisting": "本单位协办的",
    "unassigned": "还没指派到人的",
}
SUPERVISED = "督办中"
VILLAGE_DIGITS = 12  # a grid has more
NEWEST = Order("registered_at", descending=True)
BY_DUE = Order("due_at", nullable=True)
GROUPS_OF_SATISFACTION = {
    "rated": "评过的",
    "content": "满意的",
    "dissatisfied": "不满意的",
}
_TYPES: Copies[DisputeType] = Copies(DisputeType.objects.all, by="code", whole=True)
_UNITS: Copies[Department] = Copies(Department.objects.all, by="code")
_BY_DUE_VIEWS = ("todo", "near", "overdue", "supervised")
_LABELS = {**{label.value: label.value for label in Label}, **{x.label: x.value for x in Label}}


class MomentField(forms.Field):
    """A day or a moment: (moment, whether it was a whole day)."""

    def to_python(self, value: Any) -> tuple[datetime, bool] | None:
        if value in self.empty_values:
            return None
        text = str(value).strip().replace(" ", "+")  # a + that nobody escaped
        day = None
        try:
            day = parse_date(text)
            moment = _midnight(day) if day else parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None or moment.year in (MINYEAR, MAXYEAR):  # next to the end of time
            raise forms.ValidationError("日期写成 2026-11-30 这样")
        moment = moment if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI)
        return moment.astimezone(clock.SHANGHAI), day is not None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.SHANGHAI)


class AfterFilter(Filter):
    """From a day or a moment on, which counts."""

    field_class = MomentField

    def filter(self, qs: Any, value: Any) -> Any:
        return qs if value is None else qs.filter(**{f"{self.field_name}__gte": value[0]})


class BeforeFilter(Filter):
    """Until a day, all of it; or until a moment."""

    field_class = MomentField

    def filter(self, qs: Any, value: Any) -> Any:
        return qs if value is None else qs.filter(_until(self.field_name, value))


def _until(column: str, value: tuple[datetime, bool]) -> Q:
    moment, whole_day = value
    if whole_day:
        return Q(**{f"{column}__lt": moment + timedelta(days=1)})
    return Q(**{f"{column}__lte": moment})


class AsOfFilter(BeforeFilter):
    """What was registered by then; where 办结 or 结案 is asked for, that too was by then."""

    def filter(self, qs: Any, value: Any) -> Any:
        known = super().filter(qs, value)
        for asked, column in (("approved_after", "approved_at"), ("closed_after", "closed_at")):
            if value is not None and self.parent.form.cleaned_data.get(asked):
                known = known.filter(_until(column, value))
        return known


class CodeFilter(CharFilter):
    """Reference data by its code; an unknown one finds nothing.

    Asked for by its id: of a column joined by code the database guesses badly how much it leaves.
    """

    def __init__(self, rows: Copies[Any], **more: Any) -> None:
        self.rows = rows
        super().__init__(**more)

    def filter(self, qs: Any, value: Any) -> Any:
        if not value:
            return qs
        row = self.rows.of([value], self.parent.user.reference_revision).get(value)
        return qs.none() if row is None else qs.filter(**{self.field_name: row.pk})


class YesFilter(BooleanFilter):
    """true or 1, false or 0."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=BooleanWidget, **more)


def _choice(field_name: str, choices: Any, label: str, **more: Any) -> ChoiceFilter:
    return ChoiceFilter(
        field_name=field_name,
        choices=choices,
        label=label,
        error_messages={"invalid_choice": f"{label}里没有“%(value)s”"},
        **more,
    )


class CaseFilter(FilterSet):
    """The filters of a list of cases. The queryset must be the visible ones already."""

    view = _choice("view", list(VIEWS.items()), "视图", method="by_view")
    q = CharFilter(label="关键词", method="by_text")
    stage = _choice("stage", Stage.choices, "阶段", method="by_stage")
    label = CharFilter(label="状态", method="by_label")
    type = CodeFilter(_TYPES, field_name="type", label="类型")
    department = CodeFilter(_UNITS, field_name="unit", label="主办")
    region = CharFilter(label="发生地", method="by_region")
    grid = CharFilter(label="网格", method="by_grid")
    source = _choice("source", Source.choices, "来源")
    risk = _choice("risk", Risk.choices, "风险")
    mine = _choice("mine", list(MINE.items()), "和我有关", method="by_mine")
    overdue = YesFilter(label="超期", method="by_overdue")
    near = YesFilter(label="快到期", method="by_near")
    supervised = YesFilter(label="督办中", method="by_supervised")
    satisfaction = _choice(
        "satisfaction",
        [*GROUPS_OF_SATISFACTION.items(), *Satisfaction.choices],
        "满意度",
        method="by_satisfaction",
    )
    rated_by = _choice("rated_by", RatedBy.choices, "怎么评的")
    open = YesFilter(label="没结案的", method="by_open")
    unhappy = YesFilter(label="不满意待整改", method="by_unhappy")
    closure = _choice(
        "closure", [("finished", "办结的"), *Closure.choices], "结案方式", method="by_closure"
    )
    registered_after = AfterFilter(field_name="registered_at", label="登记日期从")
    registered_before = BeforeFilter(field_name="registered_at", label="登记日期到")
    approved_after = AfterFilter(field_name="approved_at", label="办结日期从")
    approved_before = BeforeFilter(field_name="approved_at", label="办结日期到")
    closed_after = AfterFilter(field_name="closed_at", label="结案日期从")
    closed_before = BeforeFilter(field_name="closed_at", label="结案日期到")
    as_of = AsOfFilter(field_name="registered_at", label="数据截止")

    base_filters: dict[str, Any]  # what the metaclass gathers from the lines above

    class Meta:
        model = Case
        fields: tuple[str, ...] = ()

    def __init__(self, data: Mapping[str, Any] | None = None, *args: Any, **kwargs: Any) -> None:
        # Only the filters that are asked for: two dozen fields would cost more than the query.
        named = data or {}
        self.base_filters = {n: one for n, one in self.base_filters.items() if n in named}
        super().__init__(data, *args, **kwargs)

    @property
    def user(self) -> User:
        user: User = self.request.user
        return user

    @property
    def moment(self) -> datetime | None:
        """The moment of the figure that the list stands behind.

        What was open or at a stage is asked as it was then. Time limits, risks and labels have no
        history that could be asked cheaply: those of a case that has gone on are its present ones.
        """
        as_of = self.form.cleaned_data.get("as_of")
        return as_of[0] if as_of and not as_of[1] else None

    @property
    def now(self) -> datetime:
        """The moment lights are judged at: that of the figure, or now."""
        return self.moment or clock.now()

    @property
    def order(self) -> Order:
        """What is to be done: by what is due first. Everything: the newest first."""
        data = self.form.cleaned_data
        due_first = data.get("view") in _BY_DUE_VIEWS or data.get("overdue") or data.get("near")
        return BY_DUE if due_first else NEWEST

    def by_view(self, qs: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        match value:
            case "todo":
                return qs.awaiting(self.user)
            case "near":
                return qs.near_due(self.now)
            case "overdue":
                return qs.overdue(self.now)
            case "supervised":
                return qs.filter(stage=Stage.SUPERVISION)
            case "revisits":
                return qs.filter(visits_count__gte=2)
        return qs

    def by_text(self, qs: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        return search(qs, value)

    def by_stage(self, qs: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """Of a figure: what was there at its moment, wherever it has got since."""
        return qs.at_stage(value, self.moment)

    def by_label(self, qs: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """One label or several with commas, by code or in Chinese; an unknown one finds nothing.

        督办中 is no label of its own but what staff read before it: every case of that stage.
        """
        parts = [part.strip() for part in value.replace("，", ",").split(",")]
        found = Q(label__in=[_LABELS.get(part, "") for part in parts])
        if SUPERVISED in parts:
            found |= Q(stage=Stage.SUPERVISION)
        return qs.filter(found)

    def by_region(self, qs: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        inside = Region.objects.filter(code__startswith=stem_of(value))
        return qs.filter(occurred_region__in=inside)

    def by_grid(self, qs: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """One grid by its code, or all of a place by its first digits."""
        found = Q(code=value) if len(value) > VILLAGE_DIGITS else Q(code__startswith=value)
        grids = Grid.objects.filter(found).order_by().values("pk")
        # Few cases come from a grid: looked up by theirs, not for among all that are seen.
        return qs.filter(IsAny(F("grid"), ArraySubquery(grids)))

    def by_mine(self, qs: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        parts = Assignment.objects.open()
        units = {post.department_id for post in self.user.posts_today} - {None}
        match value:
            case "registered":
                return qs.filter(registered_by=self.user)
            case "first":
                return qs.filter(first_receiver=self.user)
            case "handler":
                return qs.filter(pk__in=parts.filter(handler=self.user).values("case"))
            case "unassigned":
                nobodys = parts.filter(unit__in=units, handler=None)
                return qs.filter(pk__in=nobodys.values("case"))
        return qs.filter(pk__in=parts.filter(unit__in=units, role="assisting").values("case"))

    def by_overdue(self, qs: CaseQuerySet, name: str, value: bool) -> CaseQuerySet:
        return qs.overdue(self.now) if value else qs.filter(~Q(due_at__lt=self.now))

    def by_near(self, qs: CaseQuerySet, name: str, value: bool) -> CaseQuerySet:
        return qs.near_due(self.now) if value else qs

    def by_supervised(self, qs: CaseQuerySet, name: str, value: bool) -> CaseQuerySet:
        here = Q(stage=Stage.SUPERVISION)
        return qs.filter(here if value else ~here)

    def by_satisfaction(self, qs: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        match value:
            case "rated":
                return qs.exclude(satisfaction="")
            case "content":
                return qs.exclude(satisfaction__in=("", *DISSATISFIED))
            case "dissatisfied":
                return qs.filter(satisfaction__in=DISSATISFIED)
        return qs.filter(satisfaction=value)

    def by_open(self, qs: CaseQuerySet, name: str, value: bool) -> CaseQuerySet:
        """Of a figure: what was open at its moment, whatever has been closed since."""
        return qs.open_at(self.moment) if value else qs.at_stage(Stage.CLOSED, self.moment)

    def by_unhappy(self, qs: CaseQuerySet, name: str, value: bool) -> CaseQuerySet:
        """To those who may not read a rating before the call-back, only what is done again."""
        if not value:
            return qs
        reads_ratings = (Permission.VIEW_CENTER, Permission.FOLLOW_UP)
        if any(self.user.can(permission) for permission in reads_ratings):
            return qs.unhappy(self.moment)
        return qs.open_at(self.moment).filter(round__gt=1)

    def by_closure(self, qs: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        return qs.filter(closure__in=FINISHED if value == "finished" else (value,))

    def words(self) -> list[str]:
        """What was asked for, as people read it, for the sentence over an empty list."""
        said = []
        for name, value in self.form.cleaned_data.items():
            if value in (None, "", False) or name in ("as_of", "view"):
                continue
            field = self.form.fields[name]
            said.append(_called(name, value) or _said(field, value))
        view = self.form.cleaned_data.get("view")
        return said + ([VIEWS[view]] if view and view != "all" else [])


def _called(name: str, value: Any) -> str:
    """The name of a type, unit or place that was asked for by its code."""
    options = {
        "type": choices.type_options,
        "department": choices.unit_options,
        "region": choices.town_options,
    }
    return dict(options[name]()).get(value, "") if name in options else ""


def _said(field: forms.Field, value: Any) -> str:
    if isinstance(value, tuple):
        return f"{field.label}{value[0]:%Y-%m-%d}"
    if value is True:
        return str(field.label)
    choices: Mapping[str, str] = dict(getattr(field, "choices", ()) or ())
    return str(choices.get(value) or dict(Label.choices).get(value) or value)


def stem_of(code: str) -> str:
    """The digits that everything inside a division shares; "" would be everywhere."""
    code = code.strip()
    for length, rest in ((4, 8), (6, 6), (9, 3)):
        if len(code) == length + rest and code.endswith("0" * rest):
            return code[:length]
    return code
