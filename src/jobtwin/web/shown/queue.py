"""The rows of the mentor's queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_noop

from jobtwin.core.claim import Clock
from jobtwin.store.models import Decision, Mark, Submission
from jobtwin.web.shown.time import duration, time_left

FLAGS = (
    ("forced", gettext_noop("submitted in spite of a no")),
    ("refuted", gettext_noop("a check is refuted")),
    ("tampering", gettext_noop("tampering")),
    ("guard", gettext_noop("text for graders")),
)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A submission that may be claimed."""

    submission: Submission
    title: str
    age: str
    time: timedelta
    flags: list[str]


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """An own mark: where it stands, and the time until the seal is due while it is unsealed; `both` says that
    its mentor may compare the marks."""

    mark: Mark
    title: str
    step: str
    due: datetime | None
    left: str
    late: bool
    flags: list[str]
    both: bool = False


def waiting_rows(waiting: list[Submission], now: datetime) -> list[WaitingRow]:
    """Rows with the age since submission; `waiting` comes from `waiting_with_flags`."""
    return [
        WaitingRow(
            one,
            one.attempt.brief_version.document["title"],
            duration(now - one.submitted_at),
            timedelta(hours=one.attempt.brief_version.document["marking"]["sla_hours"]),
            _flags(one, one),
        )
        for one in waiting
    ]


def open_rows(claims: list[Mark], clocks: Mapping[int, Clock], now: datetime) -> list[ClaimRow]:
    """Rows of the unsealed claims with their clocks."""
    return [
        ClaimRow(
            mark,
            _title(mark),
            gettext_noop("to be marked"),
            clocks[mark.pk].due,
            time_left(clocks[mark.pk].due, now),
            clocks[mark.pk].overdue(now),
            _flags(mark, mark.submission),
        )
        for mark in claims
    ]


def sealed_rows(
    claims: list[Mark], both: set[UUID], decisions: Mapping[UUID, Decision], signers: Mapping[UUID, int]
) -> list[ClaimRow]:
    """Rows of the sealed marks: what becomes of them."""
    return [
        ClaimRow(
            mark,
            _title(mark),
            _step(mark, both, decisions.get(mark.submission_id), signers.get(mark.submission_id)),
            None,
            "",
            late=False,
            flags=_flags(mark, mark.submission),
            both=mark.seat <= 3 and mark.submission_id in both,
        )
        for mark in claims
    ]


def _step(mark: Mark, both: set[UUID], decision: Decision | None, signer: int | None) -> str:
    if mark.seat > 3:
        return gettext_noop("an appeal; sealed by you")
    if mark.submission_id not in both:
        return gettext_noop("sealed; the marks are compared once both mentors have sealed")
    if decision is None:
        return gettext_noop("the marks are apart") if mark.seat < 3 else gettext_noop("sealed")
    if decision.signed_at is not None:
        return gettext_noop("decided and signed")
    return (
        gettext_noop("to be signed by you")
        if signer == mark.mentor_id
        else gettext_noop("waits for the first mentor's signature")
    )


def _title(mark: Mark) -> str:
    title: str = mark.submission.attempt.brief_version.document["title"]
    return title


def _flags(annotated: object, submission: Submission) -> list[str]:
    """Words of what stands at the top of the desk; annotations come from `store.queries.desk.with_flags`."""
    found = vars(annotated) | {"forced": submission.forced}
    return [words for name, words in FLAGS if found[name]]
