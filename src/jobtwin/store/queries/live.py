"""An exam while it runs, for who operates its programmes: counts and times. No score and no comment.

Every function is one or two queries, whatever the programmes hold.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncHour

from jobtwin.store.models import Attempt, Credential, Draft, Mark, ModelCall, Programme
from jobtwin.store.queries.claim import clocks
from jobtwin.store.queries.oversight import in_marking_of, marks_with_mentors

HOURS = 24
"""How many hours back and ahead are told."""
CLOCKED = 500
"""Submissions in marking whose clocks are read, the oldest first: only they can be late."""
COST_DAYS = 30


@dataclass(frozen=True, slots=True)
class Verification:
    """`by_hour`: submissions verified in each of the last HOURS hours, by its start, empty ones included;
    `waiting`: submitted and not verified yet, the first of them since `oldest`."""

    by_hour: dict[datetime, int]
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class MarkingClocks:
    """Submissions in marking by how much of their time has passed, of the CLOCKED oldest ones.

    `read` of them were looked at; `begun`: less than half has passed; `half`, `three_quarters` and
    `nine_tenths` are the instants of the reminders; `late`: all has.
    """

    read: int
    begun: int
    half: int
    three_quarters: int
    nine_tenths: int
    late: int


@dataclass(frozen=True, slots=True)
class ModelCost:
    """What one model was asked in the last COST_DAYS days; `cost` in US dollars, None without a price."""

    model: str
    calls: int
    cached: int
    tokens_in: int
    tokens_out: int
    cost: Decimal | None


def funnel(programmes: QuerySet[Programme]) -> dict[str, int]:
    """How many attempts came how far, from the start to the credential; voided ones are left out."""
    saved = Exists(Draft.objects.filter(attempt=OuterRef("pk")))
    holds = Exists(Credential.objects.filter(attempt=OuterRef("pk"), revoked_at__isnull=True))
    signed = Q(submission__decision__signed_at__isnull=False)
    counts: dict[str, int] = (
        _attempts(programmes)
        .filter(voided_at__isnull=True)
        .aggregate(
            started=Count("pk"),
            saved=Count("pk", filter=saved | Q(submitted_at__isnull=False)),
            submitted=Count("pk", filter=Q(submitted_at__isnull=False)),
            verified=Count("pk", filter=Q(verified_at__isnull=False)),
            decided=Count("pk", filter=signed),
            passed=Count("pk", filter=signed & Q(submission__decision__passed=True)),
            certified=Count("pk", filter=Q(holds)),
        )
    )
    return counts


def verification(programmes: QuerySet[Programme], now: datetime) -> Verification:
    """Throughput of verification, and what waits for it, at `now`."""
    hour = _hour(now)
    first = hour - timedelta(hours=HOURS - 1)
    rows = _by_hour(_attempts(programmes).filter(verified_at__gte=first, verified_at__lte=now), "verified_at")
    by_hour = {one: rows[one] for one in _hours(first)}
    waiting = _attempts(programmes).filter(
        submitted_at__isnull=False,
        verified_at__isnull=True,
        voided_at__isnull=True,
        submission__isnull=False,
    )
    told = waiting.aggregate(count=Count("pk"), oldest=Min("submitted_at"))
    return Verification(by_hour, told["count"], told["oldest"])


def deadlines(programmes: QuerySet[Programme], now: datetime) -> dict[datetime, int]:
    """Open attempts by the hour in which they end, for this hour and those ahead; empty ones included."""
    end = _hour(now) + timedelta(hours=HOURS)
    running = _attempts(programmes).filter(
        deadline__gt=now,
        deadline__lt=end,
        submitted_at__isnull=True,
        withdrawn_at__isnull=True,
        voided_at__isnull=True,
    )
    rows = _by_hour(running, "deadline")
    return {one: rows[one] for one in _hours(_hour(now))}


def marking_clocks(programmes: QuerySet[Programme], now: datetime) -> MarkingClocks:
    """How far the clocks of what is being marked have run at `now`, pauses left out."""
    held = list(in_marking_of(programmes)[:CLOCKED])
    marks = marks_with_mentors(held)
    times = clocks(marks)
    nearest = {
        submission: min((times[mark.pk] for mark in group), key=lambda clock: clock.due)
        for submission, group in _grouped(marks).items()
    }
    passed = Counter("late" if one.overdue(now) else one.reminder(now) for one in nearest.values())
    return MarkingClocks(len(nearest), passed[None], passed[50], passed[75], passed[90], passed["late"])


def model_costs(programmes: QuerySet[Programme], now: datetime) -> list[ModelCost]:
    """What drafts by models cost, by model; who asked most comes first."""
    rows = (
        ModelCall.objects.filter(
            submission__attempt__programme__in=programmes, at__gt=now - timedelta(days=COST_DAYS)
        )
        .exclude(model="")
        .values_list("model")
        .annotate(
            calls=Count("pk"),
            kept=Count("pk", filter=Q(cached=True)),
            into=Sum("tokens_in"),
            out=Sum("tokens_out"),
            paid=Sum("cost"),
        )
        .order_by("-calls", "model")
    )
    return [ModelCost(*row) for row in rows]


def _grouped(marks: Iterable[Mark]) -> dict[UUID, list[Mark]]:
    found: dict[UUID, list[Mark]] = {}
    for mark in marks:
        found.setdefault(mark.submission_id, []).append(mark)
    return found


def _attempts(programmes: QuerySet[Programme]) -> QuerySet[Attempt]:
    return Attempt.objects.filter(programme__in=programmes, calibration=False)


def _by_hour(rows: QuerySet[Attempt], column: str) -> Counter[datetime]:
    counted = rows.values_list(TruncHour(column, tzinfo=UTC)).annotate(count=Count("pk")).order_by()
    return Counter(dict(counted))


def _hour(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _hours(first: datetime) -> list[datetime]:
    return [first + timedelta(hours=number) for number in range(HOURS)]
