"""Model fields that encrypt what they store."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact, IsNull

from zongzhi.lib import crypto

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
    ExactText = Exact[str]
else:  # generic in the stubs only
    TextField = models.TextField
    ExactText = Exact


class _ExactEmpty(ExactText):
    """Let a filter ask whether nothing is stored, which is all that ciphertext can answer."""

    def get_prep_lookup(self) -> Any:
        if self.rhs not in ("", None):
            raise FieldError("an encrypted field cannot be searched; use its blind index")
        return self.rhs


class EncryptedTextField(TextField):
    """Text that is ciphertext in the database and plain in Python; an empty string stays empty.

    `purpose` binds the ciphertext to this column for ever: renaming the field must not change it.
    """

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return crypto.encrypt(text, self.purpose) if text else text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return crypto.decrypt(value, self.purpose) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        lookups = {"exact": _ExactEmpty, "isnull": IsNull}
        if lookup_name not in lookups:
            raise FieldError(f"an encrypted field has no {lookup_name} lookup")
        return lookups[lookup_name]

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"an encrypted field has no {lookup_name} lookup")
