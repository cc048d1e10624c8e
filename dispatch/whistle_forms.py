"""What may be typed when a unit is called, answers, comes, and is rated."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from cases.forms import ActForm, UnitField, choice
from cases.models import Case
from dispatch.contacts import Contact, duty_contacts
from dispatch.level_forms import moment_field
from dispatch.models import Whistle
from dispatch.units import own_units
from orgs.models import Department, User
from orgs.permissions import Permission
from zongzhi.lib import clock


class CalledUnitField(UnitField):
    """A unit with who is on duty there, so that the telephone is at hand at once."""

    contacts: dict[int, Contact]

    def label_from_instance(self, obj: Department) -> str:
        contact = self.contacts.get(obj.pk)
        if contact is None:
            return obj.name
        named = f"{obj.name}（{contact.kind}）" if contact.kind else obj.name
        return f"{named}　{contact}".rstrip()


def line(*, label: str, least: int = 0, required: bool = True, help_text: str = "") -> Any:
    """One line of text."""
    return forms.CharField(
        label=label,
        required=required,
        min_length=least or None,
        max_length=200,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "min_length": f"{label}写得太短，至少 {least} 个字",
            "max_length": f"{label}最多 200 个字",
        },
    )


class WhistleForm(ActForm):
    intro = (
        "单位没有主办、协办这件事的，只看到来哪里、找谁、什么类型和下面写的，看不到事情和当事人。"
    )
    submit = "吹哨"
    unit = CalledUnitField(label="叫哪个单位")
    when = choice(Whistle.When.choices, label="什么时候来", initial=Whistle.When.NOW)
    meet_at = moment_field(label="约的时间", required=False, help_text="选“约时间”才填")
    place = forms.CharField(
        label="到哪里",
        max_length=50,
        widget=forms.Select,
        error_messages={"required": "还没选“到哪里”"},
    )
    text = line(label="来做什么", least=4, help_text="不写来访人姓名、电话")

    def fit(self) -> None:
        center = self.case.center
        places = [str(window) for window in center.windows.all()]
        places += [room.name for room in center.rooms.all()]
        places = places or [center.name]
        place = self.fields["place"]
        place.widget.choices = [(name, name) for name in places]
        if self.case.window is not None and self.case.window.center_id == center.pk:
            place.initial = str(self.case.window)
        self._units()

    def _units(self) -> None:
        """Units of this centre and of the one above, with whom to call there now."""
        field = self.fields["unit"]
        if not isinstance(field, CalledUnitField):
            return
        case = self.case
        near = Q(center__in=[case.center_id, case.center.parent_id])
        rows = Department.objects.filter(near, is_active=True).exclude(runs=case.center_id)
        field.queryset = rows
        field.contacts = {}
        if self.on_page:
            found = duty_contacts([(case.center, unit) for unit in rows], clock.now())
            field.contacts = {unit: contact for (_, unit), contact in found.items()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        by_appointment = data.get("when") == Whistle.When.APPOINTED
        if by_appointment and not data.get("meet_at") and "meet_at" not in self.errors:
            self.add_error("meet_at", "选了“约时间”，要写约的时间")
        return data


class OfWhistle(ActForm):
    """An act on one of the whistles of the case; which, only where there are several."""

    whistle = forms.IntegerField(label="哪个单位的哨", required=False, widget=forms.RadioSelect)

    def fits(self, row: Whistle) -> bool:
        """Whether the act is about this one."""
        raise NotImplementedError

    def fit(self) -> None:
        rows = [row for row in live_whistles(self.case) if self.fits(row)]
        if len(rows) == 1:
            self.fields["whistle"].widget = forms.HiddenInput()
            self.fields["whistle"].initial = rows[0].pk
            return
        widget = self.fields["whistle"].widget
        if isinstance(widget, forms.RadioSelect):
            widget.choices = [(str(row.pk), row.unit.name) for row in rows]


class AnswerWhistleForm(OfWhistle):
    submit = "应哨"
    answer = choice(Whistle.Answer.choices, label="怎么应", initial=Whistle.Answer.COMING)
    meet_at = moment_field(label="改约到", required=False, help_text="选“改约”才填")
    text = line(label="说明", required=False, help_text="来不了要写原因")

    def fits(self, row: Whistle) -> bool:
        mine = row.unit_id in own_units(self.user)
        return mine and row.answered_at is None and row.is_open


class ArriveForm(OfWhistle):
    submit = "记到场"

    def fits(self, row: Whistle) -> bool:
        return row.is_open and may_record(self.user, self.case, row)


class RateWhistleForm(OfWhistle):
    intro = "评的是单位，不是人。"
    submit = "评哨"
    speed = choice(Whistle.Speed.choices, label="响应快慢")
    quality = choice(Whistle.Quality.choices, label="办理质量")
    text = line(label="一句话", required=False)

    def fits(self, row: Whistle) -> bool:
        return row.may_be_rated


class CancelWhistleForm(OfWhistle):
    submit = "撤哨"
    text = line(label="为什么不用来了", least=2)

    def fits(self, row: Whistle) -> bool:
        return row.is_open


LIVE = "loaded_whistles"  # what the procedure leaves on each of many cases


def live_whistles(case: Case) -> list[Whistle]:
    """The whistles of a case that have not been called off, with their units."""
    if case.whistled_at is None:
        return []
    loaded: list[Whistle] | None = getattr(case, LIVE, None)
    if loaded is not None:
        return loaded
    return list(case.whistles.live().select_related("unit"))


def may_record(user: User, case: Case, row: Whistle) -> bool:
    """Whether this person may say that the unit has come: the desk, or the unit itself."""
    return row.unit_id in own_units(user) or user.can_at(Permission.TRIAGE, case.center_id)
