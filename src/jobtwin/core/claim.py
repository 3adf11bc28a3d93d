"""Claims: the clock from a mentor's claim to the sign-off, computed from stored instants and never stored.

The clock of a submission starts with its first claim. Whoever claims later has the same end, and so has the
signature. Pauses (holidays, an illness, a mentor who is gone) do not count; each is a row with a reason, so
the end moves by computation. A timer only sends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

REMINDERS = (50, 75, 90)
"""After how much of the time, in percent, a mentor is reminded."""


class Ending(StrEnum):
    """How a claim ended without a seal, or why a mentor never makes one."""

    RELEASED = "released"
    CONFLICT = "conflict"
    OVERDUE = "overdue"
    REASSIGNED = "reassigned"


ENDINGS = {
    Ending.RELEASED: "you released it",
    Ending.CONFLICT: "you declared a conflict of interest",
    Ending.OVERDUE: "it was not sealed in time",
    Ending.REASSIGNED: "an operator gave it to another mentor",
}
"""How a claim ended, as its mentor is told."""
TAKEN_OUT = "it was taken out of marking"
"""What the mentor of a calibration copy is told when the copy is erased."""


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """How many unsealed claims one mentor may hold, and how long after its end a claim stays with them."""

    load: int = 8
    grace: timedelta = timedelta(hours=48)


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """A time that does not count: from `start` until before `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of one submission: from `start`, for `span` that counts, past its pauses."""

    start: datetime
    span: timedelta
    pauses: tuple[Pause, ...] = ()

    @property
    def counts_from(self) -> datetime:
        """The first instant that counts: later than `start` where the clock was started anew."""
        return self.after(timedelta())

    @property
    def due(self) -> datetime:
        """When the marks are due to be sealed, and the decision to be signed."""
        return self.after(self.span)

    def after(self, counted: timedelta) -> datetime:
        """The first instant at which so much time has counted; of no time at all, the first that counts."""
        at, left = self.start, counted
        for pause in merged(self.pauses):
            if pause.end <= at:
                continue
            if at + left < pause.start or (left and at + left == pause.start):
                break
            if pause.start > at:
                left -= pause.start - at
            at = pause.end
        return at + left

    def counted(self, now: datetime) -> timedelta:
        """How much time has counted at `now`."""
        paused = sum(
            (
                min(pause.end, now) - max(pause.start, self.start)
                for pause in merged(self.pauses)
                if pause.start < now and pause.end > self.start
            ),
            timedelta(),
        )
        return max(now - self.start - paused, timedelta())

    def reminder(self, now: datetime) -> int | None:
        """The latest reminder that is due at `now`, in percent; None before the first."""
        passed = [percent for percent in REMINDERS if now >= self.after(self.span * percent / 100)]
        return passed[-1] if passed else None

    def overdue(self, now: datetime) -> bool:
        """True from the due instant on."""
        return now >= self.due


def clock_of(
    own_claim: datetime, first_claim: datetime, span: timedelta, pauses: Sequence[Pause] = ()
) -> Clock:
    """A mentor's clock: from the earlier of the own claim and the first one."""
    return Clock(min(own_claim, first_claim), span, tuple(pauses))


def merged(pauses: Sequence[Pause]) -> list[Pause]:
    """The same time as pauses that do not meet, in order: no time is left out twice."""
    found: list[Pause] = []
    for pause in sorted(pauses):
        if found and pause.start <= found[-1].end:
            found[-1] = Pause(found[-1].start, max(found[-1].end, pause.end))
        else:
            found.append(pause)
    return found
