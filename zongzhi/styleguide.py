"""样式 (/styleguide/): every component in every state, drawn by the real templates.

Only with DEBUG; elsewhere the page does not exist. It is the place to look before making a new
component, and the page that accessibility is tested on first.
"""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases.lights import Shown
from cases.lines import LinesField
from cases.presenting import Step
from cases.rows import Row
from cases.timeline import Entry
from cases.vocabulary import Label
from zongzhi.lib import clock
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.light import MARKS
from zongzhi.lib.period_lines import PeriodLine, PeriodTable

_WORDS = {
    "green": "剩 5 个工作日",
    "amber": "今天 17:30 到期",
    "red": "超 2 个工作日",
    "paused": "暂停（等鉴定，已停 6 天）",
    "done": "按时办结",
    "none": "不计时",
}


class Sample(forms.Form):
    """A field of every kind."""

    name = forms.CharField(label="姓名", error_messages={"required": "还没填“姓名”"})
    phone = forms.CharField(
        label="手机号",
        help_text="没有电话可勾“没有电话”",
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    kind = forms.ChoiceField(
        label="类型", choices=[("", "选择类型"), ("1", "婚姻家庭"), ("2", "邻里")]
    )
    willing = forms.ChoiceField(
        label="愿意调解",
        choices=[("yes", "愿意"), ("no", "不愿意"), ("undecided", "再想想")],
        widget=forms.RadioSelect,
        error_messages={"required": "还没选“愿意调解”"},
    )
    special = forms.MultipleChoiceField(
        label="特别情况",
        choices=[("none", "都没有"), ("violence", "家暴"), ("minor", "未成年人")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "还没选“特别情况”，没有就选 0"},
    )
    text = forms.CharField(
        label="事情和要求", widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    public = forms.BooleanField(label="可告知来访人", required=False)
    day = forms.DateField(
        label="日期", widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    terms = LinesField(
        {"text": forms.CharField(label="做什么"), "due_on": forms.DateField(label="什么时候以前")},
        label="协议条款",
        required=False,
    )
    fixed = forms.CharField(label="编号", disabled=True, initial="0403-012", required=False)

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"])
        if len(phone) != 11:
            raise forms.ValidationError(f"手机号应为 11 位，现在是 {len(phone)} 位")
        return phone


class RuleSample(forms.Form):
    """How long, and from when on."""

    number = forms.IntegerField(
        label="多长", widget=forms.NumberInput(attrs={"class": "control--short"})
    )
    since = forms.DateField(label="从哪天起", widget=forms.DateInput(attrs={"type": "date"}))


@login_required
@require_GET
def styleguide(request: StaffRequest) -> HttpResponse:
    """样式."""
    if not settings.DEBUG:
        raise Http404
    typed = {"phone": "1990000562", "kind": "1", "text": "在和谐家园二期做木工，三个月工资没给"}
    empty, wrong = Sample(auto_id="plain_%s"), Sample(typed, auto_id="wrong_%s")
    context = {
        "labels": [(label.label, label.value) for label in Label],
        "lights": [_light(colour) for colour in MARKS],
        "form": wrong,
        "plain": empty,
        "rows": [_row(number, label) for number, label in enumerate(Label, start=1)],
        "steps": _steps(),
        "entries": _entries(),
        "table": _periods(),
        "rule": RuleSample(auto_id="rule_%s"),
        "page": SimpleNamespace(total_text="1000+", prev_url="?", next_url="?"),
    }
    return render(request, "styleguide.html", context)


def _light(colour: str) -> Shown:
    mark = MARKS[colour]  # type: ignore[index]
    return Shown(colour, mark, _WORDS[colour], date="4月15日 17:30", explained="派出当天不算")


def _row(number: int, label: Label) -> Row:
    return Row(
        pk=number,
        number=f"990101250403{number:04}",
        url="#table",
        short_number=f"0403-{number:03}",
        title="张某某与鑫源劳务公司 欠薪" if number % 3 else "很长的题目" * 9,
        type_name="拖欠农民工工资",
        unit_name="人社局",
        unit_code="RS",
        light=_light(list(MARKS)[number % len(MARKS)]),
        label=label.label,
        label_token=label.value,
        supervised=number % 4 == 0,
        risk_text="风险：高" if number % 5 == 0 else "",
        flags=("⚑扬言过激",) if number % 5 == 0 else (),
        may_claim=False,
    )


def _periods() -> PeriodTable:
    today = clock.today()
    lines = [
        PeriodLine("签收", [""], "1 个工作日", today - timedelta(days=400)),
        PeriodLine("办理", ["复杂"], "20 个工作日", today + timedelta(days=7)),
    ]
    return PeriodTable("时限", ["复杂程度"], lines, today)


def _steps() -> list[Step]:
    return [
        Step("受理", "done", "4-3"),
        Step("分流", "done", "4-3"),
        Step("调处", "done", "4-4"),
        Step("督办", "skipped", ""),
        Step("回访", "current", ""),
        Step("结案", "ahead", ""),
    ]


def _entries() -> list[Entry]:
    at = clock.now()
    common: dict[str, Any] = {"who": "李强（人社局）"}
    return [
        Entry("记进展", "已电话联系双方，约好明天谈", at=at, internal=False, **common),
        Entry("记进展", "对方不愿见面", at=at - timedelta(days=1), internal=True, **common),
        Entry("登记", "", at=at - timedelta(days=400), internal=False, known_time=False, **common),
    ]
