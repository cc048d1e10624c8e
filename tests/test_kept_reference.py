"""What a process keeps of posts, places and types holds only under their revision."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.loading import load_places
from cases.models import Case, DisputeType, Party
from orgs.models import Center, Department, Post, Revision, Role, User
from orgs.models.calendar import REFERENCE
from orgs.permissions import Permission, RoleCode
from tests.county import County, person
from tests.lives import Lives
from zongzhi.lib import clock
from zongzhi.lib.copies import Copies
from zongzhi.lib.prepared import insert, update


def revision() -> int:
    return Revision.objects.get(subject=REFERENCE).number


def again(user: User) -> User:
    """The same person in the next request."""
    return User.objects.get(pk=user.pk)


def test_a_right_taken_away_is_gone_with_the_next_request(triage: User) -> None:
    assert again(triage).can(Permission.TRIAGE)
    Role.objects.filter(code="triage").update(permissions=[])
    assert not again(triage).can(Permission.TRIAGE)


def test_a_post_ended_by_hand_in_the_database_is_gone_with_the_next_request(
    triage: User,
) -> None:
    assert again(triage).posts_today
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM orgs_post WHERE user_id = %s", [triage.pk])
    assert not again(triage).posts_today


def test_what_was_rolled_back_is_never_taken_for_what_came_after(triage: User) -> None:
    before = revision()
    with transaction.atomic():
        Role.objects.filter(code="triage").update(permissions=[])
        undone = revision()
        assert not again(triage).can(Permission.TRIAGE)
        transaction.set_rollback(True)
    assert revision() == before
    assert again(triage).can(Permission.TRIAGE)
    Role.objects.filter(code="clerk").update(name="登记员")
    assert revision() not in (before, undone)
    assert again(triage).can(Permission.TRIAGE)


def test_whoever_is_switched_off_no_longer_counts_as_a_second_pair_of_eyes(
    county: County, village_officer: User
) -> None:
    above = person("town", "田径", county.town, RoleCode.TRIAGE)
    assert again(above).triage_right_below == {county.village.pk: {village_officer.pk}}
    village_officer.is_active = False
    village_officer.save()
    assert again(above).triage_right_below == {}


def test_a_registration_tells_who_triages_now(lives: Lives, county: County, triage: User) -> None:
    """Whoever came since the last one is told; who was switched off or lost the post is not."""
    lives.registered()
    assert triage.notices.count() == 1
    came = person("came", "陈立", county.county, RoleCode.TRIAGE)
    User.objects.filter(pk=triage.pk).update(is_active=False)
    lives.registered()
    assert (triage.notices.count(), came.notices.count()) == (1, 1)
    Post.objects.filter(user=came).delete()
    lives.registered()
    assert came.notices.count() == 1


def test_signing_in_gives_reference_data_no_other_revision(triage: User) -> None:
    before = revision()
    triage.last_login = clock.now()
    triage.save()
    assert revision() == before


@pytest.mark.parametrize("model", [Center, Department, DisputeType, Role, Post])
def test_every_change_of_reference_data_gives_it_another_revision(
    model: Any, county: County, triage: User
) -> None:
    before = revision()
    row = model.objects.first()
    row.save()
    assert revision() != before


def test_a_unit_renamed_reads_so_in_the_next_list(lives: Lives, county: County) -> None:
    case = lives.dispatched()
    load_places([case], revision())
    Department.objects.filter(pk=county.human_resources.pk).update(name="人力社保局")
    shown = Case.objects.get(pk=case.pk)
    load_places([shown], revision())
    assert shown.unit is not None
    assert shown.unit.name == "人力社保局"


def test_kept_rows_cost_one_query_until_the_revision_moves(county: County) -> None:
    copies = Copies(Center.objects.all)
    wanted = [county.county.pk, county.town.pk, None]
    for number, queries in ((1, 1), (1, 0), (2, 1), (None, 1), (None, 1)):
        with CaptureQueriesContext(connection) as asked:
            rows = copies.of(wanted, number)
        assert len(asked) == queries
        assert {rows[pk].pk for pk in wanted if pk} == {county.county.pk, county.town.pk}


def test_rows_put_in_at_once_are_those_django_would_have_saved(lives: Lives) -> None:
    case = lives.registered()
    rows = [
        Party(case=case, role="agent", name=name, phone="13800005621") for name in ("䶮某", "𬍛")
    ]
    insert(rows)
    found = list(Party.objects.filter(role="agent").order_by("pk"))
    assert [row.pk for row in rows] == [row.pk for row in found]
    assert [(row.name, row.phone) for row in found] == [(r.name, "13800005621") for r in rows]
    rows[0].name = "龑某"
    rows[0].save()
    assert Party.objects.filter(role="agent").count() == 2


def test_a_row_changed_beside_an_insert_is_as_django_would_have_saved_it(lives: Lives) -> None:
    case = lives.registered()
    since, special = case.updated_at, ["group", "elderly"]
    case.special, case.narrative, case.version = special, "欠薪 100% 未付", case.version + 1
    line = Party(case=case, role="agent", name="䶮某")
    insert([line], beside=[update(case, ["updated_at", "special", "narrative"])])
    saved = Case.objects.get(pk=case.pk)
    assert (saved.special, saved.narrative) == (special, "欠薪 100% 未付")
    assert (saved.updated_at, saved.updated_at > since) == (case.updated_at, True)
    assert saved.version == case.version - 1  # nobody asked for it
    assert Party.objects.filter(pk=line.pk).exists()


def test_a_column_that_is_not_there_is_refused_before_anything_is_sent(lives: Lives) -> None:
    with pytest.raises(ValueError, match="no columns"):
        update(lives.registered(), ["narrative", "narrativ"])
