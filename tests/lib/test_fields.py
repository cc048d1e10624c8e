from typing import ClassVar

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models

from zongzhi.lib.fields import EncryptedTextField


class Secret(models.Model):  # noqa: DJ008 nobody reads it
    text = EncryptedTextField(purpose="secret.text", blank=True)
    objects: ClassVar[models.Manager["Secret"]] = models.Manager()

    class Meta:
        app_label = "tests_lib"
        managed = False


FIELD = Secret._meta.get_field("text")


def test_text_is_ciphertext_in_the_database_and_plain_when_read() -> None:
    stored = FIELD.get_prep_value("440524188001010014")
    assert stored.startswith("v1:")
    assert FIELD.from_db_value(stored, None, connection) == "440524188001010014"


@pytest.mark.parametrize("nothing", ["", None])
def test_nothing_is_stored_as_nothing(nothing) -> None:
    assert FIELD.get_prep_value(nothing) == nothing
    assert FIELD.from_db_value(nothing, None, connection) == nothing


@pytest.mark.parametrize("lookup", ["contains", "in", "gt", "iexact", "startswith", "length"])
def test_ciphertext_cannot_be_searched(lookup: str) -> None:
    with pytest.raises(FieldError, match=lookup):
        Secret.objects.filter(**{f"text__{lookup}": "4405"})


def test_ciphertext_equals_nothing_that_is_known() -> None:
    with pytest.raises(FieldError, match="blind index"):
        Secret.objects.filter(text="440524188001010014")


def test_emptiness_can_be_asked() -> None:
    assert Secret.objects.filter(text="").query.where
    assert Secret.objects.exclude(text__isnull=True).query.where
    assert Secret.objects.filter(text=None).query.where


def test_a_migration_remembers_the_purpose() -> None:
    assert FIELD.deconstruct()[3] == {"purpose": "secret.text", "blank": True}
    assert FIELD.clone().purpose == "secret.text"


@pytest.mark.django_db
def test_a_row_comes_back_as_it_was_saved() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Secret)
    Secret.objects.create(text="热比古丽·买买提")
    Secret.objects.bulk_create([Secret(text=""), Secret(text="𬍛")])
    Secret.objects.filter(text="").update(text="䶮")
    assert sorted(Secret.objects.values_list("text", flat=True)) == ["䶮", "热比古丽·买买提", "𬍛"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM tests_lib_secret")
        assert all(text.startswith("v1:") for (text,) in cursor.fetchall())
