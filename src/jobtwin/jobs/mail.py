"""Sending the outbox: gather, take one mail after the other, hand it over, record what happened."""

import smtplib
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.translation import get_language, gettext, override

from jobtwin.core.letter import letter
from jobtwin.services.mail import gather_mails, record_failure, record_sent, take_mail
from jobtwin.services.notification import unsubscribe_token
from jobtwin.store import platform
from jobtwin.store.clock import database_now
from jobtwin.store.models import Mail

MOST_A_RUN = 500
"""Mails of one run, which comes every minute."""


class Sender(Protocol):
    """The one member of Django's mail backends that is used here."""

    def send_messages(self, email_messages: list[EmailMultiAlternatives]) -> int | None:
        """Hands mails to the server; raises what the network or the server raised."""


def send_mails(sender: Sender | None = None, *, clock: Callable[[], datetime] = database_now) -> int:
    """Sends what is due; how many mails the server took. Without a mail server they wait in the outbox."""
    found = sender or _sender()
    if found is None:
        return 0
    while gather_mails(now=clock()):
        pass
    sent = 0
    for _ in range(MOST_A_RUN):
        mail = take_mail(now=clock())
        if mail is None:
            break
        sent += _send(mail, found, clock)
    return sent


def _sender() -> Sender | None:
    environment = settings.JOBTWIN
    if environment.mail is not None:
        return get_connection(fail_silently=False)
    if environment.production:
        return None
    folder = environment.home / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    return get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=str(folder))


def _send(mail: Mail, sender: Sender, clock: Callable[[], datetime]) -> int:
    if not mail.person.is_active:
        record_failure(mail=mail, error="the account is closed", permanent=True, now=clock())
        return 0
    try:
        sender.send_messages([mail_message(mail)])
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        permanent = bool(codes) and all(500 <= code < 600 for code in codes)
        record_failure(mail=mail, error=f"refused: {codes}", permanent=permanent, now=clock())
        return 0
    except (OSError, smtplib.SMTPException) as error:
        record_failure(mail=mail, error=f"{type(error).__name__}: {error}", permanent=False, now=clock())
        return 0
    record_sent(mail=mail, now=clock())
    return 1


def mail_message(mail: Mail) -> EmailMultiAlternatives:
    """The mail as it is sent: text and HTML in its reader's language, one Message-ID for every try."""
    origin = settings.JOBTWIN.origin
    unsubscribe = "" if mail.duty else f"{origin}/notifications/unsubscribe/{unsubscribe_token(mail.person)}"
    with override(mail.person.language or settings.LANGUAGE_CODE):
        words = letter(
            [one.message for one in mail.notifications.order_by("pk")],
            origin=origin,
            settings_url=f"{origin}/notifications",
            unsubscribe_url=unsubscribe,
            language=get_language() or settings.LANGUAGE_CODE,
            translate=gettext,
        )
    headers = {"Message-ID": f"<{mail.pk}@{platform.host()}>", "Auto-Submitted": "auto-generated"}
    if unsubscribe:
        headers |= {
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    made = EmailMultiAlternatives(words.subject, words.text, None, [mail.person.email], headers=headers)
    made.attach_alternative(words.html, "text/html")
    return made
