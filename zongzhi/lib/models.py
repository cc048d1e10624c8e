from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState
from django_fsm import FSMFieldMixin


class TimeStamped(models.Model):
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        abstract = True


class ReadInBulk(models.Model):
    """A model of which a page shows dozens, with many columns: made of a row at one go.

    Django calls `__init__` for each row, which looks at every value in turn. Columns need none of
    that; signals of `__init__` are not sent, and nobody here listens to them.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(  # type: ignore[override]  # the stubs know a later Django
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        """As Django's own; columns that are not there stay deferred."""
        made = cls.__new__(cls)
        state = made._state = ModelState()
        state.adding, state.db = False, db
        vars(made).update(zip(field_names, values, strict=True))
        return made


class ProtectedStage(models.Model):
    """A model whose protected FSM field survives `refresh_from_db`.

    The protecting descriptor refuses a second value, and django-fsm's own mixin gets around that
    by unprotecting the field for the whole process. Forgetting the old value is enough.
    """

    class Meta:
        abstract = True

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        """Reload like Django does; the protected field is always among what is reloaded."""
        guarded = [
            field.attname
            for field in self._meta.concrete_fields
            if isinstance(field, FSMFieldMixin) and field.protected
        ]
        for name in guarded:
            self.__dict__.pop(name, None)
        wanted = None if fields is None else list({*fields, *guarded})
        super().refresh_from_db(using=using, fields=wanted, from_queryset=from_queryset)
