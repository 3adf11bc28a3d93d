"""Attempts: the clock of an exam. State is computed from stored facts and `now`, never stored."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jobtwin.core.brief import Brief
from jobtwin.core.errors import Conflict, TooLate


class AttemptState(StrEnum):
    """Where an attempt stands at an instant."""

    OPEN = "open"
    EXPIRED = "expired"
    SUBMITTED = "submitted"
    MARKING = "marking"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """The stored instants of an attempt, all from the database's clock."""

    started_at: datetime
    deadline: datetime
    submitted_at: datetime | None = None
    verified_at: datetime | None = None
    decided_at: datetime | None = None


def deadline_for(brief: Brief, started_at: datetime) -> datetime:
    """The hard deadline of an attempt: start plus the brief's time-box."""
    return started_at + brief.time_box


def attempt_state(facts: AttemptFacts, *, now: datetime) -> AttemptState:
    """The state at `now`. An attempt is closed when `now >= deadline`, whether or not a timer fired."""
    if facts.decided_at is not None:
        return AttemptState.DECIDED
    if facts.submitted_at is not None:
        return AttemptState.SUBMITTED if facts.verified_at is None else AttemptState.MARKING
    return AttemptState.OPEN if now < facts.deadline else AttemptState.EXPIRED


def require_open(facts: AttemptFacts, *, now: datetime) -> None:
    """Raises Conflict for a submitted attempt and TooLate at or after the deadline instant."""
    if facts.submitted_at is not None:
        raise Conflict("this attempt has been submitted; a submission cannot be changed")
    if now >= facts.deadline:
        raise TooLate("the deadline has passed; nothing was changed")
