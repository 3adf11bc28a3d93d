"""What a learner is told on the way: started, a day left, received, verified, decided."""

from datetime import datetime, timedelta

from django.db.models import CharField, Exists, F, OuterRef
from django.db.models.functions import Cast

from jobtwin.core.instant import utc_words
from jobtwin.services.event import publish_released
from jobtwin.services.notification import notify
from jobtwin.store.models import Attempt, Notification, Programme

DAY = timedelta(hours=24)
MOST_A_RUN = 500
"""Learners who are told in one run that a day is left; the next run, a minute later, goes on."""


def tell_learner(*, attempt: Attempt, kind: str, now: datetime, key: str = "", **more: str) -> bool:
    """Tells the learner of an attempt, once for each kind (and `key`, where it may happen again); True where
    it is new. `more` are facts that the kind's words name beside title and deadline."""
    facts = more | {
        "title": str(attempt.brief_version.document["title"]),
        "deadline": utc_words(attempt.deadline),
        "path": f"/attempts/{attempt.pk}" + ("/result" if kind == "exam_decided" else ""),
    }
    return notify(person=attempt.learner, kind=kind, key=key or str(attempt.pk), facts=facts, now=now)


def tell_decided(*, attempt: Attempt, now: datetime) -> None:
    """Tells that the result is there, unless the programme still holds it back.

    The programme is locked: a release at the same instant sees this decision, or is seen here.
    """
    if Programme.objects.select_for_update(no_key=True).get(pk=attempt.programme_id).shows_results:
        tell_learner(attempt=attempt, kind="exam_decided", now=now)


def tell_released(*, programme: Programme, now: datetime) -> None:
    """Tells everybody whose result was held back until now, and the programme's own systems."""
    held = Attempt.objects.filter(programme=programme, decided_at__isnull=False, calibration=False)
    rows = held.select_related("learner", "programme", "brief_version", "submission__decision")
    for attempt in rows.iterator(chunk_size=500):
        tell_learner(attempt=attempt, kind="exam_decided", now=now)
        publish_released(attempt=attempt, now=now)


def tell_day_left(*, now: datetime) -> int:
    """Tells whoever has less than a day left in an exam that is longer than one; how many are new.

    State decides, not the timer: a run that was missed is made up for by the next one.
    """
    told_already = Notification.objects.filter(
        person=OuterRef("learner"), kind="exam_day_left", key=Cast(OuterRef("pk"), CharField())
    )
    due = Attempt.objects.filter(
        ~Exists(told_already),
        deadline__gt=now,
        deadline__lte=now + DAY,
        started_at__lt=F("deadline") - DAY,
        submitted_at__isnull=True,
        withdrawn_at__isnull=True,
        voided_at__isnull=True,
        learner__is_active=True,
    )
    rows = due.select_related("learner", "brief_version").order_by("deadline")[:MOST_A_RUN]
    return sum(tell_learner(attempt=one, kind="exam_day_left", now=now) for one in rows)
