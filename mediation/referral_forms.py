"""What may be typed about a matter that another organ has handed over."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.forms import ActForm, choice, sentence
from mediation.agreement_forms import day, line
from mediation.handed_over import Longer, answer_by, open_referral
from mediation.models import Referral
from zongzhi.lib import dates

LONGEST = 90  # days a period may be prolonged at once


class ReceiveForm(ActForm):
    intro = "法院委派 30 日，委托普通程序 15 日、简易程序 7 日，从签收材料那天起算，当天不算。"
    submit = "记下接收"
    kind = choice(Referral.Kind.choices, label="对接方式")
    organ = line(label="移交机关", most=60, least=2, required=True)
    number = line(label="函号或案号", most=40)
    contact = line(label="联系人", most=60, help_text="姓名、电话")
    received_on = day(label="签收日期", today=True)
    materials = sentence(label="移交材料", required=False, rows=2)


class DeclineForm(ActForm):
    submit = "不接受"
    text = line(label="理由", least=2, required=True)

    def fit(self) -> None:
        found = open_referral(self.case)
        if found is not None and self.on_page:
            found.case = self.case
            until = dates.day(answer_by(found))
            self.intro = f"{until} 前（3 个工作日内）答复；不接受的，材料退回{found.organ}。"


class ExtendForm(ActForm):
    intro = "双方都同意，可以延长（特邀调解规定第二十七条）；鉴定的日子不计入，不用双方同意。"
    submit = "延长期限"
    kind = choice(
        [(Longer.AGREED.value, "双方同意延长"), (Longer.APPRAISAL.value, "鉴定的日子不计入")],
        label="为什么晚",
        required=False,
        initial=Longer.AGREED.value,
    )
    days = forms.IntegerField(
        label="延长几日",
        min_value=1,
        max_value=LONGEST,
        error_messages={
            "invalid": "延长几日写成数字",
            "min_value": "至少延长 1 日",
            "max_value": f"一次最多延长 {LONGEST} 日",
        },
    )
    both = forms.BooleanField(label="双方都同意", required=False)
    text = line(label="为什么延长", least=2, required=True)

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        return {**given, "kind": given["kind"] or Longer.AGREED.value}


class ReturnForm(ActForm):
    submit = "回复结果"
    outcome = choice(Referral.Outcome.choices, label="结果")
    returned_on = day(label="回复日期", today=True)
    text = sentence(label="回复内容", least=4)
    receipt = line(label="对方签收人", most=60)
