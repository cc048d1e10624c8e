from base64 import b64encode

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from zongzhi.lib import crypto

OLD = b64encode(b"o" * 32).decode()
NEW = b64encode(b"n" * 32).decode()


@given(st.text())
def test_what_is_sealed_opens_again(text: str) -> None:
    assert crypto.decrypt(crypto.encrypt(text, "test.field"), "test.field") == text


def test_the_same_text_is_sealed_differently_every_time() -> None:
    assert crypto.encrypt("13800005621", "party.phone") != crypto.encrypt(
        "13800005621", "party.phone"
    )


def test_a_value_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(crypto.DecryptionError, match=r"party\.phone"):
        crypto.decrypt(crypto.encrypt("x", "party.id_number"), "party.phone")


@pytest.mark.parametrize("damage", [lambda t: t[:-6] + "AAAA==", lambda t: t[:20], lambda t: ""])
def test_a_changed_value_does_not_open_and_its_error_tells_nothing(damage) -> None:
    token = damage(crypto.encrypt("13800005621", "party.phone"))
    with pytest.raises(crypto.DecryptionError) as error:
        crypto.decrypt(token, "party.phone")
    assert "138" not in str(error.value)


def test_a_new_key_in_front_still_opens_old_values(settings) -> None:
    settings.FIELD_KEY = OLD
    before = crypto.encrypt("张三", "party.note")
    settings.FIELD_KEY = f"{NEW}, {OLD}"
    assert crypto.decrypt(before, "party.note") == "张三"
    assert not crypto.is_current(before)
    assert crypto.is_current(crypto.encrypt("张三", "party.note"))


def test_without_its_key_a_value_stays_shut(settings) -> None:
    settings.FIELD_KEY = OLD
    before = crypto.encrypt("张三", "party.note")
    settings.FIELD_KEY = NEW
    with pytest.raises(crypto.DecryptionError, match="no key"):
        crypto.decrypt(before, "party.note")


def test_the_index_and_the_history_key_outlive_a_new_key_in_front(settings) -> None:
    settings.FIELD_KEY = OLD
    before = crypto.blind_index("13800005621", "party.phone"), crypto.history_key()
    settings.FIELD_KEY = f"{NEW},{OLD}"
    assert (crypto.blind_index("13800005621", "party.phone"), crypto.history_key()) == before


def test_the_index_is_equal_only_for_equal_text_and_purpose() -> None:
    index = crypto.blind_index("13800005621", "party.phone")
    assert (len(index), index) == (64, crypto.blind_index("13800005621", "party.phone"))
    assert index != crypto.blind_index("13800005621", "user.phone")
    assert index != crypto.blind_index("13800005622", "party.phone")


def test_nothing_has_no_index() -> None:
    assert crypto.blind_index("", "party.phone") == ""


@pytest.mark.parametrize("field_key", ["", "secret", b64encode(b"short").decode(), f"{OLD},"])
def test_a_key_of_the_wrong_size_is_a_misconfiguration(settings, field_key: str) -> None:
    settings.FIELD_KEY = field_key
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEY"):
        crypto.history_key()


def test_a_generated_key_is_accepted() -> None:
    assert len(crypto.parse_keys(crypto.generate_key())[0]) == 32
