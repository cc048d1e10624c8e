import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zongzhi.lib.words import search_document, search_query

STORY = "热比古丽·买买提说：鑫源劳务公司欠薪38600元，A座1203室，电话13800005621，经办人𬍛某、䶮。"

letters = st.characters(categories=["L", "N", "Co"])
signs = st.sampled_from("欠薪张三3e1zx09·- '&|!:*()\\<>")
texts = st.text(letters | signs | st.characters(codec="utf-8"), max_size=60)
han = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=30)


def words_found(query: str, document: str) -> bool:
    """Answer as PostgreSQL would, given that it keeps the words whole (see the last tests)."""
    words = document.split()
    for asked in query.split(" & "):
        word, _, prefix = asked.partition(":")
        bare = word.strip("'")
        if not any(w.startswith(bare) if prefix else w == bare for w in words):
            return False
    return bool(query)


FOUND = [
    *("欠薪", "薪", "鑫源劳务", "热比古丽买买提", "热比古丽·买买提", "𬍛某", "𬍛", "䶮"),
    *("a座", "A座1203室", "1203室", "13800005621", "３８６００元", "公司欠薪38600元", "欠薪 鑫源"),
]
NOT_FOUND = ["薪欠", "讨薪", "1380000", "欠薪 讨薪", "、。", ""]


@pytest.mark.parametrize("typed", FOUND)
def test_what_is_in_the_story_is_found(typed: str) -> None:
    assert words_found(search_query(typed), search_document(STORY))


@pytest.mark.parametrize("typed", NOT_FOUND)
def test_what_is_not_in_the_story_is_not_found(typed: str) -> None:
    assert not words_found(search_query(typed), search_document(STORY))


def test_a_document_is_pairs_and_a_query_asks_for_all_of_them() -> None:
    assert search_document("张三丰", "ABC 张三") == "张三 三丰 丰 abc 三"
    assert search_query("张三丰") == "'张三' & '三丰'"
    assert search_query("张") == "'张':*"


def test_the_same_pair_is_stored_once() -> None:
    assert search_document("哈哈哈哈", "哈哈") == "哈哈 哈"


@given(han, st.data())
def test_every_part_of_a_text_finds_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert words_found(search_query(text[start:end]), search_document(text))


@given(texts)
def test_a_text_finds_itself(text: str) -> None:
    query = search_query(text)
    assert words_found(query, search_document(text)) == bool(query)


@given(texts, texts)
def test_a_document_of_two_texts_is_found_by_either(one: str, other: str) -> None:
    document = search_document(one, other)
    assert all(words_found(query, document) for query in map(search_query, (one, other)) if query)


def asked_of_postgres(document: str, query: str) -> tuple[set[str], bool, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(to_tsvector('simple', %s)),"
            " to_tsvector('simple', %s) @@ to_tsquery('simple', %s),"
            " numnode(to_tsquery('simple', %s))",
            [document, document, query, query],
        )
        words, found, nodes = cursor.fetchone()
        return set(words), found, nodes


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts)
def test_postgres_keeps_every_word_whole_and_refuses_no_query(text: str) -> None:
    document, query = search_document(text), search_query(text)
    words, found, nodes = asked_of_postgres(document, query)
    assert words == set(document.split())
    assert found == bool(query)
    assert nodes == (2 * len(query.split(" & ")) - 1 if query else 0)


@pytest.mark.django_db
@pytest.mark.parametrize("plate", ["3e14z1", "18e48x3", "9e9", "1e", "e9", "x" * 5000])
def test_postgres_does_not_take_a_plate_for_a_number(plate: str) -> None:
    document = search_document(plate)
    assert asked_of_postgres(document, search_query(plate)) == ({document}, True, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [*FOUND, *NOT_FOUND])
def test_postgres_finds_what_is_there_and_nothing_else(typed: str) -> None:
    found = asked_of_postgres(search_document(STORY), search_query(typed))[1]
    assert found is (typed in FOUND)
