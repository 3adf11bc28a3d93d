"""The outbox: gathering notifications into mails, and handing each mail to one sender at a time."""

from datetime import datetime
from itertools import groupby

from django.db import transaction

from jobtwin.core.letter import wait_after
from jobtwin.core.notification import Pace, is_duty
from jobtwin.services.outbox import take_due
from jobtwin.store.models import Mail, Notification, Person
from jobtwin.store.queries.notification import unsettled

GATHERED = 1_000
MAX_ERROR = 500


def gather_mails(*, now: datetime) -> int:
    """Makes mails of what is due, at most GATHERED notifications a call; how many were settled.

    Rows that another worker holds are left to it. Duty is a mail each, and so is everything for whom
    that is the pace; a daily mail takes all that is due.
    """
    with transaction.atomic():
        rows = list(unsettled(now).select_for_update(of=("self",), skip_locked=True)[:GATHERED])
        for _, group in groupby(rows, key=lambda row: row.person_id):
            _gather(list(group), now)
    return len(rows)


def _gather(rows: list[Notification], now: datetime) -> None:
    person = rows[0].person
    duty = [row for row in rows if is_duty(row.kind)]
    others = [row for row in rows if not is_duty(row.kind)]
    for row in duty:
        _mail(person, [row], now, duty=True)
    if person.mail_pace == Pace.NONE:
        Notification.objects.filter(pk__in=[row.pk for row in others]).update(settled_at=now)
    elif person.mail_pace == Pace.DAILY and others:
        _mail(person, others, now, duty=False)
    else:
        for row in others:
            _mail(person, [row], now, duty=False)


def _mail(person: Person, rows: list[Notification], now: datetime, *, duty: bool) -> None:
    mail = Mail.objects.create(person=person, duty=duty, made_at=now, next_try_at=now)
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mail=mail, settled_at=now)


def take_mail(*, now: datetime) -> Mail | None:
    """The next mail to try, which nobody else gets before its next try is due; None where none waits.

    A sender that dies between the server's "accepted" and `record_sent` sends again with the same
    Message-ID: nobody can do better by SMTP.
    """
    due = Mail.objects.filter(sent_at__isnull=True, given_up_at__isnull=True, next_try_at__lte=now)
    rows = due.select_related("person").order_by("next_try_at", "pk")
    return take_due(rows, wait_after=lambda tries, _: wait_after(tries), now=now)


def record_sent(*, mail: Mail, now: datetime) -> None:
    """The mail server took it."""
    Mail.objects.filter(pk=mail.pk).update(sent_at=now, given_up_at=None, error="")


def record_failure(*, mail: Mail, error: str, permanent: bool, now: datetime) -> None:
    """The mail server did not take it; a permanent refusal is not tried again."""
    changes: dict[str, object] = {"error": error[:MAX_ERROR].replace("\0", "")}
    if permanent:
        changes["given_up_at"] = now
    Mail.objects.filter(pk=mail.pk).update(**changes)
