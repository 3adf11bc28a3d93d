"""Looking after claims: reminders, escalation, and claims that go back to the queue. Safe to run twice.

Everything is computed from stored instants at `now`; this only sends, and ends what has run out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Q

from jobtwin.core.appeal import APPEAL_SEATS
from jobtwin.core.claim import Clock
from jobtwin.core.instant import utc_text, utc_words
from jobtwin.services.claim import lapse_claims
from jobtwin.services.notification import notify
from jobtwin.store import platform
from jobtwin.store.models import Decision, Mark, Notification, Person, Submission
from jobtwin.store.queries.claim import clocks, signers
from jobtwin.store.queries.operations import operators_of

BATCH = 200

Staff = Mapping[int, list[Person]]
"""Operators by the id of their programme."""


@dataclass(frozen=True, slots=True)
class _Word:
    """One thing to tell one person."""

    person: Person
    kind: str
    key: str
    facts: dict[str, str]


def look_after_claims(*, now: datetime) -> None:
    """Tells mentors and operators what is due at `now`, and ends claims whose grace is over."""
    for batch in _batches():
        _look_after(batch, operators_of(one.attempt.programme_id for one in batch), now)


def _batches() -> Iterator[list[Submission]]:
    undecided = Q(attempt__decided_at__isnull=True)
    appealed = Q(appeal__isnull=False, appeal__decided_at__isnull=True)
    rows = Submission.objects.filter(undecided | appealed, first_claimed_at__isnull=False)
    rows = rows.filter(attempt__voided_at__isnull=True, attempt__calibration=False)
    found = rows.select_related("attempt__brief_version").order_by("pk").iterator(BATCH)
    while batch := list(islice(found, BATCH)):
        yield batch


def _look_after(batch: list[Submission], staff: Staff, now: datetime) -> None:
    known = {one.pk: one for one in batch}
    decided = [one.pk for one in batch if one.attempt.decided_at is not None]
    rows = Mark.objects.filter(submission__in=batch).select_related("mentor")
    marks = list(rows.exclude(submission__in=decided, seat__lt=min(APPEAL_SEATS)))
    for mark in marks:
        mark.submission = known[mark.submission_id]
    times = clocks(marks)
    grace = platform.claim_rules().grace
    words = [*_about_seals(marks, times, grace, now), *_about_signatures(marks, times, now)]
    words += _about_lateness(marks, times, staff, now)
    words += _about_appeals(batch, staff, now)
    _tell(words, now)
    for submission in batch:
        open_marks = [one for one in marks if one.submission_id == submission.pk and one.sealed_at is None]
        if any(now >= max(times[one.pk].due, one.claimed_at) + grace for one in open_marks):
            _lapse(submission, staff.get(submission.attempt.programme_id, []), now)


def _about_seals(
    marks: list[Mark], times: dict[int, Clock], grace: timedelta, now: datetime
) -> Iterator[_Word]:
    for mark in marks:
        if mark.sealed_at is not None:
            continue
        clock, facts = (
            times[mark.pk],
            _facts(mark.submission, times[mark.pk], f"/marking/{mark.submission_id}"),
        )
        if clock.overdue(now):
            until = utc_words(max(clock.due, mark.claimed_at) + grace)
            key = f"{mark.submission_id}:{utc_text(clock.due)}"
            yield _Word(mark.mentor, "seal_overdue", key, facts | {"until": until})
        elif percent := clock.reminder(now):
            key = f"{mark.submission_id}:{utc_text(clock.counts_from)}:{percent}"
            yield _Word(mark.mentor, "seal_reminder", key, facts | {"percent": str(percent)})


def _about_signatures(marks: list[Mark], times: dict[int, Clock], now: datetime) -> Iterator[_Word]:
    submissions = {mark.submission_id for mark in marks}
    rows = Decision.objects.filter(submission_id__in=submissions, signed_at__isnull=True)
    waiting = set(rows.values_list("submission_id", flat=True))
    who = signers(waiting)
    for mark in marks:
        if mark.submission_id not in waiting or who.get(mark.submission_id) != mark.mentor_id:
            continue
        clock = times[mark.pk]
        if percent := clock.reminder(now):
            facts = _facts(mark.submission, clock, f"/marking/{mark.submission_id}/decision")
            key = f"{mark.submission_id}:{utc_text(clock.counts_from)}:{percent}"
            yield _Word(mark.mentor, "sign_reminder", key, facts | {"percent": str(percent)})


def _about_lateness(
    marks: list[Mark], times: dict[int, Clock], staff: Staff, now: datetime
) -> Iterator[_Word]:
    """To operators, once for each due time of a submission that passed undecided."""
    late: dict[str, tuple[Submission, Clock]] = {}
    for mark in marks:
        if times[mark.pk].overdue(now):
            late.setdefault(str(mark.submission_id), (mark.submission, times[mark.pk]))
    for submission, clock in late.values():
        facts = _facts(submission, clock, "/operations/marking")
        for person in staff.get(submission.attempt.programme_id, []):
            yield _Word(person, "past_due", f"{submission.pk}:{utc_text(clock.due)}", facts)


def _about_appeals(batch: list[Submission], staff: Staff, now: datetime) -> Iterator[_Word]:
    """To operators, once: an open appeal that has lacked a mentor for half of the time that marking has.

    What is decided and still in a batch is under appeal.
    """
    for submission in batch:
        since, attempt = submission.wanted_since, submission.attempt
        if attempt.decided_at is None or since is None or now < since + attempt.brief_version.brief.sla / 2:
            continue
        facts = {
            "title": attempt.brief_version.document["title"],
            "submission": str(submission.pk)[:8],
            "since": utc_words(since),
            "path": "/operations/marking",
        }
        for person in staff.get(attempt.programme_id, []):
            yield _Word(person, "appeal_waiting", f"{submission.pk}:{utc_text(since)}", facts)


def _lapse(submission: Submission, staff: list[Person], now: datetime) -> None:
    for mark in lapse_claims(submission=submission, now=now):
        facts = {
            "title": submission.attempt.brief_version.document["title"],
            "submission": str(submission.pk)[:8],
            "path": "/operations/marking",
        }
        key = f"{submission.pk}:{mark.mentor_id}"
        _tell([_Word(person, "claim_lapsed", key, facts) for person in staff], now)


def _facts(submission: Submission, clock: Clock, path: str) -> dict[str, str]:
    return {
        "title": submission.attempt.brief_version.document["title"],
        "submission": str(submission.pk)[:8],
        "due": utc_words(clock.due),
        "path": path,
    }


def _tell(words: list[_Word], now: datetime) -> None:
    """Tells what was not told before, which one query sorts out."""
    people, keys = {word.person.pk for word in words}, {word.key for word in words}
    told = set(
        Notification.objects.filter(person__in=people, key__in=keys).values_list("person", "kind", "key")
    )
    for word in words:
        if (word.person.pk, word.kind, word.key) not in told:
            notify(person=word.person, kind=word.kind, key=word.key, facts=word.facts, now=now)
