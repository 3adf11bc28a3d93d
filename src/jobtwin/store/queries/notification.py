"""A person's notifications, and what waits to be mailed."""

from datetime import datetime

from django.db.models import Q, QuerySet

from jobtwin.core.notification import KINDS, Pace, last_digest
from jobtwin.store.models import Mail, Notification, Person
from jobtwin.store.queries.operations import everybody

MOST_COUNTED = 100


def unread_count(person: Person) -> int:
    """How many are unread, counted up to MOST_COUNTED: the number stands on every page."""
    return Notification.objects.filter(person=person, read_at__isnull=True)[:MOST_COUNTED].count()


def newest_notifications(person: Person, *, before: int | None, limit: int) -> list[Notification]:
    """The newest ones, below the id `before` where it is given."""
    rows = Notification.objects.filter(person=person)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:limit])


def unsettled(now: datetime) -> QuerySet[Notification]:
    """What a mail may take up now, by person: duty at once, the rest as `core.notification.mail_due` says."""
    duty = Q(kind__in=[name for name, kind in KINDS.items() if kind.duty])
    held = Q(person__mail_pace=Pace.DAILY, at__gte=last_digest(now)) & ~duty
    return (
        Notification.objects.filter(settled_at__isnull=True)
        .exclude(held)
        .select_related("person")
        .order_by("person", "pk")
    )


def given_up_mails(operator: Person) -> QuerySet[Mail]:
    """Mails to people of their programmes that were never taken, the newest first."""
    rows = Mail.objects.filter(given_up_at__isnull=False, person__in=everybody(operator).order_by())
    return rows.select_related("person").order_by("-given_up_at")
