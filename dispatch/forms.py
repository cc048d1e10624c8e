from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from cases.clocks import limit_of
from cases.forms import ActForm, UnitField, UnitsField, choice, sentence
from cases.thresholds import STANDARDS, Threshold
from cases.vocabulary import Complexity, Result, Risk
from dispatch.choosing import offer_by_presence
from dispatch.facts import missing_facts
from dispatch.models import Request, Return
from orgs.models import Department, User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.identity import check_phone


class DispatchForm(ActForm):
    submit = "派出"
    lead = UnitField(label="主办单位")
    assisting = UnitsField(label="协办单位")
    complexity = choice(Complexity.choices, label="复杂程度", initial=Complexity.ORDINARY)
    risk = choice(Risk.choices, label="风险", initial=Risk.LOW)
    note = sentence(label="交代一句", required=False, rows=2)

    def fit(self) -> None:
        if self.case.suggested_unit is not None:
            self.fields["lead"].initial = self.case.suggested_unit.code
        offer_by_presence(self, "lead", "assisting")


class ReturnForm(ActForm):
    intro = "每件只能退一次，裁定后不能再退。"
    submit = "退回"
    reason = choice(Return.Reason.choices, label="原因")
    suggested = UnitField(label="应由谁办", required=False)
    basis = sentence(label="依据", least=10)

    def fit(self) -> None:
        offer_by_presence(self, "suggested")
        if self.case.lead is not None:
            days = limit_of(self.case, Threshold.RETURN_DAYS, self.case.lead.dispatched_at)
            self.intro = f"每件只能退一次，最迟收到后 {days} 个工作日；裁定后不能再退。"


class RuleForm(ActForm):
    submit = "裁定"
    ruling = choice(Return.Ruling.choices, label="裁定")
    lead = UnitField(label="主办单位", required=False, help_text="维持原派不用选")
    assisting = UnitsField(label="参加会商的单位")
    text = sentence(label="理由", least=4)

    def fit(self) -> None:
        offer_by_presence(self, "lead", "assisting")


class ReassignForm(ActForm):
    submit = "改派"
    lead = UnitField(label="改派给")
    text = sentence(label="原因", least=2)

    def fit(self) -> None:
        offer_by_presence(self, "lead")


