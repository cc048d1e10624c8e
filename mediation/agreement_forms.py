"""What may be typed of an agreement: its clauses, who signed, what was performed, the court."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from cases.forms import ActForm, choice, sentence
from cases.lines import LinesField
from cases.models import Party
from mediation.agreed import SIGNERS, settlement_of, signers
from mediation.confirming import EXCLUSIONS, HINTS, MATERIALS, NONE, unclear
from mediation.models import Agreement, AgreementTerm, Confirmation, Signature
from mediation.services.agreements import Signed, Term
from zongzhi.lib import clock, dates
from zongzhi.lib.amounts import yuan

YEARS = range(2000, 2100)
WRONG_DAY = "日期写成 2026-11-30 这样"
CENT = Decimal("0.01")


def in_these_years(value: Any) -> None:
    """Refuse a slip of the hand: year 1 would be kept and never read again."""
    if value.year not in YEARS:
        raise forms.ValidationError(f"年份要在 {YEARS[0]} 到 {YEARS[-1]} 之间")


def day(*, label: str, required: bool = True, help_text: str = "", today: bool = False) -> Any:
    """A day; `today` fills it in."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        initial=clock.today if today else None,
        validators=[in_these_years],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": WRONG_DAY},
    )


def line(
    *, label: str, most: int = 200, least: int = 0, required: bool = False, help_text: str = ""
) -> Any:
    """One line of text."""
    return forms.CharField(
        label=label,
        required=required,
        min_length=least or None,
        max_length=most,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "min_length": f"{label}写得太短，至少 {least} 个字",
            "max_length": f"{label}最多 {most} 个字",
        },
    )


def money(*, label: str, help_text: str = "") -> Any:
    """A sum of yuan, more than nothing."""
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=CENT,
        max_digits=14,
        decimal_places=2,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": f"{label}写成数字，比如 38600 或 38600.50",
            "min_value": f"{label}要大于 0，没有就空着",
            "max_digits": f"{label}太大，核对一下",
            "max_whole_digits": f"{label}太大，核对一下",
            "max_decimal_places": f"{label}最多两位小数",
        },
    )


class _File(forms.FileField):
    """A file that comes with the page; what it is, the service finds out."""

    def __init__(self, *, label: str, required: bool, help_text: str) -> None:
        super().__init__(
            label=label,
            required=required,
            help_text=help_text,
            allow_empty_file=True,
            widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx"}),
            error_messages={"required": "还没选文件"},
        )


def _not_secret() -> Any:
    return forms.BooleanField(label="已核对，不涉密", required=False)


