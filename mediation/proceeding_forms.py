"""What may be typed about a proceeding: its start, a refusal, its end, more time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cases.forms import ActForm, UnitField, choice, sentence
from cases.models import Case, Party
from cases.presenting import show_party
from cases.vocabulary import LegalRoute
from mediation.models import Mediation
from mediation.proceedings import SIDES, principals, side_of
from orgs.models import Department

if TYPE_CHECKING:
    PartyChoice = forms.ModelChoiceField[Party]
else:
    PartyChoice = forms.ModelChoiceField

_ENDINGS = (Mediation.Ending.FAILED, Mediation.Ending.OVER_TIME, Mediation.Ending.WITHDRAWN)
LONGEST = 60


class PartyField(PartyChoice):
    """One of the parties who decide for themselves, by id; drawn as chips."""

    case: Case | None = None

    def __init__(self, *, label: str, required: bool = True) -> None:
        super().__init__(
            Party.objects.none(),
            label=label,
            required=required,
            empty_label=None,
            widget=forms.RadioSelect,
            error_messages={
                "required": f"还没选“{label}”",
                "invalid_choice": "没有这个当事人，核对后再选",
            },
        )

    def fit(self, form: ActForm) -> None:
        """The parties of this case."""
        self.case = form.case
        parties = principals(form.case.parties.all())
        self.queryset = Party.objects.filter(pk__in=[party.pk for party in parties])

    def label_from_instance(self, obj: Party) -> str:
        name = show_party(obj, self.case).name if self.case else obj.name
        return f"{SIDES[side_of(obj)]} {name}"


class StartForm(ActForm):
    intro = "双方都愿意，或者还没想好，才能启动；一方明确不愿意的不得调解。"
    submit = "启动调解"
    origin = choice(Mediation.Origin.choices, label="来源", initial=Mediation.Origin.APPLIED)
    body = UnitField(label="调解组织", required=False, help_text="不指定就是主办的调解组织")
    demands = sentence(label="申请事项", required=False)
    claimed = forms.DecimalField(
        label="主张金额（元）",
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        error_messages={"min_value": "金额不能小于 0", "invalid": "金额写成数字"},
    )
    is_hard = forms.BooleanField(label="疑难", required=False)
    informed = forms.BooleanField(
        label="已当面告知双方的权利义务", required=False, help_text="选择调解员、随时退出、不公开等"
    )

    def fit(self) -> None:
        field = self.fields["body"]
        if isinstance(field, UnitField):
            field.queryset = Department.objects.filter(
                center=self.case.center_id, is_active=True, mediation_body__isnull=False
            )

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        unit = given["body"]
        return {**given, "body": unit.mediation_body if unit else None}


class TellRightsForm(ActForm):
    """Nothing to fill in: the button does it."""


class RefuseForm(ActForm):
    intro = "一方不愿调解，调解就终止，要告知其他途径。"
    submit = "终止调解"
    party = PartyField(label="谁不愿意")
    route = choice(LegalRoute.choices, label="告知的途径")
    text = sentence(label="原话", required=False)

    def fit(self) -> None:
        field = self.fields["party"]
        if isinstance(field, PartyField):
            field.fit(self)


class EndForm(ActForm):
    submit = "终止调解"
    ending = choice([(one.value, one.label) for one in _ENDINGS], label="怎么结束的")
    route = choice(LegalRoute.choices, label="告知的途径")
    text = sentence(label="情况", least=4)


class ExtendForm(ActForm):
    intro = "双方都同意才能延长。"
    submit = "延长"
    days = forms.IntegerField(
        label="延长几天",
        min_value=1,
        max_value=LONGEST,
        error_messages={
            "min_value": "至少延长 1 天",
            "max_value": f"一次最多延长 {LONGEST} 天",
            "invalid": "天数写成数字",
        },
    )
    agreed = forms.BooleanField(
        label="双方都同意", error_messages={"required": "双方都同意才能延长，先问过双方再勾"}
    )
    text = sentence(label="为什么", least=2)
