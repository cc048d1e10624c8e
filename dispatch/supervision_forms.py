"""What a person fills in about instructions, marks, talks and circulars."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.clocks import limit_of
from cases.forms import ActForm, choice, sentence
from cases.models import Case
from cases.thresholds import STANDARDS, Threshold
from dispatch.level_forms import in_these_years
from dispatch.models import Instruction, Mark
from dispatch.services.instructing import TO_CENTER, TO_UNIT, may_answer
from dispatch.services.talking import Promise
from zongzhi.lib import clock, dates

MOMENT = {"invalid": "时间写成 2026-11-30 10:00 这样"}
DAY = {"invalid": "日期写成 2026-11-30 这样"}
PROMISES = 5  # lines for commitments on the form


def _one_of(label: str, lacking: str) -> forms.IntegerField:
    """One of the rows that wait, by its id; the choices come with the case."""
    return forms.IntegerField(
        label=label, widget=forms.RadioSelect, error_messages={"required": lacking}
    )


def _offer(form: forms.Form, name: str, rows: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field.widget, forms.RadioSelect):
        field.widget.choices = rows
    if len(rows) == 1:
        field.initial = rows[0][0]


class InstructForm(ActForm):
    submit = "批示"
    to = choice([(TO_UNIT, "主办单位"), (TO_CENTER, "中心")], label="批给谁")
    text = sentence(label="批示", least=4)
    answer_days = forms.IntegerField(
        label="几个工作日内回复",
        min_value=1,
        max_value=STANDARDS[Threshold.ANSWER_DAYS].most,
    )

    def fit(self) -> None:
        lead = self.case.lead
        center = (TO_CENTER, self.case.center.name)
        if self.on_page:
            here = [(TO_UNIT, lead.unit.name), center] if lead else [center]
            field = self.fields["to"]
            if isinstance(field, forms.ChoiceField):
                field.choices = here
        self.fields["to"].initial = TO_UNIT if lead else TO_CENTER
        days = limit_of(self.case, Threshold.ANSWER_DAYS, clock.now())
        self.fields["answer_days"].initial = days


def _words(given: Instruction) -> str:
    return f"{dates.moment(given.at)} {given.text[:60]}"


class AnswerInstructionForm(ActForm):
    submit = "回复批示"
    instruction = _one_of("批示", "还没选是哪条批示")
    text = sentence(label="怎么办的，什么时候办完", least=4)

    def fit(self) -> None:
        waiting = self.case.instructions.filter(answered_at=None, noted_at=None)
        mine = [row for row in waiting if may_answer(row, self.user, self.case)]
        _offer(self, "instruction", [(str(row.pk), _words(row)) for row in mine])


class NoteInstructionForm(ActForm):
    submit = "已阅"
    instruction = _one_of("批示", "还没选是哪条批示")

    def fit(self) -> None:
        answered = self.case.instructions.filter(answered_at__isnull=False, noted_at=None)
        rows = [(str(row.pk), f"{_words(row)}｜回复：{row.answer[:80]}") for row in answered]
        _offer(self, "instruction", rows)


class RevokeMarkForm(ActForm):
    submit = "取消督办牌"
    mark = _one_of("督办牌", "还没选是哪块牌")
    text = sentence(label="为什么取消", least=4)

    def fit(self) -> None:
        standing = self.case.marks.filter(revoked_at=None).select_related("unit")
        _offer(self, "mark", [(str(mark.pk), mark_words(mark)) for mark in standing])

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if len(text) > 200:
            raise forms.ValidationError("为什么取消最多 200 个字")
        return text


def mark_words(mark: Mark) -> str:
    """「黄牌 人社局 4月15日 17:31：办理时限 4月15日 17:30 已过」"""
    return f"{mark.get_color_display()} {mark.unit.name} {dates.moment(mark.at)}：{mark.reason}"


# --- 约谈 -----------------------------------------------------------------------------------------


class _CasesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Cases, by what people call them."""

    def label_from_instance(self, obj: Case) -> str:
        return f"{obj.short_number} {obj.title}"


