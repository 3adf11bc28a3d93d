"""A person's dates: ends of the own exams and windows, and the due times of the own claims.

Every entry keeps its id for good. What moves it is a stored row (an extension, a pause), so `sequence` is a
count of rows that only grows, and a calendar that holds an older copy takes the newer one (RFC 5545,
3.8.7.4).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q

from jobtwin.core.attempt import windows_of
from jobtwin.store.models import Attempt, ClockPause, Decision, Mark, Person
from jobtwin.store.queries.claim import clocks, signers

REACH = timedelta(days=60)
"""How long after its end an exam is still in the calendar."""
MOST_ATTEMPTS = 50
MOST_CLAIMS = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One date: `end` is None for an instant; `remind` asks for a word a day before; `over` ends it.

    `path` leads to the page that the date is about.
    """

    uid: str
    sequence: int
    changed_at: datetime
    start: datetime
    end: datetime | None
    title: str
    note: str
    path: str
    remind: bool = False
    over: bool = False


def dates_of(person: Person, now: datetime) -> list[Entry]:
    """All dates of a person: the newest MOST_ATTEMPTS exams within REACH, and MOST_CLAIMS claims."""
    rows = Attempt.objects.filter(learner=person, calibration=False, deadline__gt=now - REACH)
    rows = rows.select_related("brief_version").prefetch_related("extensions").order_by("-started_at", "pk")
    exams = [entry for attempt in rows[:MOST_ATTEMPTS] for entry in exam_dates(attempt)]
    return [*exams, *_claim_dates(person)]


def exam_dates(attempt: Attempt) -> list[Entry]:
    """The windows and the deadline of an attempt; over once it is submitted, withdrawn or voided."""
    brief = attempt.brief_version.brief
    closed = [one for one in (attempt.submitted_at, attempt.withdrawn_at, attempt.voided_at) if one]
    granted = [one.granted_at for one in attempt.extensions.all()]
    deadline = Entry(
        uid=f"attempt-{attempt.pk}",
        sequence=len(granted) + bool(closed),
        changed_at=max([attempt.started_at, *granted, *closed]),
        start=attempt.deadline,
        end=None,
        title=f"{brief.title}: deadline",
        note="Submit before this instant. The server's clock counts; an extension moves this entry.",
        path=f"/attempts/{attempt.pk}",
        remind=True,
        over=bool(closed),
    )
    windows = [
        replace(
            deadline,
            uid=f"{deadline.uid}-{one.window.id}",
            start=one.opens_at,
            end=one.ends_at,
            title=f"{brief.title}: {one.window.title}",
            note="This window of your exam is open.",
            remind=False,
        )
        for one in windows_of(brief, attempt.facts)
    ]
    return [*windows, deadline]


def _claim_dates(mentor: Person) -> Iterator[Entry]:
    """When own marks are to be sealed, and own signatures to be given."""
    unsealed = Q(sealed_at__isnull=True)
    unsigned = Decision.objects.filter(signed_at__isnull=True).values("submission")
    rows = Mark.objects.filter(unsealed | Q(submission__in=unsigned), mentor=mentor, gone_at__isnull=True)
    rows = rows.filter(submission__attempt__voided_at__isnull=True)
    marks = list(rows.select_related("submission__attempt__brief_version").order_by("-pk")[:MOST_CLAIMS])
    times, moves = clocks(marks), _moves(marks)
    who = signers(mark.submission_id for mark in marks if mark.sealed_at is not None)
    for mark in marks:
        if mark.sealed_at is not None and who.get(mark.submission_id) != mentor.pk:
            continue
        moved = [one for one in moves if _concerns(one, mark)]
        seal = mark.sealed_at is None
        instants = [at for one in moved for at in (one.made_at, one.cancelled_at) if at is not None]
        title = mark.submission.attempt.brief_version.brief.title
        yield Entry(
            uid=f"{'mark' if seal else 'signature'}-{mark.pk}",
            sequence=len(instants),
            changed_at=max(mark.claimed_at, mark.sealed_at or mark.claimed_at, *instants),
            start=times[mark.pk].due,
            end=None,
            title=f"{title}: {'marks' if seal else 'signature'} due",
            note=f"Submission {str(mark.submission_id)[:8]}. A pause of the clock moves this entry.",
            path=f"/marking/{mark.submission_id}{'' if seal else '/decision'}",
            remind=True,
        )


def _moves(marks: Sequence[Mark]) -> list[ClockPause]:
    """Every pause that could ever have moved one of these clocks, cancelled ones too."""
    if not marks:
        return []
    return list(
        ClockPause.objects.filter(programme__in=_programmes(marks)).filter(
            Q(mentor__isnull=True, submission__isnull=True)
            | Q(mentor=marks[0].mentor_id)
            | Q(submission__in=[mark.submission_id for mark in marks])
        )
    )


def _programmes(marks: Iterable[Mark]) -> set[int]:
    return {mark.submission.attempt.programme_id for mark in marks}


def _concerns(pause: ClockPause, mark: Mark) -> bool:
    return (
        pause.programme_id == mark.submission.attempt.programme_id
        and pause.mentor_id in (None, mark.mentor_id)
        and pause.submission_id in (None, mark.submission_id)
    )
