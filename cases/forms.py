"""What a person or a program may send with an act, and its shape.

One form serves the page and the API: the API hands it the JSON body instead of a form's fields.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict

from cases.lines import LinesField
from cases.models import Case, DisputeType
from cases.vocabulary import Channel, Closure, DeclineReason, LegalRoute, Satisfaction, Willing
from orgs.models import Department, Region, User


class ActForm(forms.Form):
    """The input of an act on one case by one person. An act without input uses this as it is."""

    intro: str = ""
    submit: str = ""
    # In the JSON body of the API these fields lie inside an object of that name.
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        case: Case,
        user: User,
        on_page: bool = False,
        files: Any = None,
    ) -> None:
        self.case = case
        self.user = user
        self.on_page = on_page
        super().__init__(data, files)
        for field in self.fields.values():
            if field.required and "还没" not in field.error_messages["required"]:
                field.error_messages["required"] = f"还没填“{field.label}”"
        self.fit()

    def fit(self) -> None:
        """Narrow the choices to this case and this person."""

    @classmethod
    def flatten(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON body of the API as the form's own fields."""
        flat = dict(body)
        for group in cls.groups:
            inner = flat.pop(group, None)
            flat = {**inner, **flat} if isinstance(inner, Mapping) else flat
        return flat

    def arguments(self) -> dict[str, Any]:
        """The keywords for the service."""
        return dict(self.cleaned_data)

    @property
    def line_fields(self) -> list[str]:
        """The names of the fields of several lines."""
        return [name for name, field in self.fields.items() if isinstance(field, LinesField)]

    @property
    def wants_lines(self) -> bool:
        """「再加几条」: the page again with more lines; nothing has been handed in yet."""
        return self.is_bound and any(f"{name}_more" in self.data for name in self.line_fields)

    def full_clean(self) -> None:
        if not self.wants_lines:
            super().full_clean()
            return
        self._errors, self.cleaned_data = ErrorDict(), {}


if TYPE_CHECKING:
    UnitChoice = forms.ModelChoiceField[Department]
    UnitsChoice = forms.ModelMultipleChoiceField[Department]
else:
    UnitChoice, UnitsChoice = forms.ModelChoiceField, forms.ModelMultipleChoiceField


class UnitField(UnitChoice):
    """A unit, by its code."""

    def __init__(self, *, label: str, required: bool = True, help_text: str = "") -> None:
        super().__init__(
            Department.objects.filter(is_active=True),
            to_field_name="code",
            label=label,
            required=required,
            help_text=help_text,
            empty_label="选择单位" if required else "不指定",
            error_messages={
                "required": f"还没选“{label}”",
                "invalid_choice": "没有这个单位，核对单位代码",
            },
        )


class UnitsField(UnitsChoice):
    """Several units, by their codes."""

    def __init__(self, *, label: str, required: bool = False) -> None:
        super().__init__(
            Department.objects.filter(is_active=True),
            to_field_name="code",
            label=label,
            required=required,
            error_messages={
                "invalid_choice": "没有代码为“%(value)s”的单位",
                "invalid_list": "协办单位要是一个列表",
                "invalid_pk_value": "没有代码为“%(pk)s”的单位",
            },
        )


def choice(choices: Any, *, label: str, required: bool = True, initial: Any = None) -> Any:
    """A choice drawn as chips, with a sentence when nothing is chosen."""
    return forms.ChoiceField(
        choices=choices,
        label=label,
        required=required,
        initial=initial,
        widget=forms.RadioSelect,
        error_messages={
            "required": f"还没选“{label}”",
            "invalid_choice": "“%(value)s”不在可选的里面",
        },
    )


def sentence(
    *, label: str, least: int = 0, required: bool = True, rows: int = 3, hint: str = ""
) -> Any:
    """A free text with a least length, said in a sentence."""
    too_short = f"{label}写得太短，至少 {least} 个字"
    return forms.CharField(
        label=label,
        required=required,
        min_length=least or None,
        max_length=2000,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"min_length": too_short, "max_length": f"{label}最多 2000 个字"},
    )


class NoInput(ActForm):
    """Nothing to fill in: the button does it."""


class DeclineForm(ActForm):
    submit = "不予受理"
    reason = choice(DeclineReason.choices, label="原因")
    route = choice(LegalRoute.choices, label="告知的途径")
    text = sentence(label="说明", least=4)