class RequestReassignForm(ActForm):
    submit = "申请改派"
    suggested = UnitField(label="应由谁办", required=False)
    text = sentence(label="理由", least=4)

    def fit(self) -> None:
        offer_by_presence(self, "suggested")


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person, chosen by name."""

    def label_from_instance(self, obj: User) -> str:
        return obj.name


class AssignForm(ActForm):
    submit = "指派"
    handler = PersonField(
        User.objects.none(),
        to_field_name="username",
        label="经办人",
        empty_label="选择经办人",
        error_messages={"required": "还没选“经办人”", "invalid_choice": "这个人不在本单位"},
    )

    def fit(self) -> None:
        field = self.fields["handler"]
        units = [a.unit_id for a in self.case.open_assignments]
        mine = [p.department for p in self.user.posts_giving(Permission.HEAD)]
        unit = next((d for d in mine if d is not None and d.pk in units), None)
        if unit is not None and isinstance(field, forms.ModelChoiceField):
            field.queryset = User.objects.holding(Permission.HANDLE, department=unit)


class ReportForm(ActForm):
    submit = "反馈结果"
    groups: ClassVar = {"facts": ("amount", "respondent_phone")}
    result = choice(Result.choices, label="结果")
    how = sentence(label="怎么解决的", least=10, rows=4)
    amount = forms.DecimalField(
        label="涉及金额（元）", required=False, min_value=0, max_digits=14, decimal_places=2
    )
    respondent_phone = forms.CharField(label="对方电话", required=False, max_length=20)
    not_found = forms.CharField(label="查不到的原因", required=False, max_length=200)

    def clean_respondent_phone(self) -> str:
        phone = str(self.cleaned_data["respondent_phone"])
        if not phone:
            return ""
        try:
            return check_phone(phone)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """On the page the checklist must be complete; by API what lacks is recorded as 未补."""
        data = super().clean() or {}
        part = next((a for a in self.case.open_assignments if a.unit_id in self._units()), None)
        if self.on_page and part is not None and part.is_lead and not data.get("not_found"):
            given = {"涉及金额": data.get("amount"), "对方电话": data.get("respondent_phone")}
            lacking = [
                fact
                for fact in missing_facts(self.case)
                if given.get(fact) in (None, "") and fact not in self.errors
            ]
            if lacking:
                named = "”“".join(lacking)
                self.add_error("not_found", f"还缺“{named}”，补上才能办结，或写明查不到的原因")
        return data

    def _units(self) -> set[int | None]:
        return {post.department_id for post in self.user.posts_today}


class SendBackForm(ActForm):
    submit = "退回补办"
    text = sentence(label="缺什么", least=4)


class SuperviseForm(ActForm):
    submit = "发督办单"
    reason = sentence(label="督办事由", least=4)
    answer_days = forms.IntegerField(
        label="几个工作日内答复",
        min_value=1,
        max_value=STANDARDS[Threshold.ANSWER_DAYS].most,
    )

    def fit(self) -> None:
        now = clock.now()
        self.fields["answer_days"].initial = limit_of(self.case, Threshold.ANSWER_DAYS, now)


class AnswerForm(ActForm):
    submit = "答复"
    text = sentence(label="为什么没办完，什么时候办完", least=4)


class LiftForm(ActForm):
    submit = "解除督办"
    promised = forms.DateField(
        label="答应办结的日子",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "日期写成 2026-11-30 这样"},
    )
    text = sentence(label="说明", least=2)


class ExtendForm(ActForm):
    intro = "到期前才能申请，只能延一次，由本单位负责人批。"
    submit = "申请延期"
    days = forms.IntegerField(label="延几个工作日", min_value=1, max_value=30)
    text = sentence(label="理由", least=4)


class PauseForm(ActForm):
    intro = "由分流员批，到了日子自动恢复。"
    submit = "申请暂停计时"
    until = forms.DateField(
        label="暂停到",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "日期写成 2026-11-30 这样"},
    )
    text = sentence(label="理由", least=4)

    def fit(self) -> None:
        most = limit_of(self.case, Threshold.PAUSE_DAYS, clock.now())
        self.intro = f"最长 {most} 天，由分流员批；到了日子自动恢复。"


class DecideForm(ActForm):
    submit = "批复"
    request = forms.IntegerField(
        label="申请", widget=forms.RadioSelect, error_messages={"required": "还没选是哪个申请"}
    )
    grant = forms.TypedChoiceField(
        label="批复",
        choices=[("True", "同意"), ("False", "不同意")],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        error_messages={"required": "还没选同意还是不同意"},
    )
    days = forms.IntegerField(label="同意几天", required=False, min_value=1, max_value=60)
    text = sentence(label="批示", required=False, rows=2)

    def fit(self) -> None:
        pending = self.case.requests.filter(decided_at=None)
        widget = self.fields["request"].widget
        if isinstance(widget, forms.RadioSelect):
            widget.choices = [(str(r.pk), _request_words(r)) for r in pending]

    @classmethod
    def flatten(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        grant = body.get("grant")
        return {**body, "grant": "" if grant is None else str(grant)}


def _request_words(request: Request) -> str:
    detail = f"{request.days} 个工作日" if request.days else ""
    detail = detail or (f"到 {request.until:%Y-%m-%d}" if request.until else "")
    return f"{request.get_kind_display()}{detail}：{request.text}"


class PushDownForm(ActForm):
    submit = "下派"
    center = UnitField(label="下派给")
    text = sentence(label="原因", least=2)

    def fit(self) -> None:
        field = self.fields["center"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Department.objects.filter(runs__parent=self.case.center)
