"""A row of many columns is made at one go, and is what Django would have made of it."""

from __future__ import annotations

import pytest
from django.db import models
from django_fsm import TransitionNotAllowed

from cases.models import Assignment, Case, Party
from dispatch.models import Request
from dispatch.services.asking import request_extension
from tests.lives import Lives
from zongzhi.lib.models import ReadInBulk

BULKY = (Case, Assignment, Party, Request)


def as_django_makes_it(model: type[models.Model], pk: int) -> models.Model:
    """The same row through `__init__`, value by value."""
    names = [field.attname for field in model._meta.concrete_fields]
    values = model._base_manager.values_list(*names).get(pk=pk)
    made: models.Model = models.Model.from_db.__func__(model, "default", names, values)
    return made


def test_every_model_of_its_kind_is_tried_here() -> None:
    assert set(ReadInBulk.__subclasses__()) == set(BULKY)


@pytest.mark.parametrize("model", BULKY)
def test_it_is_what_django_makes_of_the_row(lives: Lives, model: type[models.Model]) -> None:
    case = lives.claimed()
    request_extension(case_id=case.pk, by=lives.handler, days=3, text="对方外出")
    row = model._base_manager.latest("pk")
    other = as_django_makes_it(model, row.pk)
    mine, theirs = dict(vars(row)), dict(vars(other))
    states = mine.pop("_state"), theirs.pop("_state")
    assert mine == theirs
    assert list(mine) == list(theirs)
    for state in states:
        assert (state.adding, state.db, state.fields_cache) == (False, "default", {})


def test_a_column_that_was_left_out_comes_when_it_is_asked_for(lives: Lives) -> None:
    case = lives.registered()
    part = Case.objects.only("number", "stage").get(pk=case.pk)
    assert part.get_deferred_fields() >= {"narrative", "label"}
    assert part.narrative == case.narrative
    assert "narrative" not in part.get_deferred_fields()


def test_the_stage_of_a_row_that_was_read_is_still_protected(lives: Lives) -> None:
    case = Case.objects.get(pk=lives.registered().pk)
    with pytest.raises(AttributeError):
        case.stage = "closed"
    with pytest.raises(TransitionNotAllowed):
        case.undo_claim()
    case.refresh_from_db()
    assert case.stage == "triage"


def test_a_row_that_was_read_is_changed_and_saved_like_any_other(lives: Lives) -> None:
    party = Party.objects.get(case=lives.registered(), role="applicant")
    party.name = "钱大有"
    party.save()
    assert Party.objects.get(pk=party.pk).name == "钱大有"
    assert Party.objects.filter(name="钱大有").count() == 1
