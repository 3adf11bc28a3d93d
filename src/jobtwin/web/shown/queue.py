"""The rows of the mentor's queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jobtwin.store.models import BriefVersion, Decision, Mark, Submission
from jobtwin.store.queries.desk import due_from
from jobtwin.web.shown.time import duration, time_left


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A submission that may be claimed."""

    submission: Submission
    title: str
    age: str
    refuted: bool


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """An own mark: where it stands, and the time until the seal is due while it is unsealed."""

    mark: Mark
    title: str
    step: str
    due: datetime | None
    left: str
    late: bool
    refuted: bool


def waiting_rows(waiting: list[Submission], now: datetime) -> list[WaitingRow]:
    """Rows with the age since submission; `waiting` comes from `waiting_with_flags`."""
    return [
        WaitingRow(
            one,
            one.attempt.brief_version.document["title"],
            duration(now - one.submitted_at),
            vars(one)["refuted"],
        )
        for one in waiting
    ]


def claim_rows(
    claims: list[Mark], both: set[UUID], decisions: Mapping[UUID, Decision], now: datetime
) -> list[ClaimRow]:
    """Rows of the own claims; `claims` comes from `claims_with_dates`, each brief is parsed once."""
    _share_briefs(claims)
    return [_claim_row(one, both, decisions, now) for one in claims]


def _claim_row(mark: Mark, both: set[UUID], decisions: Mapping[UUID, Decision], now: datetime) -> ClaimRow:
    due = due_from(vars(mark)["first_claim"], mark) if mark.sealed_at is None else None
    return ClaimRow(
        mark,
        mark.submission.attempt.brief_version.brief.title,
        _step(mark, both, decisions.get(mark.submission_id)),
        due,
        time_left(due, now) if due else "",
        due is not None and now >= due,
        vars(mark)["refuted"],
    )


def _step(mark: Mark, both: set[UUID], decision: Decision | None) -> str:
    if mark.sealed_at is None:
        return "to be marked"
    if mark.submission_id not in both:
        return "sealed; the marks are compared once both mentors have sealed"
    if decision is None:
        return "the marks are apart" if mark.seat < 3 else "sealed"
    if decision.signed_at is not None:
        return "decided and signed"
    return "to be signed by you" if mark.seat == 1 else "waits for the first mentor's signature"


def _share_briefs(claims: list[Mark]) -> None:
    kept: dict[int, BriefVersion] = {}
    for mark in claims:
        attempt = mark.submission.attempt
        attempt.brief_version = kept.setdefault(attempt.brief_version_id, attempt.brief_version)
