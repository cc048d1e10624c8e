"""Writes down what the dispatches of a centre have taught; see `dispatch.learned`."""

from __future__ import annotations

from django.db import transaction

from dispatch.learned import ENOUGH, MOST_CASES, Model, accepted, examples_in, train
from dispatch.models import Learned, LearnedWord
from orgs.models import Center
from zongzhi.lib import clock

AT_ONCE = 5000


def learn(*, center_id: int) -> Learned | None:
    """Learn anew from a centre's newest cases; None where there are too few to learn from.

    Reading and counting is outside the transaction; only the exchange of the old for the new is
    inside, and of two who come at once the later waits.
    """
    center = Center.objects.get(pk=center_id)
    if accepted(center)[:ENOUGH].count() < ENOUGH:
        Learned.objects.filter(center=center).delete()
        return None
    return _write(center, train(examples_in(accepted(center)[:MOST_CASES])))


@transaction.atomic
def _write(center: Center, model: Model) -> Learned:
    Center.objects.select_for_update(no_key=True).get(pk=center.pk)
    learned = Learned.objects.filter(center=center).first()
    if learned is None:
        learned = Learned(center=center, version=0)
    learned.version, learned.at, learned.cases = learned.version + 1, clock.now(), model.cases
    learned.units = {str(unit): number for unit, number in model.units.items()}
    learned.save()
    learned.words.all().delete()
    rows = (
        LearnedWord(learned=learned, mark=mark, unit_id=unit, cases=cases)
        for mark, seen in model.marks.items()
        for unit, cases in seen.items()
    )
    LearnedWord.objects.bulk_create(rows, batch_size=AT_ONCE)
    return learned


def centers_that_learn() -> list[int]:
    """Centres with cases of their own, so that a night does not visit five hundred empty ones."""
    with_cases = Center.objects.filter(cases__approved_at__isnull=False).order_by().distinct()
    return list(with_cases.values_list("pk", flat=True))
