"""以案定补: what a case is worth, and whether it may be paid for (domain.md §5.6).

一案一补, 谁调解补助谁: agreed, performed, its dossier found in order; a dispute only once, however
often it was mediated and whatever it was merged with.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from cases.models import Case
from mediation.models import (
    Agreement,
    Body,
    Mediation,
    Mediator,
    Subsidy,
    SubsidyGrade,
    SubsidyRule,
    SubsidyStep,
)
from orgs.gates import centers_of
from orgs.models import Center, User
from orgs.permissions import Permission

STATE = Subsidy.State


def grades_on(center: Center, day: date) -> list[SubsidyGrade]:
    """The grades in force on a day, each with its newest amount; those of the centre or the
    nearest above it that has any."""
    place: Center | None = center
    while place is not None:
        rows = SubsidyGrade.objects.filter(center=place, effective_from__lte=day)
        newest: dict[str, SubsidyGrade] = {}
        for row in rows.order_by("effective_from", "pk"):
            newest[row.name] = row
        if newest:
            return sorted(newest.values(), key=lambda row: (row.rank, row.pk))
        place = place.parent
    return []


def pays_full_time(center: Center) -> bool:
    """Whether those who are paid full-time anyway are paid by the case as well."""
    rule = SubsidyRule.objects.filter(center=center).first()
    return rule.pays_full_time if rule else True


def family_of(case: Case) -> set[int]:
    """The case with all that were merged into it or into the same one: one dispute."""
    root, seen = case, {case.pk}
    while root.merged_into is not None and root.merged_into_id not in seen:
        root = root.merged_into
        seen.add(root.pk)
    found, edge = {root.pk}, [root.pk]
    while edge:
        edge = list(Case.objects.filter(merged_into__in=edge).values_list("pk", flat=True))
        edge = [pk for pk in edge if pk not in found]
        found.update(edge)
    return found | seen


def why_no_subsidy(mediation: Mediation, asked: Subsidy | None = None) -> list[str]:
    """What stands against paying for it, a sentence each; none when it may be proposed.

    `asked` is what has been proposed for it and is decided upon: it does not stand against itself.
    """
    said = []
    if mediation.body is None:
        said.append("不是调解组织调解的（行政调解、司法调解），按规定不补")
    if mediation.ending != Mediation.Ending.AGREED:
        said.append("没有调解成功")
    elif not _is_performed(mediation):
        said.append("协议还没履行完")
    if mediation.checked_on is None:
        said.append("卷宗还没检查合格")
    if mediation.host is None:
        said.append("没有主持的调解员")
    elif mediation.host.is_full_time and not pays_full_time(mediation.center):
        said.append(f"{mediation.host.name}是专职调解员，按规定不补")
    said += _paid_already(mediation, asked)
    return said


def _is_performed(mediation: Mediation) -> bool:
    agreement = Agreement.objects.filter(mediation=mediation, voided_at=None).first()
    if agreement is None:
        return False
    return not agreement.terms.filter(done_on=None).exists()


def _paid_already(mediation: Mediation, asked: Subsidy | None) -> list[str]:
    rows = Subsidy.objects.filter(mediation__case__in=family_of(mediation.case))
    if asked is not None:
        rows = rows.exclude(pk=asked.pk)
    taken = rows.exclude(state=STATE.REFUSED).select_related("mediation__case").first()
    if taken is None:
        return []
    of = taken.mediation.case
    about = "这件" if of.pk == mediation.case_id else f"并在一起的 {of.short_number} "
    return [f"{about}已经申报过（{taken.get_state_display()}），同一纠纷只补一次"]


def subsidies_of(user: User) -> QuerySet[Subsidy]:
    """Those of the centres whose mediation this person looks after, and their own."""
    centers = [centers_of(user, p) for p in (Permission.MEDIATION, Permission.DECIDE)]
    seen = Q(mediator__user=user) | Q(center__in=centers[0]) | Q(center__in=centers[1])
    return Subsidy.objects.filter(seen)


def listed(rows: QuerySet[Subsidy]) -> QuerySet[Subsidy]:
    return rows.select_related(
        "mediation__case", "mediation__body__department", "mediator", "grade", "center"
    ).order_by("mediation__body", "mediator", "pk")


def body_name(body: Body | None) -> str:
    return body.name if body else "综治中心"


def may_decide(user: User, subsidy: Subsidy) -> list[str]:
    """The steps open to this person now: each by somebody who has done no other."""
    done = {step.by_id for step in _steps_now(subsidy)}
    at = subsidy.center_id
    looks_after = user.can_at(Permission.MEDIATION, at)
    approves = user.can_at(Permission.DECIDE, at)
    fresh = user.pk not in done and not _is_own(user, subsidy.mediator)
    steps = {
        STATE.PROPOSED: [STATE.CHECKED, STATE.REFUSED] if looks_after and fresh else [],
        STATE.CHECKED: [STATE.APPROVED, STATE.REFUSED] if approves and fresh else [],
        STATE.APPROVED: [STATE.PAID] if looks_after and _may_pay(user, subsidy) else [],
    }
    return [str(state.value) for state in steps.get(STATE(subsidy.state), [])]


def _steps_now(subsidy: Subsidy) -> list[SubsidyStep]:
    """The steps since it was proposed last: who refused it before may decide about it anew."""
    found: list[SubsidyStep] = []
    for step in subsidy.steps.all():
        found = [step] if step.state == STATE.PROPOSED else [*found, step]
    return found


def _is_own(user: User, mediator: Mediator) -> bool:
    return mediator.user_id == user.pk


def _may_pay(user: User, subsidy: Subsidy) -> bool:
    """Not whoever asked for the money nor whoever granted it."""
    barred = (STATE.PROPOSED, STATE.APPROVED)
    by = {step.by_id for step in _steps_now(subsidy) if step.state in barred}
    return user.pk not in by and not _is_own(user, subsidy.mediator)
