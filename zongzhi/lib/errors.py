"""How a lawful request can still fail. Services raise these; the web and the API map them once."""

from __future__ import annotations


class DomainError(Exception):
    """Carries the sentence a person will read: what stopped the act, and what to do instead."""

    status = 409
    code = "conflict"
    title = "现在不能这样做"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(DomainError):
    """What was typed cannot be; `errors` names the fields, {field: [sentence]}."""

    status, code, title = 422, "invalid", "有内容要改"

    def __init__(self, message: str = "", *, errors: dict[str, list[str]] | None = None) -> None:
        self.errors = errors or {}
        super().__init__(message or next((e[0] for e in self.errors.values()), self.title))


class NotFound(DomainError):
    """It is not there, or not for this person: the two must read the same."""

    status, code, title = 404, "not_found", "没有找到"


class NotAllowed(DomainError):
    """It can be seen, but it is not this person's to do."""

    status, code, title = 403, "not_allowed", "不归这个账号办"


class WrongState(DomainError):
    """It could be done at another moment, not now."""

    status, code = 409, "wrong_state"


class AlreadyDone(WrongState):
    """Somebody was faster, perhaps the same person; the sentence says who and when."""

    code, title = "already_done", "已经办过"