class NoteForm(ActForm):
    submit = "记下"
    text = sentence(label="进展", least=2)
    public = forms.BooleanField(label="可告知来访人", required=False)


class AmendForm(ActForm):
    """Only what differs from the case is changed; by API `fields` holds the new values."""

    submit = "保存更正"
    narrative = sentence(label="事情和要求", least=10, required=False, rows=5)
    type = forms.ModelChoiceField(
        DisputeType.objects.filter(is_active=True),
        to_field_name="code",
        label="类型",
        required=False,
        error_messages={"invalid_choice": "没有这个类型，核对类型代码"},
    )
    occurred_region = forms.ModelChoiceField(
        Region.objects.all(),
        to_field_name="code",
        label="发生地",
        required=False,
        error_messages={"invalid_choice": "没有这个区划，核对区划代码"},
    )
    willing_to_mediate = choice(Willing.choices, label="愿意调解", required=False)
    amount = forms.DecimalField(
        label="涉及金额（元）", required=False, min_value=0, max_digits=14, decimal_places=2
    )
    text = sentence(label="为什么更正", least=2)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    AMENDABLE: ClassVar = ("narrative", "type", "occurred_region", "willing_to_mediate", "amount")
    groups: ClassVar = {"fields": AMENDABLE}

    def fit(self) -> None:
        for name in self.AMENDABLE:
            value = getattr(self.case, name)
            self.fields[name].initial = getattr(value, "code", value)
        if self.on_page:  # the page says what it has seen of the case itself
            del self.fields["version"]

    def arguments(self) -> dict[str, Any]:
        given = {name for name in self.AMENDABLE if self.cleaned_data.get(name) not in (None, "")}
        return {
            "text": self.cleaned_data["text"],
            "fields": {name: self.cleaned_data[name] for name in sorted(given)},
            "version": self.case.version if self.on_page else self.cleaned_data["version"],
        }


class RevisitForm(ActForm):
    submit = "记下这次来访"
    visitors = forms.IntegerField(
        label="人数",
        min_value=1,
        max_value=500,
        initial=1,
        error_messages={"min_value": "人数至少是 1"},
    )
    text = sentence(label="这次说了什么", least=2)

    def fit(self) -> None:
        """A page may be sent twice; a program has its Idempotency-Key."""
        if self.on_page:
            self.fields["submission_id"] = forms.UUIDField(
                widget=forms.HiddenInput, initial=uuid.uuid4
            )


class TextForm(ActForm):
    """A reason, and nothing else."""

    text = sentence(label="原因", least=2)


class WithdrawForm(TextForm):
    intro = "来访人自己说不办了，才能撤回。"
    submit = "撤回"


class TransferForm(ActForm):
    submit = "移送"
    to = forms.CharField(label="移送给", max_length=50)
    text = sentence(label="原因", least=2)


class MergeForm(ActForm):
    submit = "并案"
    into = forms.CharField(label="并入的编号", max_length=16, help_text="短号或 16 位编号")
    text = sentence(label="原因", least=2)


class ReopenForm(TextForm):
    submit = "重新办理"


class FollowUpForm(ActForm):
    submit = "保存"
    UNREACHED: ClassVar = "unreached"
    channel = choice(Channel.choices, label="方式", initial=Channel.PHONE)
    satisfaction = choice(
        [*Satisfaction.choices, (UNREACHED, "打不通")],
        label="满意度",
    )
    closure = choice(
        [(c.value, c.label) for c in (Closure.SUBSTANTIVE, Closure.STAGED, Closure.PROCEDURAL)],
        label="结案方式",
        required=False,
    )
    redo = forms.BooleanField(label="来访人要求重新办理", required=False)
    text = sentence(label="原话", required=False)

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        unreached = data["satisfaction"] == self.UNREACHED
        return {
            "channel": Channel(data["channel"]),
            "satisfaction": None if unreached else Satisfaction(data["satisfaction"]),
            "closure": Closure(data["closure"]) if data["closure"] else None,
            "redo": data["redo"],
            "text": data["text"],
        }


def sentences(errors: ErrorDict) -> dict[str, list[str]]:
    """A form's errors as plain sentences by field."""
    return {field: [str(e) for e in found] for field, found in errors.items()}
