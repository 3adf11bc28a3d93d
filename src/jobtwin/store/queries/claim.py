"""The clocks of claims, and who signs."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from jobtwin.core.appeal import APPEAL_SEATS
from jobtwin.core.claim import Clock, Pause, clock_of
from jobtwin.store.models import ClockPause, Mark, Membership, Role


def clock(mark: Mark) -> Clock:
    """The clock of one mark."""
    return clocks([mark])[mark.pk]


def clocks(marks: Sequence[Mark]) -> dict[int, Clock]:
    """The clocks of marks by their id, in one query. They come with submission, attempt and brief version.

    A mentor's clock knows the first claim, pauses for everybody, the own ones and the submission's: nothing
    that another mentor does moves it.
    """
    if not marks:
        return {}
    starts = {mark.pk: _start(mark) for mark in marks}
    pauses = _Pauses(_standing(marks, min(starts.values())))
    return {
        mark.pk: clock_of(mark.claimed_at, starts[mark.pk], _span(mark), pauses.of(mark)) for mark in marks
    }


def signer(submission_id: UUID) -> Mark | None:
    """The mark whose mentor signs: of the first two seats the earlier claim whose mentor is still there."""
    rows = _signing([submission_id]).select_related("mentor")
    return rows.order_by("claimed_at", "seat").first()


def signers(submission_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Ids of the mentors who sign, by submission."""
    rows = _signing(list(submission_ids)).order_by("-claimed_at", "-seat")
    return dict(rows.values_list("submission_id", "mentor_id"))


def _signing(submission_ids: list[UUID]) -> QuerySet[Mark]:
    here = Membership.objects.filter(
        person=OuterRef("mentor"), role=Role.MENTOR, programme=OuterRef("submission__attempt__programme")
    )
    return Mark.objects.filter(
        Exists(here),
        submission_id__in=submission_ids,
        seat__in=(1, 2),
        gone_at__isnull=True,
        mentor__is_active=True,
    )


class _Pauses:
    """Pauses by the programme and what they are for in it."""

    def __init__(self, rows: Iterable[ClockPause]) -> None:
        self._found: dict[tuple[int, int | None, UUID | None], list[Pause]] = {}
        for row in rows:
            self._found.setdefault((row.programme_id, row.mentor_id, row.submission_id), []).append(row.pause)

    def of(self, mark: Mark) -> list[Pause]:
        where = mark.submission.attempt.programme_id
        ways = ((where, None, None), (where, mark.mentor_id, None), (where, None, mark.submission_id))
        return [pause for way in ways for pause in self._found.get(way, ())]


def _standing(marks: Sequence[Mark], since: datetime) -> QuerySet[ClockPause]:
    everybody = Q(mentor__isnull=True, submission__isnull=True)
    return ClockPause.objects.filter(
        everybody
        | Q(mentor__in={mark.mentor_id for mark in marks})
        | Q(submission__in={mark.submission_id for mark in marks}),
        programme__in={mark.submission.attempt.programme_id for mark in marks},
        cancelled_at__isnull=True,
        end__gt=since,
    )


def _start(mark: Mark) -> datetime:
    """The submission's first claim; in an appeal each mentor's clock starts with the own claim."""
    first = None if mark.seat in APPEAL_SEATS else mark.submission.first_claimed_at
    return first or mark.claimed_at


def _span(mark: Mark) -> timedelta:
    marking = mark.submission.attempt.brief_version.document["marking"]
    return timedelta(hours=marking["sla_hours"])
