from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from orgs import accounts
from orgs.models import AccessLog, Post, Role, User
from orgs.permissions import Permission, RoleCode
from tests.county import PASSWORD, County, person
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed

ROLES, PEOPLE = reverse("orgs:roles"), reverse("orgs:people")


def page(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def boxes(**changed: list[str]) -> dict[str, list[str]]:
    """The matrix as it stands, as the form sends it, with some roles changed."""
    rows = {role.code: (f"role-{role.pk}", role.permissions) for role in Role.objects.all()}
    return {name: changed.get(code, given) for code, (name, given) in rows.items()}


def test_the_index_shows_each_administrator_their_own(client: Client, sysadmin, secadmin) -> None:
    client.force_login(sysadmin)
    index = page(client, reverse("orgs:settings"))
    assert ("工作日历" in index, ROLES in index) == (True, False)
    client.force_login(secadmin)
    assert ROLES in page(client, reverse("orgs:settings"))


def test_the_matrix_shows_what_every_role_may_do(client: Client, secadmin) -> None:
    client.force_login(secadmin)
    matrix = page(client, ROLES)
    ticked = sum(len(role.permissions) for role in Role.objects.all())
    assert matrix.count("checked") == ticked
    assert 'aria-label="窗口登记员：回访"' in matrix


def test_a_changed_role_works_at_once_and_is_logged(client: Client, clerk, secadmin) -> None:
    client.force_login(secadmin)
    client.post(ROLES, boxes(clerk=[Permission.REGISTER.value, Permission.BOARD.value]))
    assert set(Role.objects.get(code="clerk").permissions) == {"case.register", "board.view"}
    log = AccessLog.objects.get(action=AccessLog.Action.ROLE)
    assert (log.user, log.subject, log.data["added"]) == (secadmin, "窗口登记员", ["board.view"])
    client.force_login(clerk)
    assert client.get(reverse("reports:board")).status_code == 200


def test_saving_what_is_already_so_logs_nothing(client: Client, secadmin) -> None:
    client.force_login(secadmin)
    client.post(ROLES, boxes())
    assert not AccessLog.objects.exists()


def test_somebody_must_stay_able_to_manage_rights(client: Client, secadmin) -> None:
    client.force_login(secadmin)
    response = client.post(ROLES, boxes(secadmin=[]))
    assert response.status_code == 422
    assert "至少要有一个角色" in response.content.decode()
    assert Role.objects.get(code="secadmin").permissions == ["roles.manage"]


def test_a_permission_nobody_knows_is_not_stored(client: Client, secadmin) -> None:
    client.force_login(secadmin)
    client.post(ROLES, boxes(auditor=["logs.view", "everything"]))
    assert Role.objects.get(code="auditor").permissions == ["logs.view"]


def test_a_new_account_gets_a_first_password_that_is_shown_once(client: Client, secadmin) -> None:
    client.force_login(secadmin)
    url = reverse("orgs:create_person")
    shown = client.post(url, {"username": "zhao", "name": "赵敏", "phone": ""})
    user = User.objects.get(username="zhao")
    assert user.check_password(shown.context["password"])
    assert user.must_change_password
    assert shown.headers["Cache-Control"].startswith("max-age=0")
    taken = client.post(url, {"username": "zhao", "name": "另一个"})
    assert (taken.status_code, "已经有人用" in taken.content.decode()) == (422, True)


def test_a_first_password_is_of_four_kinds() -> None:
    for _ in range(50):
        password = accounts.first_password()
        assert len(password) == 10
        assert any(c.isupper() for c in password)
        assert any(c.islower() for c in password)
        assert any(c.isdigit() for c in password)
        assert any(not c.isalnum() for c in password)


def test_people_of_other_areas_are_not_there(client: Client, county: County, secadmin) -> None:
    above = person("above", "上级", county.city, RoleCode.CLERK)
    below = person("below", "下级", county.village, RoleCode.CLERK)
    client.force_login(secadmin)
    listed = page(client, PEOPLE)
    assert ("above" in listed, "below" in listed) == (False, True)
    assert client.get(reverse("orgs:person", args=[above.pk])).status_code == 404
    assert client.get(reverse("orgs:person", args=[below.pk])).status_code == 200


def test_people_are_found_by_account_name_or_unit(client: Client, handler, clerk, secadmin) -> None:
    client.force_login(secadmin)
    for text in ("renshe", "李强", "人社"):
        found = client.get(PEOPLE, {"q": text}).context["page"].rows
        assert [user.username for user in found] == ["renshe"], text


def test_a_post_is_given_from_a_day_and_ends_on_a_day(
    client: Client, county: County, clerk, secadmin
) -> None:
    client.force_login(secadmin)
    role = Role.objects.get(code="triage")
    given = {"role": role.pk, "center": county.county.pk, "since": clock.today().isoformat()}
    client.post(reverse("orgs:give_post", args=[clerk.pk]), given)
    post = Post.objects.get(user=clerk, role=role)
    yesterday = clock.today() - timedelta(days=1)
    refused = {"until": yesterday.isoformat()}
    client.post(reverse("orgs:end_post", args=[post.pk]), refused)
    post.refresh_from_db()
    assert post.until is None
    client.post(reverse("orgs:end_post", args=[post.pk]), {"until": clock.today().isoformat()})
    post.refresh_from_db()
    assert post.until == clock.today()
    assert AccessLog.objects.filter(action=AccessLog.Action.ACCOUNT).count() == 2


def test_a_post_above_ones_own_area_cannot_be_given(
    client: Client, county: County, clerk, secadmin
) -> None:
    client.force_login(secadmin)
    role = Role.objects.get(code="leader")
    given = {"role": role.pk, "center": county.city.pk, "since": clock.today().isoformat()}
    response = client.post(reverse("orgs:give_post", args=[clerk.pk]), given)
    assert (response.status_code, Post.objects.filter(role=role).exists()) == (422, False)


def test_nobody_changes_their_own_rights(county: County, secadmin) -> None:
    with pytest.raises(NotAllowed):
        accounts.set_active(user=secadmin, active=False, by=secadmin, address=None)
    with pytest.raises(NotAllowed):
        accounts.give_post(
            user=secadmin,
            role=Role.objects.get(code="leader"),
            center=county.county,
            since=date(2026, 1, 1),
            by=secadmin,
            address=None,
        )


def test_a_deactivated_person_is_out_at_once(client: Client, clerk, secadmin) -> None:
    client.force_login(clerk)
    accounts.set_active(user=clerk, active=False, by=secadmin, address=None)
    assert client.get("/").status_code == 302


def test_a_reset_password_ends_every_session(client: Client, clerk, secadmin) -> None:
    client.force_login(clerk)
    password = accounts.reset_password(user=clerk, by=secadmin, address=None)
    assert client.get("/").status_code == 302
    assert User.objects.get(pk=clerk.pk).check_password(password)


def test_a_locked_account_is_unlocked_by_the_administrator(
    client: Client, county: County, secadmin
) -> None:
    wang = person("wang", "王芳", county.county, RoleCode.CLERK, password=PASSWORD)
    login, wrong = reverse("orgs:login"), {"username": "wang", "password": "wrong"}
    for _ in range(5):  # a program: the page would ask for a sum after three
        Client().post("/api/v1/token/", wrong, "application/json")
    client.force_login(secadmin)
    assert client.get(PEOPLE, {"locked": "1"}).context["page"].rows == [wang]
    client.post(reverse("orgs:change_person", args=[wang.pk, "unlock"]))
    right = {"username": "wang", "password": PASSWORD}
    assert Client().post(login, right).status_code == 302


def test_a_role_change_that_is_refused_changes_no_role(secadmin) -> None:
    before = list(Role.objects.values_list("permissions", flat=True))
    wanted: dict[int, list[str]] = {role.pk: [] for role in Role.objects.all()}
    with pytest.raises(Invalid):
        accounts.change_roles(wanted=wanted, by=secadmin, address=None)
    assert list(Role.objects.values_list("permissions", flat=True)) == before


def test_the_log_is_filtered_by_what_who_and_when(client: Client, auditor, secadmin, clerk) -> None:
    accounts.unlock(user=clerk, by=secadmin, address="10.0.0.7")
    accounts.set_active(user=clerk, active=True, by=secadmin, address="10.0.0.7")
    client.force_login(auditor)
    logs = reverse("orgs:logs")

    def found(**params: str) -> int:
        return len(client.get(logs, params).context["page"].rows)

    assert (found(), found(action="account"), found(action="role")) == (2, 2, 0)
    assert (found(q="clerk"), found(q="nobody")) == (2, 0)
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert (found(since=tomorrow), found(until=tomorrow), found(since="nonsense")) == (0, 2, 2)


def test_the_log_has_no_button_to_change_it(client: Client, auditor) -> None:
    client.force_login(auditor)
    assert client.post(reverse("orgs:logs")).status_code == 405
