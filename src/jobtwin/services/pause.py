"""Pauses of the clock: holidays, illness, more time for one submission; made and cancelled by operators."""

from datetime import datetime, timedelta

from jobtwin.core.errors import BadInput, Conflict, NotAllowed
from jobtwin.store.models import ClockPause, Person, Programme, Role, Submission
from jobtwin.store.queries.programme import holds

LONGEST = timedelta(days=60)
MIN_REASON = 3
MAX_REASON = 1_000


def pause_clock(
    *,
    programme: Programme,
    start: datetime,
    end: datetime,
    reason: str,
    operator: Person,
    now: datetime,
    mentor: Person | None = None,
    submission: Submission | None = None,
) -> ClockPause:
    """Takes a time out of a programme's clocks: everybody's, one mentor's own, or of one submission.

    Every due time that it touches moves by computation. Raises BadInput for a time that does not end after
    its start or is longer than LONGEST, for no reason, or for a mentor and a submission at once.
    """
    _require_operator(operator, programme)
    if not start < end <= start + LONGEST:
        raise BadInput(f"a pause ends after its start, and within {LONGEST.days} days")
    if mentor is not None and submission is not None:
        raise BadInput("a pause is for everybody, for one mentor or for one submission")
    if submission is not None and submission.attempt.programme_id != programme.pk:
        raise BadInput("this submission belongs to another programme")
    if mentor is not None and not holds(mentor, Role.MENTOR, programme):
        raise BadInput("this person does not mentor in the programme")
    said = reason.strip().replace("\0", "")
    if not MIN_REASON <= len(said) <= MAX_REASON:
        raise BadInput("say why the clock stands: a holiday, an illness")
    return ClockPause.objects.create(
        programme=programme,
        start=start,
        end=end,
        mentor=mentor,
        submission=submission,
        reason=said,
        made_at=now,
        made_by=operator,
    )


def cancel_pause(*, pause: ClockPause, operator: Person, now: datetime) -> None:
    """Lets the time count after all; the row stays, with who did it. Raises Conflict the second time."""
    _require_operator(operator, pause.programme)
    standing = ClockPause.objects.filter(pk=pause.pk, cancelled_at__isnull=True)
    if not standing.update(cancelled_at=now, cancelled_by=operator):
        raise Conflict("this pause is cancelled already")


def _require_operator(person: Person, programme: Programme) -> None:
    if not holds(person, Role.OPERATOR, programme):
        raise NotAllowed("only operators of the programme pause its clocks")
