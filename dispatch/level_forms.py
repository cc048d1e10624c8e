"""What may be typed when a level writes down an attempt, or hands the matter up."""

from __future__ import annotations

from datetime import date

from django import forms

from cases.clocks import clocks_of
from cases.forms import ActForm, choice, sentence
from cases.levels import standing_of
from cases.models import Attempt
from zongzhi.lib import clock

YEARS = range(2000, 2100)


def in_these_years(value: date) -> None:
    """Refuse a slip of the hand: the database would keep year 1 and never read it again."""
    if value.year not in YEARS:
        raise forms.ValidationError(f"年份要在 {YEARS[0]} 到 {YEARS[-1]} 之间")


def moment_field(*, label: str, required: bool = True, help_text: str = "") -> forms.DateTimeField:
    """A day and an hour, typed into one field."""
    return forms.DateTimeField(
        label=label,
        required=required,
        help_text=help_text,
        validators=[in_these_years],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "时间写成 2026-11-30 09:00 这样"},
    )


class AttemptForm(ActForm):
    submit = "记下"
    outcome = choice(Attempt.Outcome.choices, label="结果")
    held_at = moment_field(label="什么时候谈的", required=False, help_text="不填就是现在")
    text = sentence(label="谈的情况", least=4)

    def fit(self) -> None:
        if self.on_page:
            standing = standing_of(self.case, clocks_of(self.case.center), clock.now())
            nth = len(standing.attempts) + 1
            self.intro = (
                f"{standing.here}第 {nth} 次{standing.kind}。{standing.count}；改期的不算。"
            )


class EscalateForm(ActForm):
    submit = "申请提级"
    tried = sentence(label="这一级已经做过什么", required=False, rows=4)
    text = sentence(label="要上一级做什么", least=4)

    def fit(self) -> None:
        """Begin with the attempts of this level; say whether the case moves at once."""
        self.intro = "上一级中心同意以后，这件事由上一级接着办，编号不变。"
        if not self.on_page:
            return
        standing = standing_of(self.case, clocks_of(self.case.center), clock.now())
        self.fields["tried"].initial = standing.told
        if standing.is_used_up and not standing.is_last:
            self.intro = f"{standing.advice}：提交后马上转到上一级，不用批，编号不变。"
            self.submit = "提级"
