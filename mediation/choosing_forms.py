"""What may be typed about who mediates: a choice, an objection, an appointment, a conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cases.forms import ActForm, choice, sentence
from mediation.avoiding import warnings_of
from mediation.models import Choice, Conflict, Mediator
from mediation.offering import not_refused, pool_of
from mediation.proceeding_forms import PartyField
from mediation.proceedings import open_mediation

if TYPE_CHECKING:
    MediatorChoice = forms.ModelChoiceField[Mediator]
    MediatorsChoice = forms.ModelMultipleChoiceField[Mediator]
else:
    MediatorChoice, MediatorsChoice = forms.ModelChoiceField, forms.ModelMultipleChoiceField

_NOBODY = "本中心在册的调解员里没有这一位"


class MediatorField(MediatorChoice):
    """One of the centre's pool, by id; on a page with what speaks against each."""

    warned: dict[int, list[str]]

    def __init__(self, *, label: str) -> None:
        self.warned = {}
        super().__init__(
            Mediator.objects.none(),
            label=label,
            empty_label="选择调解员",
            error_messages={"required": f"还没选“{label}”", "invalid_choice": _NOBODY},
        )

    def label_from_instance(self, obj: Mediator) -> str:
        parts = [obj.name, *filter(None, [obj.title])]
        against = "，".join(self.warned.get(obj.pk, []))
        return "　".join([*parts, f"▲ {against}"] if against else parts)


class HelpersField(MediatorsChoice):
    """Who mediates with the host, by id."""

    def __init__(self) -> None:
        super().__init__(
            Mediator.objects.none(),
            label="一起调解的",
            required=False,
            error_messages={
                "invalid_choice": _NOBODY,
                "invalid_pk_value": _NOBODY,
                "invalid_list": "一起调解的要是一个列表",
            },
        )

    def label_from_instance(self, obj: Mediator) -> str:
        return obj.name


def why_all_the_same() -> Any:
    """The reason for somebody who had better not."""
    return forms.CharField(
        label="有回避情形仍选的理由",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "理由最多 200 个字"},
    )


class OfPool(ActForm):
    """An act that names somebody of the pool of the case's centre."""

    refused_too = False  # whether somebody whom a side does not want can be named

    def fit(self) -> None:
        mediation = open_mediation(self.case)
        rows = pool_of(self.case.center).select_related("home")
        rows = rows if self.refused_too else not_refused(rows, mediation)
        for field in self.fields.values():
            if isinstance(field, MediatorField | HelpersField):
                field.queryset = rows
            if isinstance(field, MediatorField) and self.on_page and mediation is not None:
                field.warned = warnings_of(self.case, mediation, list(rows))
            if isinstance(field, PartyField):
                field.fit(self)

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        given["mediator"] = given["mediator"].pk
        return given


def _both() -> Any:
    """特邀调解规定 art. 15: told of a conflict, both sides may want them all the same."""
    return forms.BooleanField(
        label="双方都同意由他调解", required=False, help_text="记过回避情形的，问过双方再勾"
    )


class ChooseForm(OfPool):
    submit = "选他调解"
    party = PartyField(label="谁选的")
    mediator = MediatorField(label="调解员")
    consent = choice(
        [
            (Choice.Consent.NOT_ASKED.value, Choice.Consent.NOT_ASKED.label),
            (Choice.Consent.AGREES.value, Choice.Consent.AGREES.label),
        ],
        label="对方是否同意",
        initial=Choice.Consent.NOT_ASKED,
    )
    overruled_why = why_all_the_same()
    both_agree = _both()


class ConsentForm(ActForm):
    """Says to whom the other side consents, so that it is consent to nobody else."""

    submit = "对方同意"
    choice = forms.IntegerField(
        label="选的是哪一次",
        widget=forms.HiddenInput,
        error_messages={"required": "还没说同意的是哪一位", "invalid": "没有这一位"},
    )

    def fit(self) -> None:
        mediation = open_mediation(self.case) if self.on_page else None
        rows = mediation.choices.filter(is_current=True) if mediation else None
        current = rows.select_related("mediator").first() if rows is not None else None
        if current is not None:
            self.intro = f"选的是{current.mediator.name}，另一方同意由他调解。"
            self.fields["choice"].initial = current.pk


class ObjectForm(ActForm):
    intro = "每一方只能换一次；再谈不拢由中心安排。"
    submit = "换一位"
    party = PartyField(label="谁要换")
    text = sentence(label="为什么", required=False)

    def fit(self) -> None:
        field = self.fields["party"]
        if isinstance(field, PartyField):
            field.fit(self)

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if len(text) > 200:
            raise forms.ValidationError("理由最多 200 个字")
        return text


class AppointForm(OfPool):
    submit = "安排"
    mediator = MediatorField(label="主持的调解员")
    helpers = HelpersField()
    overruled_why = why_all_the_same()
    both_agree = _both()

    def fit(self) -> None:
        super().fit()
        if self.on_page:
            self.fields["helpers"].widget = forms.SelectMultiple(attrs={"size": 5})
            self.fields["helpers"].help_text = "按住 Ctrl 可选几位"
            helpers = self.fields["helpers"]
            if isinstance(helpers, HelpersField):
                helpers.widget.choices = helpers.choices

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        given["helpers"] = [one.pk for one in given["helpers"]]
        return given


class ConflictForm(OfPool):
    refused_too = True
    intro = "记下来以后，主持或一起调解的要换人。"
    submit = "记下"
    mediator = MediatorField(label="调解员")
    kind = choice(Conflict.Kind.choices, label="情形")
    text = forms.CharField(
        label="说明",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "说明最多 200 个字"},
    )
