"""What an operator sees of their programmes: counts and lists, no marks."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from jobtwin.core.attempt import AttemptState
from jobtwin.core.errors import NotFound
from jobtwin.store.models import Attempt, BriefVersion, Membership, Offer, Person, Programme, Role
from jobtwin.store.queries.programme import programmes_with


def attempt_counts(programmes: QuerySet[Programme], now: datetime) -> dict[AttemptState, int]:
    """How many attempts stand in each state at `now` (as `core.attempt.attempt_state` says it)."""
    voided, withdrawn = Q(voided_at__isnull=False), Q(withdrawn_at__isnull=False)
    stands = ~voided & ~withdrawn
    decided = Q(decided_at__isnull=False)
    submitted = Q(submitted_at__isnull=False)
    verified = Q(verified_at__isnull=False)
    idle = stands & ~decided & ~submitted
    in_grace = Q(deadline__lte=now, grace_until__gt=now)
    rows = Attempt.objects.filter(programme__in=programmes, calibration=False)
    counts: dict[str, int] = rows.aggregate(
        open=Count("pk", filter=idle & Q(deadline__gt=now)),
        grace=Count("pk", filter=idle & in_grace),
        expired=Count("pk", filter=idle & Q(deadline__lte=now) & ~in_grace),
        submitted=Count("pk", filter=stands & ~decided & submitted & ~verified),
        marking=Count("pk", filter=stands & ~decided & submitted & verified),
        decided=Count("pk", filter=stands & decided),
        withdrawn=Count("pk", filter=withdrawn & ~voided),
        voided=Count("pk", filter=voided),
    )
    return {AttemptState(state): count for state, count in counts.items()}


def newest_attempts(operator: Person) -> QuerySet[Attempt]:
    """All attempts of their programmes, the newest first."""
    rows = Attempt.objects.filter(programme__in=_own(operator), calibration=False)
    return rows.select_related("learner", "brief_version", "programme").order_by("-started_at", "pk")


def everybody(operator: Person) -> QuerySet[Person]:
    """All people with a role or an attempt in their programmes, with those roles, by address."""
    own = _own(operator)
    members = Membership.objects.filter(programme__in=own).values("person")
    learners = Attempt.objects.filter(programme__in=own).values("learner")
    held = Membership.objects.filter(programme__in=own).select_related("programme").order_by("pk")
    people = Person.objects.filter(Q(pk__in=members) | Q(pk__in=learners))
    return people.prefetch_related(Prefetch("memberships", held)).order_by("email")


def attempt_to_operate(operator: Person, attempt_id: UUID) -> Attempt:
    """One attempt of their programmes. Raises NotFound for every other one, there or not."""
    rows = newest_attempts(operator).select_related("voided_by").prefetch_related("extensions__granted_by")
    found = rows.filter(pk=attempt_id).first()
    if found is None:
        raise NotFound("there is no such attempt in your programmes")
    return found


def all_briefs(operator: Person) -> QuerySet[BriefVersion]:
    """All versions that their programmes offer or offered, the newest of each brief first."""
    offered = Offer.objects.filter(programme__in=_own(operator)).values("brief_version")
    return every_version().filter(pk__in=offered)


def every_version() -> QuerySet[BriefVersion]:
    """All published versions, the newest of each brief first."""
    return BriefVersion.objects.select_related("published_by", "retired_by").order_by("brief_id", "-version")


def own_version(operator: Person, brief_id: str, version: int) -> BriefVersion:
    """A version that their programmes offer or offered. Raises NotFound for every other one."""
    found = all_briefs(operator).filter(brief_id=brief_id, version=version).first()
    if found is None:
        raise NotFound("there is no such version in your programmes")
    return found


def operators_of(programmes: Iterable[int]) -> dict[int, list[Person]]:
    """Who operates each of these programmes with an account that is open, by the programme's id."""
    rows = Membership.objects.filter(
        programme__in=set(programmes), role=Role.OPERATOR, person__is_active=True
    )
    found: dict[int, list[Person]] = {}
    for row in rows.select_related("person").order_by("person"):
        found.setdefault(row.programme_id, []).append(row.person)
    return found


def _own(operator: Person) -> QuerySet[Programme]:
    return programmes_with(operator, Role.OPERATOR).order_by()
