"""Where mentors stand: calibration from stored facts alone, per mentor and brief."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from jobtwin.core.calibration import CalibrationRun, CalibrationStatus, DriftWindow, calibration_status, drift
from jobtwin.core.errors import NotFound
from jobtwin.core.gold import DEFAULT_POLICY, CalibrationPolicy, GoldMark, shortfall
from jobtwin.store.models import (
    CalibrationCase,
    CalibrationOpening,
    GoldSubmission,
    Mark,
    Person,
    Programme,
    Role,
    Submission,
)
from jobtwin.store.queries.programme import programmes_with

Programmes = QuerySet[Programme] | Sequence[Programme]


def gold_set(brief_id: str, programmes: Programmes) -> list[GoldSubmission]:
    """The gold submissions of a brief in these programmes that are in use, the oldest first."""
    rows = GoldSubmission.objects.filter(brief_id=brief_id, retired_at__isnull=True)
    own = rows.filter(submission__attempt__programme__in=programmes)
    return list(own.select_related("submission__attempt").order_by("made_at", "pk"))


def is_required(brief_id: str, programmes: Programmes, policy: CalibrationPolicy) -> bool:
    """Whether mentors of this brief must be in rotation: only a gold set that can decide may say so."""
    agreed = [exact(gold.agreed) for gold in gold_set(brief_id, programmes)]
    return shortfall(agreed, policy=policy) is None


def marked_in(mentor: Person) -> QuerySet[Programme]:
    """The programmes in which somebody mentors."""
    return programmes_with(mentor, Role.MENTOR).order_by()


def gold_of(operator: Person, submission_id: UUID) -> Submission:
    """A submission of a programme that this operator operates. Raises NotFound for every other one."""
    own = programmes_with(operator, Role.OPERATOR).order_by()
    rows = Submission.objects.filter(pk=submission_id, attempt__programme__in=own)
    found = rows.select_related("attempt", "gold", "decision").first()
    if found is None:
        raise NotFound("there is no such submission in your programmes")
    return found


def exact(scores: dict[str, str]) -> dict[str, Decimal]:
    """Stored scores as decimals."""
    return {dimension: Decimal(text) for dimension, text in scores.items()}


def status_of(
    mentor: Person, brief_id: str, now: datetime, policy: CalibrationPolicy = DEFAULT_POLICY
) -> CalibrationStatus:
    """Where a mentor stands at `now` for a brief."""
    openings = CalibrationOpening.objects.filter(mentor=mentor, brief_id=brief_id)
    return _status(list(openings), _cases(mentor, brief_id), now, policy)


def drift_of(
    mentor: Person, brief_id: str, policy: CalibrationPolicy = DEFAULT_POLICY
) -> tuple[DriftWindow, ...]:
    """Agreement with gold over time: a window ending at each sealed control."""
    return drift(
        [mark for case, mark in _marked(_cases(mentor, brief_id)) if not case.opening_id], policy=policy
    )


def open_cases(mentor: Person, brief_id: str) -> int:
    """How many cases of runs the mentor has still to seal; a claim that ended is not given again."""
    return sum(
        case.opening_id is not None and not _sealed(case) and not case.submission.ended_claims.all()
        for case in _cases(mentor, brief_id)
    )


def briefs_with_gold(programmes: Programmes) -> list[str]:
    """Briefs that have a gold submission in use in these programmes, by id."""
    rows = GoldSubmission.objects.filter(
        retired_at__isnull=True, submission__attempt__programme__in=programmes
    )
    return list(rows.order_by("brief_id").values_list("brief_id", flat=True).distinct())


def calibrated_mentors(brief_id: str, programmes: Programmes) -> QuerySet[Person]:
    """Everybody who was ever given a gold submission of this brief in these programmes, by address."""
    given = CalibrationCase.objects.filter(
        gold__brief_id=brief_id, submission__attempt__programme__in=programmes
    )
    return Person.objects.filter(pk__in=given.values("mentor")).order_by("email")


def _cases(mentor: Person, brief_id: str) -> list[CalibrationCase]:
    rows = CalibrationCase.objects.filter(mentor=mentor, gold__brief_id=brief_id)
    return list(rows.select_related("gold").prefetch_related("submission__marks", "submission__ended_claims"))


def _status(
    openings: list[CalibrationOpening],
    cases: list[CalibrationCase],
    now: datetime,
    policy: CalibrationPolicy,
) -> CalibrationStatus:
    marked = _marked(cases)
    runs = [
        CalibrationRun(
            one.opened_at,
            frozenset(str(case.gold_id) for case in cases if case.opening_id == one.pk),
            tuple(mark for case, mark in marked if case.opening_id == one.pk),
        )
        for one in openings
    ]
    controls = [mark for case, mark in marked if case.opening_id is None]
    return calibration_status(runs=runs, controls=controls, now=now, policy=policy)


def _marked(cases: Iterable[CalibrationCase]) -> list[tuple[CalibrationCase, GoldMark]]:
    return [
        (case, GoldMark(str(case.gold_id), mark.sealed_at, mark.exact_scores(), exact(case.gold.agreed)))
        for case in cases
        for mark in _sealed(case)
        if mark.sealed_at is not None
    ]


def _sealed(case: CalibrationCase) -> list[Mark]:
    return [
        mark for mark in case.submission.marks.all() if mark.sealed_at and mark.mentor_id == case.mentor_id
    ]
