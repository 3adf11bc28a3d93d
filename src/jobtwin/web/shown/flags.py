"""What stands at the top of the mentor's page, whatever else the page shows."""

from dataclasses import dataclass, field
from datetime import datetime

from jobtwin.store.models import DraftReviewRecord, Submission
from jobtwin.web.shown.check import CheckRow

MAX_GUARD_FLAGS = 20


@dataclass(frozen=True, slots=True)
class GuardFlag:
    """Lines that the guard wants a person to look at; line 0 means the name of the file itself."""

    reason: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Flags:
    """Everything that a mentor has to know before reading on."""

    forced: bool
    force_reason: str
    refuted: list[CheckRow]
    tampered: list[CheckRow]
    bending: list[CheckRow]
    development_source: bool
    by_clock: datetime | None = None
    guard: list[GuardFlag] = field(default_factory=list)
    guard_left_out: int = 0

    def __bool__(self) -> bool:
        return (
            self.forced
            or self.development_source
            or self.by_clock is not None
            or bool(self.refuted or self.tampered or self.bending or self.guard)
        )


def flags_of(submission: Submission, checks: list[CheckRow], draft: DraftReviewRecord | None) -> Flags:
    """The flags of a submission from its row, its checks and the guard's findings."""
    raw = draft.document.get("flags", []) if draft else []
    return Flags(
        forced=submission.forced,
        force_reason=submission.force_reason,
        refuted=[one for one in checks if one.record is not None and one.record.verdict == "refuted"],
        tampered=[one for one in checks if one.tampered],
        bending=[one for one in checks if one.able_to_bend],
        development_source=submission.development_source,
        by_clock=submission.by_clock_at,
        guard=[_guard_flag(one) for one in raw[:MAX_GUARD_FLAGS]],
        guard_left_out=max(0, len(raw) - MAX_GUARD_FLAGS),
    )


def _guard_flag(raw: dict[str, object]) -> GuardFlag:
    line = raw.get("line_start")
    return GuardFlag(
        str(raw.get("reason", "")), str(raw.get("path", "")), line if isinstance(line, int) else 0
    )
