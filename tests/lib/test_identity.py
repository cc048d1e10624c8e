import re
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zongzhi.lib import clock, identity

ADULT_WOMAN = "11010519491231002X"
TODAY = date(2025, 4, 14)

digits = st.text("0123456789", min_size=3, max_size=3)
births = st.dates(date(1900, 1, 1), date(1999, 12, 31))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    body = f"110105{draw(births):%Y%m%d}{draw(digits)}"
    return body + identity.check_digit(body)


# --- identity numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002X",
        "11010519491231002x",
        " 110105 19491231 002x ",
        "１１0105194912３１002Ｘ",
    ],
)
def test_a_real_number_passes_however_it_is_typed(typed: str) -> None:
    assert identity.check_id_number(typed) == ADULT_WOMAN


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("11010519491231002", "身份证号应为 18 位，现在是 17 位"),
        ("11010519491301002X", "身份证号第 7–14 位“19491301”不是日期，再核对一次"),
        ("110105194912310021", "身份证号最后一位对不上，应为 X。可能前面抄错了一位"),
        ("1101051949123100A2", "身份证号只能是数字，最后一位可以是 X，再核对一次"),
    ],
)
def test_a_wrong_number_is_told_what_is_wrong(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        identity.check_id_number(typed)


def test_nobody_is_born_tomorrow() -> None:
    with (
        clock.at(datetime(1949, 12, 30, tzinfo=clock.SHANGHAI)),
        pytest.raises(ValueError, match="“19491231”还没有到"),
    ):
        identity.check_id_number(ADULT_WOMAN)


def test_a_number_tells_birth_sex_and_age() -> None:
    assert identity.birth_date(ADULT_WOMAN) == date(1949, 12, 31)
    assert identity.sex(ADULT_WOMAN) == "女"
    assert identity.age(ADULT_WOMAN, TODAY) == 75


def test_a_minor_comes_of_age_on_the_eighteenth_birthday() -> None:
    assert identity.is_minor(ADULT_WOMAN, date(1967, 12, 30))
    assert not identity.is_minor(ADULT_WOMAN, date(1967, 12, 31))


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_digit_copied_wrongly_is_always_found(number: str, place: int, off: int) -> None:
    assert identity.check_id_number(number.lower()) == number
    wrong = number[:place] + str((int(number[place]) + off) % 10) + number[place + 1 :]
    with pytest.raises(ValueError, match="身份证号"):
        identity.check_id_number(wrong)


@given(st.text())
def test_whatever_is_typed_as_a_number_is_answered_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^身份证号"):
        identity.check_id_number(typed)


def test_a_number_of_the_nineteenth_century_is_a_number() -> None:
    assert identity.check_id_number("440524188001010014") == "440524188001010014"


# --- telephones -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800005621", "13800005621"),
        ("138 0000 5621", "13800005621"),
        ("+86 138-0000-5621", "13800005621"),
        ("０８７３－７２２１２３４", "08737221234"),
        ("(010) 12345678", "01012345678"),
        ("0755-12345678", "075512345678"),
    ],
)
def test_a_phone_is_stored_as_digits(typed: str, stored: str) -> None:
    assert identity.check_phone(typed) == stored


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1380000562", "手机号应为 11 位，现在是 10 位。没有电话可勾“没有电话”"),
        ("138000056210", "手机号应为 11 位，现在是 12 位。没有电话可勾“没有电话”"),
        ("", "手机号应为 11 位，现在是 0 位。没有电话可勾“没有电话”"),
        ("23800005621", "手机号应以 1 开头，座机应以区号 0 开头，再核对一次"),
        ("7221234", "座机前面要加区号，例如 0873-7221234"),
        ("0044 20 71234567", "区号只以一个 0 开头，再核对一次"),
        ("0873-722", "座机连区号应为 10 到 12 位，现在是 7 位"),
        ("0873-7221234转8", "电话只能有数字和短横，现在有“转”"),
    ],
)
def test_a_wrong_phone_is_told_what_is_wrong(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        identity.check_phone(typed)


@given(st.from_regex(r"(1[0-9]{10}|0[1-9][0-9]{8,10})", fullmatch=True))
def test_a_stored_phone_is_itself_again(number: str) -> None:
    assert identity.check_phone(number) == number
    assert identity.check_phone(f"{number[:3]}-{number[3:7]} {number[7:]}") == number


# --- masks ----------------------------------------------------------------------------------------


def test_masks_show_what_the_screen_may_show() -> None:
    assert identity.mask_id(ADULT_WOMAN) == "110105********002X"
    assert identity.mask_phone("13800005621") == "138****5621"
    assert identity.mask_phone("08737221234") == "0873****234"
    assert identity.mask_phone("01012345678") == "010****5678"


def test_a_short_number_is_hidden_whole() -> None:
    assert (identity.mask_id("G1234567"), identity.mask_phone("12345")) == ("********", "*****")
    assert (identity.mask_id(""), identity.mask_phone("")) == ("", "")


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三丰", "张**"), ("李强", "李**"), ("欧阳锋", "欧阳**"), ("𬍛某", "𬍛**"), ("", "")],
)
def test_a_name_keeps_only_the_surname(name: str, masked: str) -> None:
    assert identity.mask_name(name) == masked


def test_a_minor_is_a_surname_and_an_organisation_is_itself() -> None:
    assert identity.mask_name("李小明", minor=True) == "李某"
    assert identity.mask_name("鑫源劳务公司", organisation=True) == "鑫源劳务公司"


@given(st.from_regex(r"(1[0-9]{10}|0[1-9][0-9]{8,10})", fullmatch=True))
def test_four_digits_of_a_phone_are_hidden(number: str) -> None:
    masked = identity.mask_phone(number)
    assert (len(masked), masked.count("*")) == (len(number), 4)