class ProposeTalkForm(forms.Form):
    """建议约谈: about a unit, and none, one or several of its cases."""

    cases = _CasesField(
        Case.objects.none(),
        label="为哪些事项",
        required=False,
        to_field_name="number",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "只能选这个单位正在办的事项"},
    )
    reason = sentence(label="约谈事由", least=4)

    def __init__(self, data: Any, *, cases: Any) -> None:
        super().__init__(data)
        self.fields["cases"].queryset = cases  # type: ignore[attr-defined]
        self.fields["reason"].error_messages["required"] = "还没填“约谈事由”"

    def clean_reason(self) -> str:
        text = str(self.cleaned_data["reason"])
        if len(text) > 500:
            raise forms.ValidationError("约谈事由最多 500 个字")
        return text


def _moment(label: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        validators=[in_these_years],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={**MOMENT, "required": f"还没填“{label}”"},
    )


def _line(label: str, most: int, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        error_messages={"required": f"还没填“{label}”", "max_length": f"{label}最多 {most} 个字"},
    )


class CallTalkForm(forms.Form):
    """约谈: when, where, who is to come."""

    meet_at = _moment("约谈时间")
    place = _line("约谈地点", 60)
    invited = _line("请谁来", 100)


class RefuseTalkForm(forms.Form):
    """不约谈, and why."""

    text = forms.CharField(
        label="原因",
        min_length=2,
        max_length=300,
        error_messages={
            "required": "还没填“原因”",
            "min_length": "原因写得太短，至少 2 个字",
            "max_length": "原因最多 300 个字",
        },
    )


class RecordTalkForm(forms.Form):
    """约谈记录, with up to five commitments."""

    held_at = _moment("谈话时间")
    host = _line("约谈人", 60)
    present = _line("被约谈人", 200)
    facts = sentence(label="事实", least=4)
    minutes = sentence(label="谈话内容", least=10, rows=5)

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        for n in range(1, PROMISES + 1):
            self.fields[f"what{n}"] = _line(f"承诺 {n}", 300, required=False)
            self.fields[f"until{n}"] = forms.DateField(
                label="什么时候前",
                required=False,
                validators=[in_these_years],
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                error_messages=DAY,
            )
        for name in ("facts", "minutes"):
            self.fields[name].error_messages["required"] = f"还没填“{self.fields[name].label}”"

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """The commitments as pairs of fields."""
        return [(self[f"what{n}"], self[f"until{n}"]) for n in range(1, PROMISES + 1)]

    @property
    def head(self) -> list[Any]:
        return [self[name] for name in ("held_at", "host", "present", "facts", "minutes")]

    def clean(self) -> dict[str, Any]:
        """A promise has words and a day, or neither."""
        data = super().clean() or {}
        for n in range(1, PROMISES + 1):
            what, until = data.get(f"what{n}"), data.get(f"until{n}")
            if what and not until and f"until{n}" not in self.errors:
                self.add_error(f"until{n}", "还没填什么时候前兑现")
            if until and not what and f"what{n}" not in self.errors:
                self.add_error(f"what{n}", "还没填承诺什么")
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        numbers = [n for n in range(1, PROMISES + 1) if data[f"what{n}"]]
        promises = [Promise(data[f"what{n}"], data[f"until{n}"]) for n in numbers]
        head = {name: data[name] for name in ("held_at", "host", "present", "facts", "minutes")}
        return {**head, "promises": promises}


class SettleForm(forms.Form):
    """Whether a promise was kept."""

    kept = forms.TypedChoiceField(
        label="兑现了没有",
        choices=[("yes", "已兑现"), ("no", "没兑现")],
        coerce=lambda value: value == "yes",
        error_messages={"required": "还没选兑现了没有"},
    )
    text = _line("说明", 300, required=False)


# --- 通报 -----------------------------------------------------------------------------------------


class CircularForm(forms.Form):
    """The words of a circular; the facts are not for anybody to type."""

    text = sentence(label="正文", least=10, rows=8)

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        self.fields["text"].error_messages["required"] = "还没填“正文”"
