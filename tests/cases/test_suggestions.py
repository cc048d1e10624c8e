from __future__ import annotations

import pytest

from cases.models import DisputeType
from cases.suggestions import suggest_types, words_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_copies(settings) -> None:
    """What pages keep for a minute would outlive the test."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("在工地做木工，包工头拖欠工资三个月", "10"),
        ("楼上漏水，邻居不肯修", "02"),
        ("丈夫喝酒打人，想离婚", "01"),
        ("手术以后一直疼，医院说是误诊", "15"),
    ],
)
def test_the_words_of_a_story_speak_for_its_type(text: str, code: str) -> None:
    assert suggest_types(text)[0].code == code


def test_the_words_that_speak_are_named() -> None:
    assert set(suggest_types("老板拖欠工资")[0].words) == {"拖欠工资"}


def test_at_most_three_are_suggested() -> None:
    assert len(suggest_types("工资 合同 邻居 医院 物业")) == 3


def test_nothing_is_suggested_when_no_word_fits() -> None:
    assert suggest_types("想找个人说说话") == []


def test_a_retired_type_is_not_suggested() -> None:
    DisputeType.objects.filter(code="10").update(is_active=False)
    assert "10" not in [found.code for found in suggest_types("拖欠工资")]


def test_a_longer_word_hides_the_shorter_one_inside_it() -> None:
    assert words_in("拖欠工资", ["工资", "拖欠", "拖欠工资", "工地"]) == ("拖欠工资",)
