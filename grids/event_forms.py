"""What is asked for with an act on an event. One form serves the page and the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from grids.event_centers import manned_above
from grids.event_policies import centers_below, serving, units_of
from grids.models import GridEvent
from grids.services.events import RESULT_LEAST, TRUE
from grids.vocabulary import NOT_SO, Outcome
from orgs.models import Center, Department, User
from orgs.permissions import Permission

if TYPE_CHECKING:
    UnitChoice = forms.ModelChoiceField[Department]
    WorkerChoice = forms.ModelChoiceField[User]
    CenterChoice = forms.ModelChoiceField[Center]
else:
    UnitChoice = WorkerChoice = CenterChoice = forms.ModelChoiceField

REASON_LEAST = 5


class _WorkerField(WorkerChoice):
    def label_from_instance(self, obj: User) -> str:
        return obj.name


def _unit(label: str = "单位") -> UnitChoice:
    return UnitChoice(
        Department.objects.none(),
        to_field_name="code",
        label=label,
        required=False,
        empty_label="选择单位",
        error_messages={"invalid_choice": "这个单位不在本中心，重选一次"},
    )


def _worker() -> _WorkerField:
    return _WorkerField(
        User.objects.none(),
        to_field_name="username",
        label="网格员",
        required=False,
        empty_label="选择网格员",
        error_messages={"invalid_choice": "这个人今天不服务这个网格，重选一次"},
    )


def _words(label: str, *, least: int = 0, required: bool = True, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        min_length=least or None,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "min_length": f"“{label}”写得太短，至少 {least} 个字",
            "max_length": f"“{label}”最多 500 个字",
        },
        **more,
    )


class EventForm(forms.Form):
    """The input of an act on one event by one person."""

    submit: ClassVar[str] = ""
    intro: ClassVar[str] = ""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, event: GridEvent, user: User, **more: Any
    ) -> None:
        self.event = event
        self.user = user
        super().__init__(data, **more)
        for field in self.fields.values():
            if field.required and "还没" not in str(field.error_messages["required"]):
                choose = isinstance(field, forms.ChoiceField)
                word = "选" if choose else "填"
                field.error_messages["required"] = f"还没{word}“{field.label}”"
        self.fit()

    def fit(self) -> None:
        """Narrow the choices to this event."""

    def arguments(self) -> dict[str, Any]:
        """The keywords for the service."""
        return dict(self.cleaned_data)


def _but(field: forms.ChoiceField, value: str) -> list[tuple[str, str]]:
    pairs: Any = field.choices
    return [pair for pair in pairs if pair[0] != value]


class _Handlers(EventForm):
    """To whom: the fields that name a unit or a worker, and what must hold between them."""

    chooser: ClassVar[str] = "to"

    def fit(self) -> None:
        units, workers = self.fields["unit"], self.fields["worker"]
        for name in ("unit", "worker"):
            self.fields[name].widget.attrs["data-only-with"] = f"{self.chooser}={name}"
        if isinstance(units, forms.ModelChoiceField):
            units.queryset = units_of(self.event.center)
        if isinstance(workers, forms.ModelChoiceField):
            workers.queryset = serving(self.event)
        for name, field in (("unit", units), ("worker", workers)):
            if isinstance(field, forms.ModelChoiceField):
                self._offer(name, list(field.queryset or ())[:2])

    def _offer(self, name: str, first: list[Any]) -> None:
        """The only one there is stands chosen; where there is none, it is no choice."""
        if not first:
            self._without(name)
        elif len(first) == 1:
            field = self.fields[name]
            self.initial.setdefault(name, getattr(first[0], str(field.to_field_name)))  # type: ignore[attr-defined]

    def _without(self, choice: str) -> None:
        """A choice that leads nowhere here is not offered: no units, nobody of the grid."""
        self.fields[choice].widget = forms.HiddenInput()
        chooser = self.fields[self.chooser]
        if isinstance(chooser, forms.ChoiceField):
            chooser.choices = _but(chooser, choice)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = data.get(self.chooser)
        for name, said in (("unit", "还没选单位"), ("worker", "还没选网格员")):
            if chosen == name and not data.get(name) and name not in self.errors:
                self.add_error(name, said)
            if chosen != name:
                data[name] = None
        return data


# What is asked for only where another choice wants it; with a script the rest is out of sight.
_ONLY_WITH = {
    "valid": f"truth={TRUE}",
    "then": f"truth={TRUE}",
    "unit": f"truth={TRUE} then=unit",
    "worker": f"truth={TRUE} then=worker",
    "duplicate_of": f"truth={Outcome.DUPLICATE}",
}


class VerifyForm(_Handlers):
    """核实, and what next."""

    submit = "核实"
    chooser = "then"
    truth = forms.ChoiceField(
        label="情况",
        initial=TRUE,
        widget=forms.RadioSelect,
        choices=[(TRUE, "属实"), *NOT_SO.items()],
        error_messages={"invalid_choice": "重选“情况”"},
    )
    # Judged by somebody, never by leaving it as it stands; of what is not so nobody asks.
    valid = forms.TypedChoiceField(
        label="说清了吗",
        required=False,
        empty_value=None,
        widget=forms.RadioSelect,
        choices=[("True", "说清了：什么时候、在哪、什么人、什么事"), ("False", "没说清")],
        coerce=lambda value: value == "True",
        error_messages={"invalid_choice": "重选“说清了吗”"},
    )
    then = forms.ChoiceField(
        label="怎么办",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("unit", "派给单位"),
            ("worker", "派给网格员"),
            ("center", "中心自己办"),
            ("up", "报上级"),
            ("raise", "转为事项（接着登记）"),
            ("later", "先核实，后交办"),
        ],
        error_messages={"invalid_choice": "重选“怎么办”"},
    )
    unit = _unit()
    worker = _worker()
    duplicate_of = forms.CharField(
        label="重复哪件", required=False, max_length=20, help_text="填编号或短号，例如 0403-G07"
    )
    text = _words("说明", required=False, help_text="不属实、不在清单里的写明理由")

    def fit(self) -> None:
        super().fit()
        for name, choice in _ONLY_WITH.items():
            self.fields[name].widget.attrs["data-only-with"] = choice
        field = self.fields["then"]
        if not isinstance(field, forms.ChoiceField):
            return
        if manned_above(self.event.center) is None:
            field.choices = _but(field, "up")
        if not self.user.can(Permission.REGISTER):
            field.choices = _but(field, "raise")

    def clean_duplicate_of(self) -> GridEvent | None:
        number = str(self.cleaned_data["duplicate_of"]).strip().upper()
        if not number:
            return None
        column = "number" if len(number) > 12 else "short_number"
        seen = GridEvent.objects.visible_to(self.user).filter(**{column: number})
        # A short number comes again every year: the newest within the same county.
        found = seen.exclude(pk=self.event.pk).order_by("-received_at").first()
        if found is None:
            raise forms.ValidationError(f"没有编号 {number} 的网格事件，核对一次")
        return found

    def clean(self) -> dict[str, Any]:
        truth = self.cleaned_data.get("truth")
        if truth != TRUE:  # chosen before, out of sight now, and sent all the same
            self.cleaned_data |= {"valid": None, "then": ""}
        data = super().clean()
        if truth == TRUE and data.get("valid") is None and "valid" not in self.errors:
            self.add_error("valid", "还没选“说清了吗”")
        if truth == TRUE and not data.get("then") and "then" not in self.errors:
            self.add_error("then", "还没选“怎么办”")
        if truth == Outcome.DUPLICATE and not data.get("duplicate_of", True):
            self.add_error("duplicate_of", "还没填和哪一件重复")
        no_reason = len(data.get("text") or "") < REASON_LEAST
        if truth in (Outcome.UNFOUNDED, Outcome.OUTSIDE) and no_reason:
            self.add_error("text", f"理由写得太短，至少 {REASON_LEAST} 个字")
        return data


class AskForm(EventForm):
    submit = "退回补充"
    text = forms.CharField(
        label="要补充什么",
        min_length=REASON_LEAST,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "min_length": f"“要补充什么”写得太短，至少 {REASON_LEAST} 个字",
            "max_length": "“要补充什么”最多 200 个字",
        },
    )


class SupplementForm(EventForm):
    submit = "补充"
    text = _words("补充的情况", least=2)


class AssignForm(_Handlers):
    """交办."""

    submit = "交办"
    to = forms.ChoiceField(
        label="谁处置",
        widget=forms.RadioSelect,
        choices=[("unit", "单位"), ("worker", "网格员"), ("center", "中心自己办")],
        error_messages={"invalid_choice": "重选“谁处置”"},
    )
    unit = _unit()
    worker = _worker()
    text = _words("要求", required=False)


class ReassignForm(AssignForm):
    submit = "改派"
    text = _words("为什么改派", least=REASON_LEAST)


class ReasonForm(EventForm):
    """A word why."""

    text = _words("理由", least=REASON_LEAST)


class PassUpForm(ReasonForm):
    submit = "报上级"
    text = _words("已经做过什么、要上级做什么", least=REASON_LEAST)


class PassDownForm(EventForm):
    submit = "转下级"
    center = CenterChoice(
        Center.objects.none(),
        to_field_name="region__code",
        label="哪个中心",
        empty_label="选择中心",
        error_messages={"invalid_choice": "这个中心不管这个网格，重选一次"},
    )
    text = _words("说明", required=False)

    def fit(self) -> None:
        field = self.fields["center"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = centers_below(self.event).select_related("region")


class FeedbackForm(EventForm):
    submit = "反馈"
    text = _words("怎么处置的", least=RESULT_LEAST)


class SendBackForm(EventForm):
    submit = "退回重办"
    text = _words("还差什么", least=REASON_LEAST)


class RequestCheckForm(EventForm):
    submit = "请网格员核查"
    text = _words("看什么", required=False)


class CheckForm(EventForm):
    submit = "核查"
    passed = forms.TypedChoiceField(
        label="看下来",
        widget=forms.RadioSelect,
        choices=[("True", "办好了"), ("False", "没办好")],
        coerce=lambda value: value == "True",
        error_messages={"invalid_choice": "重选“看下来”"},
    )
    text = _words("说明", required=False, help_text="没办好的写明还差什么")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("passed") is False and len(data.get("text") or "") < REASON_LEAST:
            self.add_error("text", f"还差什么写得太短，至少 {REASON_LEAST} 个字")
        return data


class FinishForm(EventForm):
    submit = "办结"
    result = _words("怎么处置的", least=RESULT_LEAST, required=False)

    def fit(self) -> None:
        field = self.fields["result"]
        field.required = not self.event.result
        field.initial = self.event.result
        field.error_messages["required"] = "还没填“怎么处置的”"


class NoteForm(EventForm):
    submit = "记一笔"
    text = _words("记一笔", least=2)
