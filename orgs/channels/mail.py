"""邮件, by the SMTP server that EMAIL_URL names."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage

from orgs.channels.base import PermanentError, TemporaryError
from orgs.channels.templates import wording

if TYPE_CHECKING:
    from orgs.models import Delivery, User


class Mail:
    def is_configured(self) -> bool:
        return bool(settings.EMAIL_URL)

    def address_of(self, user: User) -> str:
        return user.email

    def send(self, delivery: Delivery, address: str) -> str:
        """Send it. A repetition carries the same Message-ID, by which mail programs know it."""
        message_id = f"<{delivery.request_id}@zongzhi>"
        number = delivery.parameters.get("number", "")
        message = EmailMessage(
            subject=f"综治中心 {number}".rstrip(),
            body=wording(delivery.template, delivery.parameters),
            to=[address],
            headers={"Message-ID": message_id},
        )
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(error) from error
        except smtplib.SMTPAuthenticationError as error:  # ours to mend: the letter is not lost
            raise TemporaryError("smtp_sign_in") from error
        except smtplib.SMTPResponseException as error:
            raise _by_code(error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            raise TemporaryError("smtp_unreachable") from error
        return message_id


def _refused(error: smtplib.SMTPRecipientsRefused) -> TemporaryError | PermanentError:
    codes = [code for code, _ in error.recipients.values()]
    return _by_code(max(codes, default=550))


def _by_code(code: int) -> TemporaryError | PermanentError:
    """SMTP says 4xx for later and 5xx for never (RFC 5321)."""
    if 500 <= code < 600:
        return PermanentError(f"smtp_{code}")
    return TemporaryError(f"smtp_{code}")
