"""Attempts: the clock of an exam. State is computed from stored facts and `now`, never stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate

from jobtwin.core.brief import Brief, Window
from jobtwin.core.errors import BadInput, Conflict, Refused, TooLate


class AttemptState(StrEnum):
    """Where an attempt stands at an instant. `grace`: only what was saved can still be submitted."""

    OPEN = "open"
    GRACE = "grace"
    EXPIRED = "expired"
    SUBMITTED = "submitted"
    MARKING = "marking"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """The stored instants of an attempt, all from the database's clock.

    `window_ends` holds the end of every window in the order of the brief, the last one being the
    deadline; it is empty where the brief has no windows. `grace_until` stands where a submission was tried
    before the deadline and the brief names a grace.
    """

    started_at: datetime
    deadline: datetime
    submitted_at: datetime | None = None
    verified_at: datetime | None = None
    decided_at: datetime | None = None
    window_ends: tuple[datetime, ...] = ()
    grace_until: datetime | None = None
    withdrawn_at: datetime | None = None
    voided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WindowTimes:
    """A window of an attempt: open from `opens_at` on, and closed from `ends_at` on."""

    window: Window
    opens_at: datetime
    ends_at: datetime

    def is_open(self, now: datetime) -> bool:
        """True from the first instant to the last before the end."""
        return self.opens_at <= now < self.ends_at

    def is_over(self, now: datetime) -> bool:
        """True from the end on."""
        return now >= self.ends_at


def deadline_for(brief: Brief, started_at: datetime) -> datetime:
    """The hard deadline of an attempt: start plus the brief's time-box."""
    return started_at + brief.time_box


def window_ends_for(brief: Brief, started_at: datetime) -> tuple[datetime, ...]:
    """The end of every window, in order; empty where the brief has none."""
    minutes = accumulate(window.minutes for window in brief.windows)
    return tuple(started_at + timedelta(minutes=total) for total in minutes)


def windows_of(brief: Brief, facts: AttemptFacts) -> tuple[WindowTimes, ...]:
    """The windows of an attempt with their instants; each opens where the one before it ends."""
    opens = (facts.started_at, *facts.window_ends)
    return tuple(
        WindowTimes(window, start, end)
        for window, start, end in zip(brief.windows, opens, facts.window_ends, strict=False)
    )


def attempt_state(facts: AttemptFacts, *, now: datetime) -> AttemptState:
    """The state at `now`. An attempt is closed when `now >= deadline`, whether or not a timer fired."""
    if facts.voided_at is not None:
        return AttemptState.VOIDED
    if facts.withdrawn_at is not None:
        return AttemptState.WITHDRAWN
    if facts.decided_at is not None:
        return AttemptState.DECIDED
    if facts.submitted_at is not None:
        return AttemptState.SUBMITTED if facts.verified_at is None else AttemptState.MARKING
    if now < facts.deadline:
        return AttemptState.OPEN
    in_grace = facts.grace_until is not None and now < facts.grace_until
    return AttemptState.GRACE if in_grace else AttemptState.EXPIRED


def require_open(facts: AttemptFacts, *, now: datetime) -> None:
    """Raises Conflict for a submitted attempt, TooLate at or after the deadline instant, Refused where
    the attempt was withdrawn or voided."""
    _require_undecided(facts)
    if now >= facts.deadline:
        raise TooLate("the deadline has passed; nothing was changed")


def require_submittable_now(brief: Brief, facts: AttemptFacts, *, now: datetime) -> None:
    """As `require_open`, but until the end of the grace where one was given.

    Raises Refused before the last window opens: a submission is for good, and what follows would be lost.
    """
    _require_undecided(facts)
    if attempt_state(facts, now=now) is AttemptState.EXPIRED:
        raise TooLate("the deadline has passed; nothing was changed")
    times = windows_of(brief, facts)
    if times and now < times[-1].opens_at:
        raise Refused(
            f"you submit in the last window, {times[-1].window.title}, which is not open yet",
            code="window_closed",
        )


def _require_undecided(facts: AttemptFacts) -> None:
    if facts.voided_at is not None:
        raise Refused("this attempt was voided by an operator; nothing was changed", code="voided")
    if facts.withdrawn_at is not None:
        raise Refused("you withdrew from this attempt; nothing was changed", code="withdrawn")
    if facts.submitted_at is not None:
        raise Conflict("this attempt has been submitted; a submission cannot be changed")


def with_grace(brief: Brief, facts: AttemptFacts, *, now: datetime) -> AttemptFacts:
    """The facts after a submission was tried at `now` and failed for a reason outside: the brief's grace
    begins, once, if the deadline was not over by then."""
    if now >= facts.deadline or not brief.upload_grace:
        return facts
    return replace(facts, grace_until=facts.deadline + brief.upload_grace)


def extended(
    brief: Brief,
    facts: AttemptFacts,
    *,
    by: timedelta,
    window: str | None,
    granted: timedelta,
    now: datetime,
) -> AttemptFacts:
    """The facts with every lock that depends on a window moved together by `by`.

    `window` is the id of the window that becomes longer: its end, the ends of all that follow, the
    deadline and a grace move. None means the one that is open at `now`, or the last one once all are over.
    `granted` is what earlier extensions of this attempt came to. Raises Conflict for a submitted attempt,
    Refused beyond the brief's limit or where all would be over all the same, BadInput for an unknown window.
    """
    _require_undecided(facts)
    limit = brief.time_box * brief.extensions.max_percent / 100
    if granted + by > limit:
        raise Refused(
            f"this exam allows {_minutes(limit)} minutes of extensions; {_minutes(granted)} are granted",
            code="extension_limit",
        )
    first = _index_of(windows_of(brief, facts), window, now)
    ends = tuple(end + by if index >= first else end for index, end in enumerate(facts.window_ends))
    deadline = facts.deadline + by
    if now >= deadline:
        raise Refused(
            f"the deadline passed {_minutes(now - facts.deadline)} minutes ago, so that this extension "
            "opens nothing; grant more",
            code="extension_too_short",
        )
    grace = facts.grace_until + by if facts.grace_until is not None else None
    return replace(facts, deadline=deadline, window_ends=ends, grace_until=grace)


def _index_of(times: Sequence[WindowTimes], window: str | None, now: datetime) -> int:
    if window is None:
        return next((n for n, one in enumerate(times) if not one.is_over(now)), max(0, len(times) - 1))
    ids = [one.window.id for one in times]
    if window not in ids:
        raise BadInput(f"this exam has no window {window}" + (f"; it has {', '.join(ids)}" if ids else ""))
    return ids.index(window)


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60
