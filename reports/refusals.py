"""A refusal of a service, said in the form where it was typed."""

from __future__ import annotations

from django.forms import Form

from zongzhi.lib.errors import DomainError, Invalid


def refused(form: Form, error: DomainError) -> int:
    """Say it there, with everything that was typed; the status of the answer."""
    errors = error.errors if isinstance(error, Invalid) else {}
    for name, sentences in errors.items():
        form.add_error(name if name in form.fields else None, sentences[0])
    if not errors:
        form.add_error(None, error.message)
    return error.status
