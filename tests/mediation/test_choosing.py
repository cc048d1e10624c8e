"""点菜: chosen by a party, agreed to or objected to once, else assigned; 回避 is warned of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.models import Case
from mediation.meetings import of_mediator
from mediation.models import Absence, Mediation, Mediator
from mediation.services import choosing
from mediation.services.dossiers import check_dossier, file_dossier
from mediation.services.proceedings import stop_mediation
from orgs.booking import book
from orgs.models import User
from tests.county import County
from tests.lives import Lives, fresh
from tests.mediation.people import account, applicant, mediator_of, respondent, started
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, WrongState


@pytest.fixture
def case(lives: Lives, handler: User) -> Case:
    return started(lives.claimed(), handler)


@pytest.fixture
def zhao(county: County) -> Mediator:
    return mediator_of(county)


@pytest.fixture
def ma(county: County) -> Mediator:
    return mediator_of(county, "马建国", title="老支书", gender="m")


def of(case: Case) -> Mediation:
    return case.mediations.get(ended_on=None)


def current(case: Case) -> int:
    return of(case).choices.get(is_current=True).pk


def choose(case: Case, one: Mediator, by: User, **given: object) -> Case:
    return choosing.choose_mediator(
        case_id=case.pk, by=by, mediator=one.pk, party=applicant(case), **given
    )


def test_a_choice_the_other_side_has_not_heard_of_seats_nobody(
    case: Case, zhao: Mediator, handler: User
) -> None:
    choose(case, zhao, handler)
    assert of(case).host is None
    choosing.consent_to_mediator(case_id=case.pk, by=handler, choice=current(case))
    assert of(case).host == zhao


def test_consent_is_to_the_one_who_was_asked_about(
    case: Case, zhao: Mediator, ma: Mediator, handler: User
) -> None:
    choose(case, zhao, handler)
    asked = current(case)
    choose(case, ma, handler)
    with refused(case, WrongState, "现在选的是马建国"):
        choosing.consent_to_mediator(case_id=case.pk, by=handler, choice=asked)


def test_the_page_of_consent_says_whose_and_carries_the_choice(
    case: Case, zhao: Mediator, handler: User, client: Client
) -> None:
    choose(case, zhao, handler)
    client.force_login(handler)
    page = client.get(f"/cases/{case.number}/consent-mediator/").content.decode()
    assert "选的是赵英" in page
    assert f'name="choice" value="{current(case)}"' in page


def test_either_side_may_object_once_and_the_second_time_reads_why_not(
    case: Case, zhao: Mediator, ma: Mediator, handler: User
) -> None:
    choose(case, zhao, handler, consent="agrees")
    choosing.object_to_mediator(case_id=case.pk, by=handler, party=respondent(case), text="认识")
    assert of(case).host is None
    choose(case, ma, handler, consent="agrees")
    with pytest.raises(AlreadyDone, match=r"对方.*已经要求换过一位，每一方只能换一次.*由中心安排"):
        choosing.object_to_mediator(case_id=case.pk, by=handler, party=respondent(case))
    assert of(case).host == ma
    choosing.object_to_mediator(case_id=case.pk, by=handler, party=applicant(case))
    assert of(case).objections.count() == 2


def test_when_both_have_objected_the_centre_assigns(
    case: Case, county: County, zhao: Mediator, ma: Mediator, handler: User, triage: User
) -> None:
    for one, party in ((zhao, respondent(case)), (ma, applicant(case))):
        choose(case, one, handler, consent="agrees")
        choosing.object_to_mediator(case_id=case.pk, by=handler, party=party)
    third = mediator_of(county, "石守正")
    choosing.appoint_mediator(case_id=case.pk, by=triage, mediator=third.pk)
    assert of(case).host == third
    with pytest.raises(WrongState, match="双方都已经要求换过"):
        choosing.object_to_mediator(case_id=case.pk, by=handler, party=applicant(case))


def test_whom_a_side_objected_to_is_neither_chosen_nor_assigned_again(
    case: Case, zhao: Mediator, handler: User
) -> None:
    choose(case, zhao, handler, consent="agrees")
    choosing.object_to_mediator(case_id=case.pk, by=handler, party=respondent(case))
    with pytest.raises(Invalid, match="有一方不要赵英"):
        choose(case, zhao, handler)
    with pytest.raises(Invalid, match="有一方不要赵英"):
        choosing.appoint_mediator(case_id=case.pk, by=handler, mediator=zhao.pk)


def test_an_appointed_mediator_with_an_account_is_let_in_told_and_let_out_again(
    case: Case, county: County, ma: Mediator, handler: User
) -> None:
    user = account(county)
    zhao = mediator_of(county, user=user)
    seen = Case.objects.visible_to(user).filter(pk=case.pk)
    assert not seen.exists()
    choosing.appoint_mediator(case_id=case.pk, by=handler, mediator=zhao.pk, helpers=[ma.pk])
    assert seen.exists()
    assert [one.name for one in of(case).helpers.all()] == ["马建国"]
    assert "请你主持调解" in user.notices.get().text
    choosing.appoint_mediator(case_id=case.pk, by=handler, mediator=ma.pk)
    assert not seen.exists()


def test_a_mediator_who_was_let_in_stays_until_the_dossier_has_passed(
    case: Case, county: County, handler: User, triage: User
) -> None:
    user = account(county)
    choosing.appoint_mediator(
        case_id=case.pk, by=handler, mediator=mediator_of(county, user=user).pk
    )
    stop_mediation(case_id=case.pk, by=user, ending="failed", route="lawsuit", text="差距太大")
    assert Case.objects.visible_to(user).filter(pk=case.pk).exists()
    file_dossier(case_id=case.pk, by=user, kept_for="长期", note="没有谈成，材料都在")
    check_dossier(case_id=case.pk, by=triage, passed=True)
    assert not Case.objects.visible_to(user).filter(pk=case.pk).exists()


WARNED = {
    "village": ("家在事发的村", {}),
    "unit": ("和一方当事人同单位", {"work_unit": "鑫源劳务公司"}),
    "address": ("和一方当事人同村", {}),
}


@pytest.mark.parametrize("kind", WARNED)
def test_somebody_who_had_better_not_is_warned_of_and_needs_a_reason(
    case: Case, county: County, handler: User, kind: str
) -> None:
    words, given = WARNED[kind]
    if kind in ("village", "address"):
        given = {"home": county.village.region}
    if kind == "village":
        Case.objects.filter(pk=case.pk).update(occurred_region=county.village.region)
    if kind == "address":
        case.parties.filter(role="respondent").update(address="青石镇柳湾村3组")
    one = mediator_of(county, **given)
    with pytest.raises(Invalid, match=words):
        choose(case, one, handler)
    choose(case, one, handler, overruled_why="全镇只有他会彝话")
    choice = of(case).choices.get()
    assert words in choice.warned
    assert choice.overruled_why == "全镇只有他会彝话"


def test_a_conflict_that_people_know_of_takes_the_host_away(
    case: Case, zhao: Mediator, handler: User
) -> None:
    choose(case, zhao, handler, consent="agrees")
    choosing.tell_conflict(case_id=case.pk, by=handler, mediator=zhao.pk, kind="kin")
    assert of(case).host is None
    with pytest.raises(Invalid, match="近亲属"):
        choose(case, zhao, handler)


def test_nobody_mediates_a_matter_of_their_own(case: Case, county: County, handler: User) -> None:
    one = mediator_of(county, id_number_key=applicant(case).id_number_key)
    with refused(case, Invalid, "赵英本人就是当事人，不能调解"):
        choose(case, one, handler, overruled_why="全镇只有他会彝话", both_agree=True)


def test_a_told_conflict_is_overruled_by_both_sides_and_by_no_reason(
    case: Case, zhao: Mediator, handler: User
) -> None:
    choosing.tell_conflict(case_id=case.pk, by=handler, mediator=zhao.pk, kind="kin")
    with refused(case, Invalid, "双方都同意由他调解"):
        choose(case, zhao, handler, overruled_why="全镇只有他会彝话")
    choose(case, zhao, handler, both_agree=True)
    choice = of(case).choices.get(is_current=True)
    assert (choice.both_agree, choice.warned) == (True, "赵英：近亲属")


def test_an_expert_of_the_centre_above_is_chosen_appointed_and_told_of(
    case: Case, county: County, handler: User
) -> None:
    lent = Mediator.objects.create(center=county.city, name="李专家")
    choose(case, lent, handler, consent="agrees")
    choosing.tell_conflict(case_id=case.pk, by=handler, mediator=lent.pk, kind="kin")
    assert of(case).host is None


def test_who_helps_from_now_on_is_told(
    case: Case, county: County, zhao: Mediator, handler: User
) -> None:
    user = account(county)
    helper = mediator_of(county, "马建国", user=user)
    choosing.appoint_mediator(case_id=case.pk, by=handler, mediator=zhao.pk, helpers=[helper.pk])
    assert user.notices.get().text == f"{case.short_number} 请你一起调解"


def test_whom_a_side_does_not_want_is_not_in_the_lists(
    case: Case, zhao: Mediator, ma: Mediator, handler: User, client: Client
) -> None:
    choose(case, zhao, handler, consent="agrees")
    choosing.object_to_mediator(case_id=case.pk, by=handler, party=respondent(case))
    client.force_login(handler)
    for verb in ("choose-mediator", "appoint-mediator"):
        page = client.get(f"/cases/{case.number}/{verb}/").content.decode()
        assert f'value="{zhao.pk}"' not in page
        assert f'value="{ma.pk}"' in page


def test_a_second_proceeding_leaves_those_of_the_first_until_their_dossier_has_passed(
    case: Case, county: County, zhao: Mediator, handler: User, triage: User
) -> None:
    first, second = account(county, "first"), account(county, "second", "马建国")
    seen = Case.objects.filter(pk=case.pk)
    for user, name in ((first, "孙英"), (second, "马建国")):
        one = mediator_of(county, name, user=user)
        choosing.appoint_mediator(case_id=case.pk, by=handler, mediator=one.pk)
        if user == first:
            stop_mediation(
                case_id=case.pk, by=handler, ending="failed", route="lawsuit", text="差距太大"
            )
            started(fresh(case), handler)
    assert all((seen & Case.objects.visible_to(user)).exists() for user in (first, second))
    file_dossier(case_id=case.pk, by=handler, kept_for="长期", note="没有谈成，材料都在")
    check_dossier(case_id=case.pk, by=triage, passed=True)
    assert not (seen & Case.objects.visible_to(first)).exists()
    assert (seen & Case.objects.visible_to(second)).exists()


# The page on the turned screen.


def page_of(case: Case) -> str:
    return f"/mediation/cases/{case.number}/choose/"


def test_the_parties_see_names_and_times_and_never_results(
    case: Case, zhao: Mediator, handler: User, client: Client
) -> None:
    clock.freeze(clock.local(clock.now()).replace(year=2026, month=11, day=23, hour=10, minute=0))
    client.force_login(handler)
    page = client.get(page_of(case)).content.decode()
    for words in ("赵英", "退休法官", "拖欠农民工工资", "普通话", "今天上午、今天下午有空"):
        assert words in page
    assert case.short_number not in page
    main = page[page.index("<main") :]
    assert "张三丰" not in main
    assert "件" not in main
    assert "率" not in main


def test_days_of_absence_are_not_offered(
    case: Case, zhao: Mediator, handler: User, client: Client
) -> None:
    clock.freeze(clock.local(clock.now()).replace(year=2026, month=11, day=23, hour=10, minute=0))
    today = clock.today()
    Absence.objects.create(mediator=zhao, since=today, until=today + timedelta(days=1))
    client.force_login(handler)
    assert "周三上午、周三下午有空" in client.get(page_of(case)).content.decode()


def test_a_half_day_that_is_booked_is_not_offered(
    case: Case, zhao: Mediator, handler: User, client: Client
) -> None:
    clock.freeze(clock.local(clock.now()).replace(year=2026, month=11, day=23, hour=8, minute=0))
    morning = clock.now(), clock.now() + timedelta(hours=6)
    book([of_mediator(zhao)], morning, owner="session 1", what="0401-003")
    client.force_login(handler)
    page = client.get(page_of(case)).content.decode()
    assert "今天下午、明天上午有空" in page
    assert "今天上午" not in page


def test_somebody_with_a_doubt_is_not_on_the_parties_screen(
    case: Case, county: County, handler: User, client: Client
) -> None:
    mediator_of(county, "马建国", work_unit="鑫源劳务公司")
    client.force_login(handler)
    page = client.get(page_of(case)).content.decode()
    assert "马建国" not in page
    assert "同单位" not in page


def test_who_had_better_not_takes_no_place_on_the_screen(
    case: Case, county: County, zhao: Mediator, handler: User, client: Client
) -> None:
    doubtful = [mediator_of(county, f"陈{n}", work_unit="鑫源劳务公司") for n in range(8)]
    Mediator.objects.filter(pk=zhao.pk).delete()
    fit = mediator_of(county, "周全")
    client.force_login(handler)
    page = client.get(page_of(case)).content.decode()
    assert fit.name in page
    assert doubtful[0].name not in page


def test_a_long_list_is_printed_sheet_by_sheet(
    case: Case, county: County, handler: User, client: Client
) -> None:
    Mediator.objects.bulk_create(Mediator(center=county.county, name=f"周{n}") for n in range(30))
    client.force_login(handler)
    page = client.get(f"{page_of(case)}print/?type=").content.decode()
    assert "下一张" in page


def test_the_pick_on_the_screen_is_the_choice(
    case: Case, zhao: Mediator, handler: User, client: Client
) -> None:
    client.force_login(handler)
    given = {
        "mediator": zhao.pk,
        "party": applicant(case).pk,
        "consent": "agrees",
    }
    answer = client.post(page_of(case), given, follow=True)
    assert "选好了：赵英" in answer.content.decode()
    assert of(case).host == zhao


def test_without_saying_who_chooses_nothing_is_chosen(
    case: Case, zhao: Mediator, handler: User, client: Client
) -> None:
    client.force_login(handler)
    answer = client.post(page_of(case), {"mediator": zhao.pk})
    assert answer.status_code == 422
    assert "先选是哪一方来选" in answer.content.decode()
    assert not of(case).choices.exists()


def test_the_pool_is_filtered_by_field_language_town_and_name(
    case: Case, county: County, zhao: Mediator, handler: User, client: Client
) -> None:
    mediator_of(county, "普正福", types=("07",), languages=["彝话"], home=county.village.region)
    client.force_login(handler)

    def found(query: str) -> set[str]:
        page = client.get(f"{page_of(case)}?{query}").content.decode()
        return {name for name in ("赵英", "普正福") if f"<h2>{name}</h2>" in page}

    assert found("") == {"赵英"}  # who knows this kind of matter comes first
    assert found("type=") == {"赵英", "普正福"}
    assert found("type=07") == {"普正福"}
    assert found("language=彝话") == {"普正福"}
    assert found(f"town={county.town.region.code}") == {"普正福"}
    assert found("q=赵") == {"赵英"}


def test_who_left_the_register_is_not_offered(
    case: Case, zhao: Mediator, handler: User, client: Client
) -> None:
    Mediator.objects.filter(pk=zhao.pk).update(is_active=False)
    client.force_login(handler)
    assert "赵英" not in client.get(page_of(case)).content.decode()
    with pytest.raises(Invalid, match="在册"):
        choose(case, zhao, handler)


def test_more_mediators_cost_no_more_queries(
    case: Case, county: County, handler: User, client: Client, django_assert_max_num_queries: Any
) -> None:
    for n in range(7):
        mediator_of(county, f"调解员{n}")
    client.force_login(handler)
    client.get(page_of(case))
    with django_assert_max_num_queries(26):
        client.get(page_of(case))


def test_the_printed_list_names_no_case(
    case: Case, zhao: Mediator, handler: User, client: Client
) -> None:
    client.force_login(handler)
    page = client.get(f"{page_of(case)}print/").content.decode()
    sheet = page[page.index("<article") : page.index("</article>")]
    assert "赵英" in sheet
    assert case.short_number not in sheet


def test_a_stranger_finds_no_such_page(case: Case, outsider: User, client: Client) -> None:
    client.force_login(outsider)
    assert client.get(page_of(case)).status_code == 404


def test_a_case_without_a_proceeding_says_what_to_do_first(
    lives: Lives, handler: User, client: Client
) -> None:
    client.force_login(handler)
    answer = client.get(page_of(fresh(lives.claimed())))
    assert answer.status_code == 409
    assert "先启动调解" in answer.content.decode()
