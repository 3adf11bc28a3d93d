"""What operators take along as tables: one row an attempt, a check, a decision, a model call.

Only released knowledge: scores stand in `decisions`, which holds what is signed, and nowhere else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F, QuerySet

from jobtwin.core.attempt import attempt_state
from jobtwin.core.errors import NotFound, Refused
from jobtwin.store.models import Attempt, CheckRecord, Decision, ModelCall, Programme

MAX_EXPORT_ROWS = 100_000
"""Rows of one export; `since` makes it smaller."""

Cell = UUID | str | int | float | bool | Decimal | datetime | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns by name and type, in order."""

    name: str
    columns: dict[str, type]
    of: Callable[[QuerySet[Programme], datetime, datetime], Iterator[Row]]


def export_rows(
    name: str, programmes: QuerySet[Programme], *, since: datetime, now: datetime
) -> tuple[Table, list[Row]]:
    """The rows of a table that are as old as `since` at most, the oldest first.

    Raises NotFound for a table that is none, and Refused beyond MAX_EXPORT_ROWS.
    """
    if name not in TABLES:
        raise NotFound(f"there is no table {name}; there are {', '.join(TABLES)}")
    rows: list[Row] = []
    for row in TABLES[name].of(programmes, since, now):
        if len(rows) == MAX_EXPORT_ROWS:
            raise Refused(
                f"an export has at most {MAX_EXPORT_ROWS:,} rows; choose a later first day",
                code="too_many_rows",
            )
        rows.append(row)
    return TABLES[name], rows


def _attempts(programmes: QuerySet[Programme], since: datetime, now: datetime) -> Iterator[Row]:
    rows = Attempt.objects.filter(programme__in=programmes, calibration=False, started_at__gte=since)
    for one in rows.select_related("programme", "learner", "brief_version").order_by("started_at", "pk"):
        yield (
            one.pk,
            one.programme.slug,
            one.brief_id,
            one.brief_version.version,
            one.learner.email,
            attempt_state(one.facts, now=now).value,
            one.started_at,
            one.deadline,
            one.submitted_at,
            one.verified_at,
            one.decided_at,
        )


def _checks(programmes: QuerySet[Programme], since: datetime, _now: datetime) -> Iterator[Row]:
    rows = CheckRecord.objects.filter(
        submission__attempt__programme__in=programmes,
        submission__attempt__calibration=False,
        recorded_at__gte=since,
    ).order_by("recorded_at", "pk")
    return rows.values_list(
        "submission__attempt_id", "check_id", "verdict", "reason", "seconds", "engine", "recorded_at"
    ).iterator()


def _decisions(programmes: QuerySet[Programme], since: datetime, _now: datetime) -> Iterator[Row]:
    rows = Decision.objects.filter(
        submission__attempt__programme__in=programmes,
        submission__attempt__calibration=False,
        signed_at__gte=since,
    ).order_by("signed_at", "pk")
    return rows.values_list("submission__attempt_id", "route", "overall", "passed", "signed_at").iterator()


def _model_calls(programmes: QuerySet[Programme], since: datetime, _now: datetime) -> Iterator[Row]:
    rows = ModelCall.objects.filter(
        submission__attempt__programme__in=programmes, submission__attempt__calibration=False, at__gte=since
    )
    return (
        rows.annotate(attempt=F("submission__attempt_id"))
        .order_by("at", "pk")
        .values_list(
            "attempt",
            "model",
            "criterion",
            "outcome",
            "requests",
            "cached",
            "tokens_in",
            "tokens_out",
            "cost",
            "seconds",
            "at",
        )
        .iterator()
    )


TABLES = {
    one.name: one
    for one in (
        Table(
            "attempts",
            {
                "attempt": UUID,
                "programme": str,
                "brief": str,
                "version": int,
                "learner": str,
                "state": str,
                "started_at": datetime,
                "deadline": datetime,
                "submitted_at": datetime,
                "verified_at": datetime,
                "decided_at": datetime,
            },
            _attempts,
        ),
        Table(
            "checks",
            {
                "attempt": UUID,
                "check": str,
                "verdict": str,
                "reason": str,
                "seconds": float,
                "engine": str,
                "recorded_at": datetime,
            },
            _checks,
        ),
        Table(
            "decisions",
            {"attempt": UUID, "route": str, "overall": Decimal, "passed": bool, "signed_at": datetime},
            _decisions,
        ),
        Table(
            "model-calls",
            {
                "attempt": UUID,
                "model": str,
                "criterion": str,
                "outcome": str,
                "requests": int,
                "cached": bool,
                "tokens_in": int,
                "tokens_out": int,
                "cost": Decimal,
                "seconds": float,
                "at": datetime,
            },
            _model_calls,
        ),
    )
}
