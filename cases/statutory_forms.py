"""What may be typed about a period the law gives."""

from __future__ import annotations

from django import forms
from django.core.validators import MaxValueValidator

from cases.clocks import limit_of
from cases.forms import ActForm, choice, sentence
from cases.statutory import midnight, terms_of
from cases.thresholds import Threshold
from cases.vocabulary import Clock
from zongzhi.lib import clock, dates

WAYS = [
    ("当面送达", "当面送达"),
    ("邮寄", "邮寄"),
    ("网上告知", "网上告知"),
    ("留置送达", "留置送达"),
]


class InformForm(ActForm):
    submit = "记下书面告知"
    on = forms.DateField(
        label="哪天告知的",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期写成 2026-11-30 这样"},
    )
    how = choice(WAYS, label="怎么告知的")
    text = sentence(label="告知了什么", least=2, required=False)

    def fit(self) -> None:
        self.fields["on"].initial = clock.today()
        if not self.on_page:
            return
        for term in terms_of(self.case):
            if term.clock == Clock.PETITION_NOTICE:
                self.intro = f"最晚 {dates.day(term.last_day)} 书面告知是否受理、怎么办理。"


class ExtendTermForm(ActForm):
    submit = "延长法定期限"
    days = forms.IntegerField(
        label="延长几天",
        min_value=1,
        error_messages={"invalid": "延长几天填整数", "min_value": "至少延长 1 天"},
    )
    text = sentence(label="为什么延长", least=5)
    told = forms.BooleanField(
        label="已把理由告知来访人",
        required=False,
    )

    def fit(self) -> None:
        began = next((t.started_on for t in terms_of(self.case) if t.clock == Clock.PETITION), None)
        if began is None:
            return
        most = limit_of(self.case, Threshold.PETITION_MORE_DAYS, midnight(began))
        field = self.fields["days"]
        if isinstance(field, forms.IntegerField):
            field.validators.append(MaxValueValidator(most, f"最多延长 {most} 天"))
        self.intro = f"只能延长一次，最多 {most} 天，自然日。"
