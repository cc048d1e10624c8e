"""What the system administrator fills in about routing rules, and the box to try them out."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms

from cases import choices
from cases.forms import choice
from cases.models import DisputeType
from cases.vocabulary import Complexity, Risk, Special
from dispatch.models.routing import RULE_CODE
from dispatch.routing import Facts, Rule
from orgs.models import Center, Department
from zongzhi.lib import clock
from zongzhi.lib.amounts import largest_amount

_BETWEEN = re.compile(r"[\s、，,;；]+")
_SITUATIONS = [pair for pair in Special.choices if pair[0] != Special.NONE]
LONGEST_WORD = 20
_DAY = {"invalid": "日期写成 2026-11-30 这样"}


class WordsField(forms.CharField):
    """Words between commas or spaces, each once."""

    def __init__(self, *, label: str, help_text: str = "") -> None:
        super().__init__(label=label, required=False, max_length=500, help_text=help_text)

    def clean(self, value: Any) -> list[str]:
        words = [word for word in _BETWEEN.split(super().clean(value)) if word]
        if any(len(word) > LONGEST_WORD for word in words):
            raise forms.ValidationError(f"一个词最多 {LONGEST_WORD} 个字，词和词之间用逗号隔开")
        return list(dict.fromkeys(words))


def _money(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        error_messages={"invalid": f"{label}要写数字", "min_value": f"{label}不能小于 0"},
    )


class RuleForm(forms.Form):
    """One rule of a draft: every condition that is given must hold."""

    code = forms.CharField(
        label="编号",
        max_length=10,
        validators=[RULE_CODE],
        widget=forms.TextInput(attrs={"class": "control--short", "autocomplete": "off"}),
        error_messages={"required": "还没填“编号”"},
    )
    words = WordsField(label="出现的词", help_text="“事情和要求”里出现其中一个就算；用逗号隔开")
    without = WordsField(label="不出现的词", help_text="出现其中一个就不算")
    types = forms.MultipleChoiceField(
        label="类型",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "没有这个类型，重选一次"},
    )
    special = forms.MultipleChoiceField(
        label="特别情况",
        required=False,
        choices=_SITUATIONS,
        widget=forms.CheckboxSelectMultiple,
        help_text="家暴、涉未成年人的事项，只看写明了这种情况的规则",
    )
    place = forms.ChoiceField(label="发生地", required=False)
    party = forms.CharField(label="对方含", required=False, max_length=40)
    amount_from = _money("金额从（元）")
    amount_to = _money("金额到（元）")
    lead = forms.ChoiceField(label="主办", error_messages={"required": "还没选“主办”"})
    assisting = forms.MultipleChoiceField(
        label="协办", required=False, widget=forms.SelectMultiple(attrs={"size": 5})
    )
    complexity = choice([("", "不定"), *Complexity.choices], label="复杂程度", required=False)
    risk = choice([("", "不定"), *Risk.choices], label="风险", required=False)
    direct = forms.BooleanField(
        label="可直派",
        required=False,
        help_text="常驻单位在岗、没有特别情况时，窗口可以不经分流台直接派出",
    )
    reason = forms.CharField(label="为什么", required=False, max_length=200)

    def __init__(
        self, data: Any = None, *, center: Center, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        units = units_for(center)
        places = choices.places_below(center)
        offered: dict[str, list[Any]] = {
            "types": choices.type_options(),
            "place": [("", "不分"), *_whole_towns(places)],
            "lead": [("", "选单位"), *units],
            "assisting": units,
        }
        for name, options in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = options

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        least, most = data.get("amount_from"), data.get("amount_to")
        if least is not None and most is not None and most < least:
            self.add_error("amount_to", "“金额到”要不小于“金额从”")
        conditions = ("words", "types", "special", "place", "party")
        given = any(data.get(name) for name in conditions)
        if not given and least is None and most is None:
            self.add_error("words", "词、类型、特别情况、发生地、对方、金额至少填一个")
        if data.get("lead") and data.get("lead") in data.get("assisting", ()):
            self.add_error("assisting", "主办单位不用再选作协办")
        if data.get("direct") and data.get("assisting"):
            self.add_error("direct", "有协办的要分流员定，不能直派")
        return data

    def as_row(self, *, is_active: bool = True) -> dict[str, Any]:
        """The rule as a draft keeps it."""
        row = {name: self.cleaned_data[name] for name in self.fields}
        for name in ("amount_from", "amount_to"):
            row[name] = None if row[name] is None else str(row[name])
        return {**row, "is_active": is_active}

    @staticmethod
    def begin(rule: Rule) -> dict[str, Any]:
        """What the form shows of a rule that is there."""
        plain = ("code", "party", "complexity", "risk", "direct", "reason")
        return {
            **{name: getattr(rule, name) for name in plain},
            "words": "，".join(rule.words),
            "without": "，".join(rule.without),
            "types": [named.code for named in rule.types],
            "special": list(rule.special),
            "place": rule.place.code if rule.place else "",
            "amount_from": rule.amount_from,
            "amount_to": rule.amount_to,
            "lead": rule.lead.code,
            "assisting": [unit.code for unit in rule.assisting],
        }


def units_for(center: Center) -> list[tuple[str, Any]]:
    """Whom a rule of a centre may lead to, by kind: its own units and those above, those below."""
    near = Department.objects.filter(is_active=True)
    own = near.filter(center__in=[center.pk, center.parent_id]).exclude(kind="center")
    centers = near.filter(runs=center) | near.filter(runs__parent=center)
    groups: dict[str, list[tuple[str, str]]] = {}
    for unit in [*own.order_by("kind", "pk"), *centers.order_by("pk")]:
        groups.setdefault(unit.get_kind_display(), []).append((unit.code, unit.name))
    return list(groups.items())


def _whole_towns(places: list[tuple[str, choices.Options]]) -> list[tuple[str, choices.Options]]:
    """The first entry of a town's group stands for all of the town."""
    return [
        (town, [(code, f"{town}全部" if name == "不清楚哪个村" else name) for code, name in inside])
        for town, inside in places
    ]


