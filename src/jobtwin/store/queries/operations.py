"""What an operator sees: counts and lists, no marks."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from jobtwin.core.attempt import AttemptState
from jobtwin.store.models import Attempt, BriefVersion, Person


def attempt_counts(now: datetime) -> dict[AttemptState, int]:
    """How many attempts stand in each state at `now` (as `core.attempt.attempt_state` says it)."""
    decided = Q(decided_at__isnull=False)
    submitted = Q(submitted_at__isnull=False)
    verified = Q(verified_at__isnull=False)
    counts: dict[str, int] = Attempt.objects.aggregate(
        open=Count("pk", filter=~decided & ~submitted & Q(deadline__gt=now)),
        expired=Count("pk", filter=~decided & ~submitted & Q(deadline__lte=now)),
        submitted=Count("pk", filter=~decided & submitted & ~verified),
        marking=Count("pk", filter=~decided & submitted & verified),
        decided=Count("pk", filter=decided),
    )
    return {AttemptState(state): count for state, count in counts.items()}


def newest_attempts() -> QuerySet[Attempt]:
    """All attempts, the newest first."""
    return Attempt.objects.select_related("learner", "brief_version").order_by("-started_at", "pk")


def everybody() -> QuerySet[Person]:
    """All people with their memberships, by address."""
    return Person.objects.prefetch_related("memberships").order_by("email")


def all_briefs() -> QuerySet[BriefVersion]:
    """All published versions, the newest of each brief first."""
    return BriefVersion.objects.order_by("brief_id", "-version")
