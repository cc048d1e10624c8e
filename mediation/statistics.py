"""人民调解统计: the official columns (domain.md §5.5), each defined once and each with its list.

One moment decides the period of everything: a mediation counts where it ends; what was begun
earlier is carried over until then. 受理 counts where it begins, 履行 where it is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from cases.models import DisputeType, Party
from cases.vocabulary import PartyRole
from mediation.models import Agreement, AgreementTerm, Body, Mediation
from mediation.periods import Period
from orgs.models import Center, User

MEDIATIONS, PARTIES, AGREEMENTS = "mediations", "parties", "agreements"


@dataclass(frozen=True)
class Scope:
    """Whose mediations: those a person sees, of a centre with all below it, or of one body.

    `user=None`: an official table, which is the same whoever looks.
    """

    user: User | None
    period: Period
    center: Center | None = None
    body: Body | None = None

    @property
    def mediations(self) -> QuerySet[Mediation]:
        rows: QuerySet[Mediation] = Mediation.objects.all()
        if self.user is not None:
            rows = Mediation.objects.visible_to(self.user)
        if self.center is not None:
            rows = rows.filter(center__region__code__startswith=self.center.region.stem)
        return rows if self.body is None else rows.filter(body=self.body)


@dataclass(frozen=True)
class Figure:
    """A column: what it is called, how it is counted, and of what its list is made."""

    code: str
    label: str
    group: str
    definition: str
    unit: str = "件"
    of: str = MEDIATIONS


@dataclass(frozen=True)
class Value:
    """A figure with what it comes to."""

    figure: Figure
    value: int | Decimal

    @property
    def shown(self) -> str:
        """「845,101」, with cents only where there are any."""
        return f"{self.value:,.2f}".removesuffix(".00")


SUM, ACCEPTED = "总数", "受理"
FOUNDER, ORIGIN, TYPE, FORM, PREVENTED = "调解主体", "案件来源", "纠纷类别", "协议形式", "防止激化"

_FIRST = (
    Figure("accepted", "受理数", SUM, "受理日期在本期的"),
    Figure("carried", "上期转入", SUM, "本期以前受理、到本期开始还没结束的"),
    Figure("done", "调解总数", SUM, "结束日期在本期的，不管什么时候受理、怎样结束"),
    Figure("going", "转入下期", SUM, "到本期最后一天还没结束的"),
    Figure(
        "parties",
        "涉及当事人数",
        SUM,
        "本期结束的调解的来访人和对方，同一事项里每人算一次，不算代理人",
        "人",
        PARTIES,
    ),
    Figure("agreed", "调解成功数", SUM, "本期结束、达成协议的"),
    Figure("hard", "疑难复杂数", SUM, "本期结束、标了疑难的"),
    Figure(
        "amount",
        "协议涉及金额",
        SUM,
        "本期结束、达成协议的，协议各条的金额加在一起；作废的协议不算",
        "元",
        AGREEMENTS,
    ),
    Figure(
        "performed",
        "协议履行数",
        SUM,
        "最后一条在本期履行完的协议，不管什么时候达成",
        of=AGREEMENTS,
    ),
)
_FORMS = tuple(
    Figure(f"form-{form.value}", form.label, FORM, f"本期结束、达成{form.label}的", of=AGREEMENTS)
    for form in Agreement.Form
)
_PREVENTED = (
    Figure("crime", "防止民转刑", PREVENTED, "本期结束、防止了民间纠纷转为刑事案件的"),
    Figure("crime-people", "防止民转刑人数", PREVENTED, "上一列各件的人数加在一起", "人"),
    Figure("petition", "防止群体性上访", PREVENTED, "本期结束、防止了群体性上访的"),
    Figure("petition-people", "防止群体性上访人数", PREVENTED, "上一列各件的人数加在一起", "人"),
)
NO_BODY = "none"


_FOUNDERS = tuple(
    Figure(f"founder-{value}", str(label), FOUNDER, f"调解总数里{label}的")
    for value, label in (*Body.Founder.choices, (NO_BODY, "综治中心直接调解"))
)
_ORIGINS = tuple(
    Figure(f"origin-{value}", str(label), ORIGIN, f"调解总数里{label}的")
    for value, label in Mediation.Origin.choices
)


def fixed_figures() -> list[Figure]:
    """The columns that are there whatever types the dictionary has."""
    return [*_FIRST, *_FOUNDERS, *_ORIGINS, *_FORMS, *_PREVENTED]


def figures() -> list[Figure]:
    """Every column, in the order of the table."""
    types = DisputeType.objects.order_by("pk").values_list("code", "name")
    of_types = [Figure(f"type-{code}", name, TYPE, f"调解总数里{name}的") for code, name in types]
    return [*_FIRST, *_FOUNDERS, *_ORIGINS, *of_types, *_FORMS, *_PREVENTED]


def condition(code: str, period: Period) -> Q:
    """Which mediations a figure counts."""
    since, until = period.since, period.until
    done = Q(ended_on__gte=since, ended_on__lte=until)
    name, _, value = code.partition("-")
    said = {
        "accepted": Q(started_on__gte=since, started_on__lte=until),
        "carried": Q(started_on__lt=since) & (Q(ended_on=None) | Q(ended_on__gte=since)),
        "done": done,
        "going": Q(started_on__lte=until) & (Q(ended_on=None) | Q(ended_on__gt=until)),
        "agreed": done & Q(ending=Mediation.Ending.AGREED),
        "hard": done & Q(is_hard=True),
        "crime": done & Q(no_crime_people__gt=0),
        "petition": done & Q(no_petition_people__gt=0),
        "founder": done & (Q(body=None) if value == NO_BODY else Q(body__founder=value)),
        "origin": done & Q(origin=value),
        "type": done & Q(case__type__code=value),
    }
    return said[name]


def mediations_of(code: str, scope: Scope) -> QuerySet[Mediation]:
    """The rows behind a figure that counts mediations."""
    return scope.mediations.filter(condition(code, scope.period))


def parties_of(scope: Scope) -> QuerySet[Party]:
    cases = mediations_of("done", scope).values("case")
    roles = [PartyRole.APPLICANT, PartyRole.RESPONDENT]
    rows: QuerySet[Party] = Party.objects.filter(case__in=cases, role__in=roles)
    return rows


def agreements_of(code: str, scope: Scope) -> QuerySet[Agreement]:
    """The agreements behind a figure, each with `total`, the sums of its clauses."""
    holds = Agreement.objects.filter(voided_at=None).annotate(total=Sum("terms__amount"))
    if code == "performed":
        undone = AgreementTerm.objects.filter(agreement=OuterRef("pk"), done_on=None)
        last = holds.filter(~Exists(undone), mediation__in=scope.mediations)
        dated = last.annotate(last_done=Max("terms__done_on"))
        return dated.filter(last_done__gte=scope.period.since, last_done__lte=scope.period.until)
    rows = holds.filter(mediation__in=mediations_of("agreed", scope))
    _, _, form = code.partition("-")
    return rows.filter(form=form) if form else rows


def values_of(scope: Scope) -> list[Value]:
    """Every figure, in so many queries whatever the number of rows and of columns."""
    known = figures()
    counted = [f for f in known if f.of == MEDIATIONS and f.unit == "件"]
    asked: dict[str, Any] = {
        _column(f.code): Count("pk", filter=condition(f.code, scope.period)) for f in counted
    }
    for name in ("crime", "petition"):
        people = Sum(f"no_{name}_people", filter=condition(name, scope.period))
        asked[_column(f"{name}-people")] = people
    found: dict[str, Any] = scope.mediations.aggregate(**asked)
    agreed = list(agreements_of("amount", scope))
    found["n_amount"] = sum((total_of(row) for row in agreed), Decimal(0))
    for form in Agreement.Form:
        found[_column(f"form-{form.value}")] = sum(row.form == form.value for row in agreed)
    found["n_performed"] = agreements_of("performed", scope).count()
    found["n_parties"] = parties_of(scope).count()
    return [Value(figure, found[_column(figure.code)] or 0) for figure in known]


def _column(code: str) -> str:
    return f"n_{code.replace('-', '_')}"


def total_of(row: Agreement) -> Decimal:
    """What its clauses come to, as `agreements_of` has counted it."""
    total: Decimal | None = vars(row)["total"]
    return total or Decimal(0)


def by_body(scope: Scope) -> list[dict[str, Any]]:
    """受理, 调解, 成功 of each body in the scope, by name; no order of merit."""
    names = ("accepted", "done", "agreed")
    asked = {f"n_{name}": Count("pk", filter=condition(name, scope.period)) for name in names}
    rows = scope.mediations.values("body", "body__department__name").annotate(**asked)
    found: list[dict[str, Any]] = [dict(row) for row in rows.order_by("body")]
    return [row for row in found if any(row[f"n_{name}"] for name in names)]


def figure_of(code: str) -> Figure | None:
    return next((figure for figure in figures() if figure.code == code), None)
