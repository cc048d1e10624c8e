"""What may be typed about a clue."""

from __future__ import annotations

from django import forms
from django.db.models import Q

from cases.forms import ActForm, UnitsField, choice, sentence
from dispatch.models import Clue
from orgs.models import Center, Department


def receivers(center: Center) -> Q:
    """Bureaux of this centre and the one above, and the centres right below: 部门 + 属地."""
    near = Q(center__in=[center.pk, center.parent_id]) | Q(runs__parent=center)
    return near & Q(is_active=True) & ~Q(kind=Department.Kind.BODY) & ~Q(runs=center.pk)


def _clue_fields() -> tuple[forms.Field, forms.Field, forms.Field]:
    return (
        choice(Clue.Kind.choices, label="哪种线索"),
        UnitsField(label="移送给", required=True),
        sentence(label="线索内容", least=10, rows=4),
    )


class ReferClueForm(ActForm):
    intro = "移送线索不结束这件事，事项接着办。要把事情整个交出去、就此结束，用“移送”。"
    submit = "移送线索"
    kind, units, text = _clue_fields()

    def fit(self) -> None:
        if self.on_page:
            offer_receivers(self.fields["units"], self.case.center)


class ClueForm(forms.Form):
    """A clue that comes from no case."""

    kind, units, text = _clue_fields()

    def __init__(self, data: object = None, *, center: Center) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["text"].error_messages["required"] = "还没填“线索内容”"
        offer_receivers(self.fields["units"], center)


def offer_receivers(field: forms.Field, center: Center) -> None:
    if isinstance(field, UnitsField):
        field.widget = forms.CheckboxSelectMultiple()
        field.queryset = Department.objects.filter(receivers(center)).order_by("kind", "pk")
        field.to_field_name = "code"
        field.error_messages["required"] = "还没选“移送给”"


class ClueAnswerForm(forms.Form):
    text = sentence(label="处理情况", least=4)

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["text"].error_messages["required"] = "还没填“处理情况”"
