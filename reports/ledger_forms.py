"""Which table is looked at, what is adjusted on it, why a case is put on a ledger or a sheet
corrected."""

from __future__ import annotations

from typing import Any

from django import forms

from mediation.periods import Period, choices, period_of
from orgs.models import Center, User
from reports.models import Sheet
from reports.models.ledgers import reached
from reports.services.ledgers import Words, title_of
from reports.tables import Table, cell_key


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
    """The words of a sheet. Its numbers are no fields: they cannot be typed over."""

    title = forms.CharField(
        label="标题", max_length=100, error_messages={"required": "还没写“标题”"}
    )
    reporter = forms.CharField(
        label="填报单位", max_length=60, error_messages={"required": "还没写“填报单位”"}
    )
    note = forms.CharField(
        label="说明", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self, data: Any, *, kind: str, center: Center, period: Period, table: Table
    ) -> None:
        initial = {"title": title_of(kind, center, period), "reporter": center.name}
        super().__init__(data, initial=initial)
        self.free: list[tuple[str, list[Any]]] = []
        for line in table.lines:
            names = []
            for column in table.columns:
                if column.free:
                    name = cell_key(line.key, column.key)
                    self.fields[name] = forms.CharField(
                        label=column.label,
                        max_length=500,
                        required=False,
                        initial=line.cells[column.key].text,
                        widget=forms.Textarea(attrs={"rows": 2}),
                    )
                    names.append(name)
            if names:
                self.free.append((line.label, [self[name] for name in names]))

    @property
    def words(self) -> Words:
        said = self.cleaned_data
        own = ("title", "reporter", "note")
        cells = {name: text for name, text in said.items() if name not in own}
        return Words(said["title"], said["reporter"], said["note"], cells)


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