class TryForm(forms.Form):
    """试一试: a matter as somebody might bring it; nothing of it is kept."""

    narrative = forms.CharField(
        label="事情和要求",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "贴一段“事情和要求”"}),
        error_messages={"required": "还没写“事情和要求”", "max_length": "最多 2000 个字"},
    )
    type = forms.ModelChoiceField(
        DisputeType.objects.filter(is_active=True),
        to_field_name="code",
        label="类型",
        required=False,
        empty_label="不定",
    )
    place = forms.ChoiceField(label="发生地", required=False)
    opponents = forms.CharField(label="对方", required=False, max_length=200)
    amount = _money("金额（元）")
    special = forms.ChoiceField(
        label="特别情况", required=False, choices=[("", "都没有"), *_SITUATIONS]
    )

    def __init__(self, data: Any = None, *, center: Center) -> None:
        super().__init__(data)
        place = self.fields["place"]
        if isinstance(place, forms.ChoiceField):
            place.choices = [("", "不定"), *choices.places_below(center)]

    def facts(self, units: Any) -> Facts:
        """What was typed, as the rules are asked; `units` says which names are units'."""
        data = self.cleaned_data
        names = tuple(name for name in _BETWEEN.split(data["opponents"]) if name)
        amount: Decimal | None = data["amount"]
        return Facts(
            text=data["narrative"],
            type=data["type"].code if data["type"] else "",
            place=data["place"],
            opponents=names,
            units=tuple(name for name in names if units(name)),
            amount=largest_amount(data["narrative"]) if amount is None else amount,
            special=frozenset({data["special"]} if data["special"] else ()),
        )


class SaveForm(forms.Form):
    """What was changed, in a line, for whoever reads the versions later."""

    note = forms.CharField(
        label="改了什么",
        max_length=200,
        error_messages={"required": "还没写改了什么", "max_length": "最多 200 个字"},
    )


class PeriodForm(forms.Form):
    """From a day to a day, both counted."""

    since = forms.DateField(
        label="从",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={**_DAY, "required": "还没填“从”"},
    )
    until = forms.DateField(
        label="到",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={**_DAY, "required": "还没填“到”"},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", "“到”不能早于“从”")
        if until and until.year > clock.today().year + 1:
            self.add_error("until", "“到”太远了")
        return data
