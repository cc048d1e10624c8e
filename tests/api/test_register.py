from __future__ import annotations

import pytest

from cases.models import Case, Visit
from tests.api.conftest import is_problem, wages
from tests.county import County
from tests.lives import Lives


def test_empty_numbers_are_not_given(county: County, speaks, clerk) -> None:
    party = {"role": "applicant", "name": "李四", "phone": "", "id_number": None, "address": None}
    response = speaks(clerk).post("cases/", wages(county, parties=[party]))
    shown = response.json()["parties"][0]
    assert (shown["phone"], shown["id_number"], shown["address"]) == ("", "", "")


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        (
            {"narrative": "太短"},
            "narrative",
            "事情和要求写得太短（2 字），至少说清“因为什么、要什么”",
        ),
        ({"type": "77"}, "type", "没有代码为“77”的类型，代码是两位数字"),
        ({"type": 10}, "type", "“类型”要是文字"),
        ({"occurred_region": "1"}, "occurred_region", "没有代码为“1”的区划，代码是 12 位数字"),
        ({"source": "dream"}, "source", "来源里没有“dream”"),
        ({"source": ["window"]}, "source", "来源里没有“['window']”"),
        ({"special": []}, "special", "还没选“特别情况”，没有就写 none"),
        ({"special": ["ghost"]}, "special[0]", "特别情况里没有“ghost”"),
        ({"special": ["none", "threat"]}, "special", "选了“都没有”，就不能再选别的特别情况"),
        ({"visitors": 0}, "visitors", "人数至少是 1"),
        ({"parties": []}, "parties", "还没填来访人"),
        ({"willing_to_mediate": None}, "willing_to_mediate", "还没选“愿意调解”"),
        ({"same_as": "0101-999"}, "same_as", "没有编号 0101-999，核对后再查"),
    ],
)
def test_what_is_wrong_is_said_by_field(county, speaks, clerk, changed, field, sentence) -> None:
    problem = is_problem(speaks(clerk).post("cases/", wages(county, **changed)), 400, "invalid")
    assert problem["errors"][field] == [sentence]


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"id_number": "1101"}, "id_number", "身份证号应为 18 位，现在是 4 位"),
        ({"phone": "139"}, "phone", "手机号应为 11 位，现在是 3 位。没有电话可勾“没有电话”"),
        ({"name": " "}, "name", "还没填“姓名”"),
        ({"role": "judge"}, "role", "身份里没有“judge”"),
        (
            {"is_organization": True, "id_number": "11010519491231002X"},
            "id_number",
            "单位不填身份证号",
        ),
    ],
)
def test_parties_are_checked_one_by_one(county, speaks, clerk, changed, field, sentence) -> None:
    body = wages(county)
    body["parties"][1] = {"role": "respondent", "name": "王二", **changed}
    problem = is_problem(speaks(clerk).post("cases/", body), 400, "invalid")
    assert problem["errors"] == {f"parties[1].{field}": [sentence]}


def test_numbers_are_stored_as_they_are_looked_for(county, speaks, clerk) -> None:
    body = wages(county)
    body["parties"][0] |= {"phone": "+86 139-0000-5621", "id_number": "11010519491231002x"}
    number = speaks(clerk).post("cases/", body).json()["number"]
    party = Case.objects.get(number=number).parties.get(role="applicant")
    assert (party.phone, party.id_number) == ("13900005621", "11010519491231002X")


def test_five_visitors_are_a_group(county, speaks, clerk) -> None:
    number = speaks(clerk).post("cases/", wages(county, visitors=5)).json()["number"]
    assert Case.objects.get(number=number).special == ["group"]


def test_a_strong_duplicate_is_told_and_does_not_block(county, speaks, clerk) -> None:
    window = speaks(clerk)
    first = window.post("cases/", wages(county)).json()
    second = window.post("cases/", wages(county))
    assert second.status_code == 201
    assert first["duplicates"] == []
    assert second.json()["duplicates"] == [
        {name: first[name] for name in ("number", "short_number", "label", "registered_at")}
    ]


def test_the_same_thing_again_is_a_visit(county, speaks, clerk, triage) -> None:
    window = speaks(clerk)
    first = window.post("cases/", wages(county)).json()
    for name in (first["number"], first["short_number"]):
        again = window.post("cases/", wages(county, same_as=name, visitors=2))
        assert again.status_code == 201
    assert (again.json()["number"], again.json()["visits"]) == (first["number"], 3)
    assert Case.objects.count() == 1
    assert sum(Visit.objects.values_list("visitors", flat=True)) == 5


def test_without_the_right_nothing_is_registered(county, speaks, handler) -> None:
    is_problem(speaks(handler).post("cases/", wages(county)), 403, "not_allowed")
    is_problem(speaks(handler).post("cases/", {}), 403, "not_allowed")


def test_a_closed_case_takes_no_further_visit(lives: Lives, speaks, clerk) -> None:
    body = wages(lives.county, same_as=lives.closed().number)
    is_problem(speaks(clerk).post("cases/", body), 409, "already_done")


def test_another_paper_than_the_identity_card_is_kept_masked_and_found(
    county: County, speaks, clerk
) -> None:
    party = {"role": "applicant", "name": "李四", "id_kind": "passport", "id_number": "e 1234 5678"}
    response = speaks(clerk).post("cases/", wages(county, parties=[party]))
    shown = response.json()["parties"][0]
    assert (shown["id_kind"], shown["id_number"]) == ("passport", "******678")
    kept = Case.objects.get().parties.get()
    assert kept.id_number == "E12345678"
    found = speaks(clerk).get("cases/?q=E12345678").json()["results"]
    assert [case["number"] for case in found] == [Case.objects.get().number]


@pytest.mark.parametrize(
    ("kind", "number", "sentence"),
    [
        ("passport", "E1", "护照号应为 5 到 15 位，现在是 2 位"),
        ("hongkong", "H1234567#", "港澳居民来往内地通行证号只能是字母和数字，现在有“#”"),
        ("resident", "E12345678", "身份证号应为 18 位，现在是 9 位"),
    ],
)
def test_a_paper_is_checked_by_its_kind(county, speaks, clerk, kind, number, sentence) -> None:
    party = {"role": "applicant", "name": "李四", "id_kind": kind, "id_number": number}
    response = speaks(clerk).post("cases/", wages(county, parties=[party]))
    problem = is_problem(response, 400, "invalid")
    assert problem["errors"]["parties[0].id_number"] == [sentence]


def test_a_group_has_five_delegates_at_most(county: County, speaks, clerk) -> None:
    people = [{"role": "delegate", "name": f"李{who}"} for who in "一二三四五六"]
    parties = [{"role": "applicant", "name": "李四"}, *people]
    response = speaks(clerk).post("cases/", wages(county, parties=parties))
    problem = is_problem(response, 400, "invalid")
    assert problem["errors"]["parties"] == ["代表最多 5 人，现在是 6 人"]