class AgreementForm(ActForm):
    submit = "写好协议"
    form = choice(Agreement.Form.choices, label="形式", initial=Agreement.Form.WRITTEN)
    reached_on = day(label="达成日期", today=True)
    facts = sentence(label="主要事实、争议事项", least=4, rows=5)
    duties = sentence(label="各方责任", required=False, rows=2)
    terms = LinesField(
        {
            "by": forms.ChoiceField(
                label="由谁履行",
                required=False,
                error_messages={"invalid_choice": "由谁履行，要选这件事的当事人"},
            ),
            "text": forms.CharField(
                label="做什么",
                min_length=2,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
                error_messages={
                    "required": "还没写做什么",
                    "min_length": "做什么写得太短，至少 2 个字",
                    "max_length": "做什么最多 500 个字",
                },
            ),
            "amount": money(label="金额（元）"),
            "due_on": day(label="什么时候以前", required=False),
            "manner": line(label="怎么履行", most=60),
        },
        label="协议条款",
        help_text="一行一条，空着的行不算。有期限的，到期那天会提醒。",
        error_messages={"required": "至少写一条：谁、做什么、什么时候以前"},
    )
    manner = line(label="履行方式")
    place = line(label="履行地点", most=100)

    def fit(self) -> None:
        """The parties of the case to choose from; its facts to begin with."""
        parties = self.case.parties.filter(role__in=SIGNERS).order_by("pk")
        self.parties = {str(party.pk): party for party in parties}
        self.fields["facts"].initial = self.case.narrative
        terms = self.fields["terms"]
        if isinstance(terms, LinesField):
            who = terms.columns["by"]
            choices = [("", "不指定"), *((pk, p.name) for pk, p in self.parties.items())]
            if isinstance(who, forms.ChoiceField):
                who.choices = choices

    def arguments(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given["terms"] = [
            Term(**{**term, "by": self.parties.get(term["by"])}) for term in given["terms"]
        ]
        return given


class AmendAgreementForm(AgreementForm):
    submit = "保存协议"

    def fit(self) -> None:
        super().fit()
        found = settlement_of(self.case).draft
        if found is None:
            return
        for name in ("form", "reached_on", "facts", "duties", "manner", "place"):
            self.fields[name].initial = getattr(found, name)
        self.fields["terms"].initial = [
            {
                "by": term.by_party_id or "",
                "text": term.text,
                "amount": term.amount,
                "due_on": term.due_on,
                "manner": term.manner,
            }
            for term in found.terms.all()
        ]


class SignForm(ActForm):
    intro = "签好一个记一个；双方、调解员都签了，章也盖了，从最后一个的日期起生效。"
    submit = "记签名盖章"
    signatures = LinesField(
        {
            "how": forms.ChoiceField(
                label="方式",
                choices=[("", "还没签"), *Signature.How.choices],
                error_messages={
                    "required": "还没选签名、盖章还是按指印",
                    "invalid_choice": "“%(value)s”不在可选的里面",
                },
            ),
            "on": day(label="日期"),
            "agent": line(label="代理人", most=30),
            "party": forms.IntegerField(label="当事人", required=False, widget=forms.HiddenInput),
        },
        label="当事人",
        required=False,
        help_text="代理人代签的，写代理人姓名；材料里要有授权委托书。",
    )
    mediator_on = day(label="调解员签名", required=False)
    sealed_on = day(label="调委会盖章", required=False)

    def fit(self) -> None:
        """A line for each who has still to sign."""
        found = settlement_of(self.case).draft
        if found is None or not self.on_page:
            return
        signed = set(found.signatures.values_list("party", flat=True))
        waiting = [party for party in signers(self.case) if party.pk not in signed]
        field = self.fields["signatures"]
        if isinstance(field, LinesField):
            field.widget.titles = [_named(party) for party in waiting]
            field.columns["on"].required = False
        field.initial = [{"party": party.pk} for party in waiting]
        if not waiting:
            del self.fields["signatures"]
        for name, done in (
            ("mediator_on", found.mediator_signed_on),
            ("sealed_on", found.sealed_on),
        ):
            if done is not None:
                del self.fields[name]

    def arguments(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        rows = given.pop("signatures", None) or []
        return {**given, "signatures": [_signed(row) for row in rows]}


def _named(party: Party) -> str:
    return f"{party.name}（{party.get_role_display()}）"


def _signed(row: dict[str, Any]) -> Signed:
    return Signed(row.get("party") or 0, row["how"], row["on"], row["agent"])


class ScanForm(ActForm):
    submit = "传签字件"
    file = _File(
        label="签字件",
        required=True,
        help_text="照片(jpg/png)或 pdf，最多 20 MB。再传一次，以新的为准。",
    )
    not_secret = _not_secret()


class VoidForm(ActForm):
    intro = "还没人签的可以直接作废；签了名的，要双方都要求。作废以后可以写一份新的。"
    submit = "作废协议"
    danger = True
    both = forms.BooleanField(label="双方都要求作废", required=False)
    text = line(label="为什么作废", least=2, required=True)


class PerformForm(ActForm):
    submit = "记履行"
    term = forms.IntegerField(label="哪一条", required=False, widget=forms.RadioSelect)
    on = day(label="哪天履行的", today=True)
    amount = money(label="金额（元）", help_text="这次付的；够了约定的数，这一条自动算履行完")
    complete = forms.BooleanField(label="这一条履行完了", required=False)
    text = line(label="情况")
    proof = _File(
        label="凭证", required=False, help_text="收条、转账记录的照片(jpg/png)或 pdf，最多 20 MB"
    )
    not_secret = _not_secret()

    def fit(self) -> None:
        if not self.on_page:
            return
        terms = to_perform(self.case)
        field = self.fields["term"]
        if len(terms) == 1:
            field.widget, field.initial = forms.HiddenInput(), terms[0].pk
            self.intro = named_term(terms[0])
        elif isinstance(field.widget, forms.RadioSelect):
            field.widget.choices = [(str(term.pk), named_term(term)) for term in terms]


def to_perform(case: Any) -> list[AgreementTerm]:
    """The clauses of every agreement in force that are still to be done."""
    found = [a.pk for a in settlement_of(case).agreements if a.in_force_on is not None]
    rows = AgreementTerm.objects.filter(agreement__in=found, done_on=None)
    return list(rows.select_related("by_party").order_by("agreement", "n"))


def named_term(term: AgreementTerm) -> str:
    """「第 1 条　鑫源劳务公司 20,000 元　3月31日前　付清工资」"""
    who = term.by_party.name if term.by_party else ""
    until = f"{dates.day(term.due_on)}前" if term.due_on else ""
    text = term.text if len(term.text) <= 30 else f"{term.text[:30]}…"
    parts = [f"第 {term.n} 条", f"{who} {yuan(term.amount)}".strip(), until, text]
    return "　".join(filter(None, parts))


class ApplyForm(ActForm):
    intro = "双方要从协议生效起 30 日内一起申请；调委会可以帮着准备材料，法院不收费。"
    submit = "记下申请"
    court = line(label="法院", most=60, least=2, required=True)
    applied_on = day(label="申请日期", today=True)
    jointly = forms.BooleanField(label="双方一起申请", required=False)
    exclusions = forms.MultipleChoiceField(
        label="不确认的情形",
        choices=[(NONE, "都没有"), *((e.code, e.label) for e in EXCLUSIONS)],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "还没选“不确认的情形”，没有就选“都没有”",
            "invalid_choice": "“%(value)s”不在可选的里面",
        },
    )
    materials = forms.MultipleChoiceField(
        label="已备材料",
        choices=list(MATERIALS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="财产权利证明：协议没有涉及房产、车辆这类财产的不用",
    )

    def fit(self) -> None:
        """What to look at twice: by the type of the matter, and what the clauses leave open."""
        if not self.on_page:
            return
        found = settlement_of(self.case).in_force
        hints = [HINTS.get(self.case.type.code, "")]
        if found is not None:
            vague = unclear(found.terms.all())
            hints += [f"内容不明确的法院会驳回：{'；'.join(vague)}"] if vague else []
        self.fields["exclusions"].help_text = "。".join(filter(None, hints))

    def clean_exclusions(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["exclusions"]
        if NONE in chosen and len(chosen) > 1:
            raise forms.ValidationError("选了“都没有”，就不能再选别的")
        return [code for code in chosen if code != NONE]


class CourtTakesForm(ActForm):
    intro = "法院收到申请 3 日内决定受不受理；受理以后 15 日内裁定，可以延长 10 日。"
    submit = "记法院受理"
    on = day(label="受理日期", today=True)
    number = line(label="案号", most=40)


class CourtDecidesForm(ActForm):
    submit = "记结果"
    outcome = choice(Confirmation.Outcome.choices, label="结果")
    on = day(label="日期", today=True)
    number = line(label="案号", most=40)
    text = line(label="说明")
