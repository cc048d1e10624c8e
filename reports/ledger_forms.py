"""Which table is looked at, what is adjusted on it, why a case is put on a ledger or a sheet
corrected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from mediation.periods import Period, choices, period_of
from orgs.models import Center, User
from reports.models import Sheet
from reports.models.ledgers import reached
from reports.services.ledgers import Words, title_of
from reports.tables import Cell, Column, Line


class ChooseForm(forms.Form):
    """A table of a centre and a period; without them the person's own centre and this month."""

    kind = forms.ChoiceField(label="哪张表", choices=Sheet.Kind.choices, required=False)
    period = forms.ChoiceField(label="时间", required=False)
    center = forms.ModelChoiceField(
        Center.objects.none(), label="中心", required=False, empty_label=None
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        period, center = self.fields["period"], self.fields["center"]
        if isinstance(period, forms.ChoiceField):
            period.choices = choices()
        if isinstance(center, forms.ModelChoiceField):
            center.queryset = Center.objects.filter(pk__in=reached(user))


class SheetForm(forms.Form):
    """The words over and under a sheet. Its numbers are no fields: they cannot be typed over."""

    title = forms.CharField(
        label="标题", max_length=100, error_messages={"required": "还没写“标题”"}
    )
    reporter = forms.CharField(
        label="填报单位", max_length=60, error_messages={"required": "还没写“填报单位”"}
    )
    note = forms.CharField(
        label="说明", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any, *, kind: str, center: Center, period: Period) -> None:
        initial = {"title": title_of(kind, center, period), "reporter": center.name}
        super().__init__(data, initial=initial)

    @property
    def words(self) -> Words:
        return Words(**self.cleaned_data)


class LineForm(forms.Form):
    """The free words of one line of a ledger.

    Each field carries what the page showed: only what somebody has changed is saved, so that
    words which were not on the page, or stood there untouched, can never be lost.
    """

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    restore = forms.BooleanField(label="改回自动写的", required=False)

    def __init__(self, data: Any, *, line: Line, columns: Sequence[Column], seen: int) -> None:
        super().__init__(data, auto_id=f"id_{line.key}_%s", initial={"seen": seen})
        self.line = line
        self.words_of = [column.key for column in columns if column.free]
        for column in columns:
            if column.free:
                self.fields[column.key] = forms.CharField(
                    label=column.label,
                    max_length=500,
                    required=False,
                    initial=line.cells[column.key].text,
                    show_hidden_initial=True,
                    help_text=_help(line.cells[column.key]),
                    widget=forms.Textarea(attrs={"rows": 2}),
                    error_messages={"max_length": f"“{column.label}”最多 500 字"},
                )
        if not self.is_written:
            del self.fields["restore"]

    def stand_beside_what_is_there(self, data: QueryDict) -> None:
        """What was typed stays; what another has written stands beside it, and has been seen."""
        typed = data.copy()
        typed[self.add_prefix("seen")] = str(self.initial["seen"])
        for name in self.words_of:
            now = self.line.cells[name].text
            typed[self.add_initial_prefix(name)] = now
            self.fields[name].help_text = f"现在是：{now or '（空）'}"
        self.data = typed
        self.full_clean()

    @property
    def is_written(self) -> bool:
        return any(cell.computed is not None for cell in self.line.cells.values())

    @property
    def texts(self) -> list[Any]:
        return [self[name] for name in self.words_of]

    @property
    def changed(self) -> dict[str, str]:
        """Only of columns that the page sent: a missing field says nothing."""
        return {
            name: self.cleaned_data[name]
            for name in self.changed_data
            if name in self.words_of and name in self.data
        }


def _help(cell: Cell) -> str:
    return f"自动写的：{cell.computed or '（空）'}" if cell.computed is not None else ""


class EntryForm(forms.Form):
    """By hand onto a ledger, or off it."""

    number = forms.CharField(
        label="事项编号",
        max_length=16,
        help_text="完整的 16 位",
        error_messages={"required": "还没写“事项编号”"},
    )
    is_on = forms.TypedChoiceField(
        label="列入还是移出",
        choices=[("1", "列入台账"), ("0", "移出台账")],
        coerce=lambda said: said == "1",
        error_messages={"required": "还没选列入还是移出"},
    )
    reason = forms.CharField(
        label="理由", max_length=200, error_messages={"required": "还没写“理由”"}
    )


class CorrectForm(forms.Form):
    reason = forms.CharField(
        label="更正原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "还没写“更正原因”"},
    )


def chosen(form: ChooseForm, user: User) -> tuple[str, Center | None, Period]:
    """What the address names; None for a centre that is not this person's."""
    form.is_valid()
    said = form.cleaned_data
    period = period_of(said.get("period") or "")
    kind = said.get("kind") or Sheet.Kind.PERIOD.value
    center = said.get("center")
    if center is None and not form.data.get("center"):
        own = [post.center_id for post in user.posts_today]
        center = Center.objects.filter(pk__in=reached(user)).filter(pk__in=own).first()
    form.initial = {"period": period.code, "kind": kind, "center": center}
    return kind, center, period
