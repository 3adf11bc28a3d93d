"""Attempts as their learner sees them: results that their programme holds back are not there yet."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from jobtwin.core.errors import NotFound
from jobtwin.store.models import Attempt, Person, Rehearsal

CLOCK_REACH = timedelta(days=1)
"""How long after a deadline a last draft is still submitted by the clock."""


def attempts_of(learner: Person) -> list[Attempt]:
    """All attempts of a learner, newest first."""
    rows = (
        Attempt.objects.filter(learner=learner)
        .select_related("brief_version", "programme")
        .prefetch_related("extensions")
    )
    return [_as_shown(one) for one in rows.order_by("-started_at")]


def attempt_at(learner: Person, brief_id: str) -> Attempt | None:
    """The learner's newest attempt at a brief, whatever version it is pinned to."""
    return Attempt.objects.filter(learner=learner, brief_id=brief_id).order_by("-number").first()


def own_attempt(learner: Person, attempt_id: UUID) -> Attempt:
    """One attempt of the learner. Raises NotFound for an unknown one and for everybody else's."""
    # The document of a brief is large, and its parsed form is at hand already.
    rows = Attempt.objects.filter(learner=learner, pk=attempt_id).defer("brief_version__document")
    found = rows.select_related("brief_version", "programme", "submission__decision").first()
    if found is None:
        raise NotFound("there is no such attempt of yours")
    return _as_shown(found)


def _as_shown(attempt: Attempt) -> Attempt:
    if attempt.decided_at is not None and not attempt.programme.shows_results:
        attempt.decided_at = None
    return attempt


def over_with_last_draft(now: datetime) -> list[Attempt]:
    """Attempts whose deadline (and grace) passed within CLOCK_REACH, that nobody submitted, and whose brief
    says that the last draft is submitted then."""
    rows = Attempt.objects.filter(
        submitted_at__isnull=True,
        withdrawn_at__isnull=True,
        voided_at__isnull=True,
        deadline__lte=now,
        deadline__gt=now - CLOCK_REACH,
        brief_version__document__at_deadline__last_draft="submit",
    ).filter(Q(grace_until__isnull=True) | Q(grace_until__lte=now))
    return list(rows.select_related("brief_version").order_by("deadline", "pk"))


def rehearsals_of(attempt: Attempt) -> list[Rehearsal]:
    """All rehearsals of an attempt, the newest first; for its learner alone."""
    return list(Rehearsal.objects.filter(attempt=attempt))
