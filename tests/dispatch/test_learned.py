"""这类词以前多派: learned from what ended well, said with its words, silent when it is thin."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases.models import Assignment, Case
from cases.vocabulary import Special
from dispatch import learned
from dispatch.learned import Example, accepted, guesses, is_clear, marks_of, rank, train
from dispatch.models import Learned, LearnedWord
from dispatch.routing import Facts
from dispatch.services.learning import centers_that_learn, learn
from dispatch.tasks import learn_routing
from orgs.models import User
from tests.county import County
from tests.lives import Lives
from zongzhi.lib import clock

WAGES, WATER = "包工头拖欠工资不给", "楼上漏水物业不管"


def examples(number: int = 30) -> list[Example]:
    wages = [Example(marks_of(WAGES, "10", "990101100201"), 1)] * number
    return wages + [Example(marks_of(WATER, "17", "990101100201"), 2)] * number


# ---------------------------------------------------------------- the model


def test_a_text_leads_where_its_words_went_and_names_them() -> None:
    first = rank(train(examples()), marks_of("工资拖欠", "10", ""))[0]
    assert first.unit == 1
    assert set(first.words) <= {"工资", "拖欠"}
    assert first.words


def test_few_cases_teach_nothing() -> None:
    assert rank(train(examples(10)), marks_of(WAGES, "10", "")) == []


def test_words_of_few_cases_are_forgotten() -> None:
    named = [Example(marks_of(f"{WAGES}找张铁柱", "10", ""), 1)] * 4
    model = train([*examples(), *named])
    assert "铁柱" not in model.marks
    assert "工资" in model.marks


def test_a_word_that_says_nothing_about_the_unit_is_no_reason() -> None:
    both = [Example(marks_of("来访反映情况", "", ""), unit) for unit in (1, 2)] * 40
    assert rank(train(both), marks_of("来访反映情况", "", "")) == []


def test_without_a_clear_first_nothing_is_said() -> None:
    both = [Example(marks_of(WAGES, "10", ""), unit) for unit in (1, 2)] * 40
    assert not is_clear(train(both), marks_of(WAGES, "10", ""))
    assert is_clear(train(examples()), marks_of(WAGES, "10", ""))


def test_names_of_the_parties_are_no_words() -> None:
    marks = marks_of("张三丰欠工资", "10", "", names=["张三丰"])
    assert "三丰" not in marks
    assert "工资" in marks


def test_the_model_stays_small(monkeypatch) -> None:
    monkeypatch.setattr(learned, "MOST_WORDS", 6)
    assert len(train(examples()).marks) == 6


# ---------------------------------------------------------------- what it learns from


def many(county: County, lives: Lives, triage: User, number: int = 30) -> None:
    """So many cases that ended well in each of two units; only one of each really lived."""
    for unit, text in ((county.human_resources, WAGES), (county.housing, WATER)):
        lived = lives.approved(narrative=f"{text}，要求解决", special=[Special.NONE])
        part = lived.assignments.get()
        part.unit = unit
        part.save()
        for copy in range(number - 1):
            _copy(lived, part, copy)


def _copy(lived: Case, part: Assignment, copy: int) -> None:
    case = Case.objects.get(pk=lived.pk)
    pairs = {"number": f"{lived.pk:08}{copy:08}", "token": f"{lived.pk}-{copy}"}
    fields = {f.attname: getattr(case, f.attname) for f in Case._meta.concrete_fields}
    fields |= {"id": lived.pk * 1000 + copy + 10_000, **pairs}
    fields["submission_id"] = f"00000000-0000-4000-8000-{fields['id']:012}"
    (new,) = Case.objects.bulk_create([Case(**fields)])
    values = {f.attname: getattr(part, f.attname) for f in Assignment._meta.concrete_fields}
    Assignment.objects.bulk_create([Assignment(**{**values, "id": None, "case_id": new.pk})])


def test_a_night_teaches_a_centre_what_was_usual(county, lives: Lives, triage) -> None:
    many(county, lives, triage)
    learn_routing()
    said = Learned.objects.get()
    assert (said.center, said.cases, said.version) == (county.county, 60, 1)
    (guess,) = guesses(county.county, Facts(text="老板拖欠我的工资", type="10"))
    assert guess.unit == county.human_resources
    assert "工资" in guess.because
    learn_routing()
    assert Learned.objects.get().version == 2


def test_nothing_is_said_of_a_silent_case_or_for_a_unit_complained_of(
    county, lives: Lives, triage
) -> None:
    many(county, lives, triage)
    learn(center_id=county.county.pk)
    text = "老板拖欠我的工资"
    assert guesses(county.county, Facts(text=text, special=frozenset({"violence"}))) == []
    assert guesses(county.county, Facts(text=text, units=("人社局",))) == []
    assert guesses(county.town, Facts(text=text)) == []


def test_only_what_was_finally_accepted_teaches(county, lives: Lives, triage, handler) -> None:
    taught = lives.approved()
    lives.reported()
    lives.dispatched()
    lives.approved(special=[Special.VIOLENCE])
    assert [part.case for part in accepted(county.county)] == [taught]
    assert accepted(county.town).count() == 0


def test_the_lead_before_the_last_teaches_nothing(county, lives: Lives) -> None:
    case = lives.approved()
    Assignment.objects.filter(case=case).update(ended_at=clock.now())
    first = case.assignments.get()
    values = {f.attname: getattr(first, f.attname) for f in Assignment._meta.concrete_fields}
    later = {"id": None, "unit_id": county.housing.pk, "ending": "case_ended"}
    Assignment.objects.bulk_create([Assignment(**{**values, **later})])
    assert accepted(county.county).count() == 0


def test_too_few_cases_leave_nothing_behind(county, lives: Lives) -> None:
    Learned.objects.create(
        center=county.county, version=3, at=clock.now(), cases=99, units={"1": 99}
    )
    lives.approved()
    assert learn(center_id=county.county.pk) is None
    assert not Learned.objects.exists()


def test_only_centres_with_results_learn(county, lives: Lives) -> None:
    lives.approved()
    lives.registered()
    assert centers_that_learn() == [county.county.pk]


def test_asking_costs_three_queries_however_much_is_known(
    county, lives: Lives, triage, django_assert_num_queries
) -> None:
    many(county, lives, triage)
    learn(center_id=county.county.pk)
    assert LearnedWord.objects.count() > 10
    with django_assert_num_queries(3):
        guesses(county.county, Facts(text="老板拖欠我的工资", type="10"))


# ---------------------------------------------------------------- measuring


def measured(**options: int) -> str:
    out = StringIO()
    call_command("measure_routing", stdout=out, **options)
    return out.getvalue()


def test_measuring_says_numerator_and_denominator_and_never_a_percentage_alone(
    county, lives: Lives, triage
) -> None:
    many(county, lives, triage, number=60)
    said = measured(held_out=20)
    assert "学的 96 件，考的 24 件（最新的 20%）" in said
    assert "规则：第一个就对 0/24，前三个里有 0/24，有话说的 0/24" in said
    assert "学到的：第一个就对 24/24" in said
    assert "虚构数据" not in said


def test_figures_of_the_demo_say_that_they_are_invented(county, triage) -> None:
    User.objects.update(is_demo=True)
    assert "虚构数据，不代表效果" in measured()


@pytest.mark.parametrize("share", [0, 91])
def test_a_share_that_leaves_nothing_is_refused(db, share: int) -> None:
    with pytest.raises(CommandError):
        measured(held_out=share)
