"""What a mentor is told without being asked: something began to wait that they may claim."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Subquery

from jobtwin.core.errors import Refused
from jobtwin.core.instant import utc_text
from jobtwin.core.notification import last_digest
from jobtwin.services.calibration import require_rotation
from jobtwin.services.mark import require_room
from jobtwin.services.notification import notify
from jobtwin.store.models import Membership, Notification, Person, Role, Submission
from jobtwin.store.queries.mark import waiting_for

KIND = "marking_waits"
LOOKED_AT = 25
"""So many of what began to wait are looked through for one that a mentor may claim."""


def tell_waiting(*, now: datetime) -> int:
    """Tells mentors that something began to wait which they may claim, with room for it; how many are new.

    Once from one daily mail to the next, whatever else comes, and nothing that they were told of before.
    State decides, not the timer: a run that was missed is made up for by the next one. Who else marks is not
    said, nor since when something waits: a third mentor would learn from it that two are apart.
    """
    key = utc_text(last_digest(now))
    return sum(_tell(mentor, told_at, key, now) for mentor, told_at in _mentors(key))


def _mentors(key: str) -> Iterator[tuple[Person, datetime | None]]:
    """Who mentors where something waits that began after they were told last, and when that was."""
    waiting = Submission.objects.filter(wanted_since__isnull=False, attempt__voided_at__isnull=True)
    newest = dict(waiting.values_list("attempt__programme").annotate(Max("wanted_since")).order_by())
    told = Notification.objects.filter(person=OuterRef("person"), kind=KIND).order_by("-key")
    rows = Membership.objects.filter(role=Role.MENTOR, programme__in=newest, person__is_active=True)
    rows = rows.exclude(Exists(told.filter(key=key))).annotate(told_at=Subquery(told.values("at")[:1]))
    for row in rows.select_related("person").order_by("pk"):
        began = newest[row.programme_id]
        if began is not None and (row.told_at is None or began > row.told_at):
            yield row.person, row.told_at


def _tell(mentor: Person, told_at: datetime | None, key: str, now: datetime) -> bool:
    rows = waiting_for(mentor).select_related("attempt__programme")
    if told_at is not None:
        rows = rows.filter(wanted_since__gt=told_at)
    found = next((one for one in rows[:LOOKED_AT] if _may_claim(mentor, one, now)), None)
    if found is None:
        return False
    facts = {"title": str(found.attempt.brief_version.document["title"]), "path": "/marking/"}
    return notify(person=mentor, kind=KIND, key=key, facts=facts, now=now)


def _may_claim(mentor: Person, submission: Submission, now: datetime) -> bool:
    try:
        require_room(mentor=mentor, programme=submission.attempt.programme)
        require_rotation(mentor=mentor, submission=submission, now=now)
    except Refused:
        return False
    return True
