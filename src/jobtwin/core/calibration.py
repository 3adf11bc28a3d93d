"""Calibration: whether a mentor's marks of gold submissions keep that mentor in rotation.

A new mentor marks a run of gold submissions; afterwards a seeded share of the mentor's work is gold
as well (controls), not to be told from the rest. A finished run lets a mentor in or out by its value.
Controls are looked at again and again, and by chance a good mentor is below the floor at one look of
many: they take a mentor out only where the whole interval is below it.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from jobtwin.core.gold import (
    DEFAULT_POLICY,
    CalibrationPolicy,
    GoldMark,
    Judgement,
    Ruling,
    first_marks,
    judge,
)
from jobtwin.core.statistic import Estimate

LEAST_SEED = 16


@dataclass(frozen=True, slots=True)
class CalibrationRun:
    """The gold submissions that a mentor was given at `opened_at`, and the marks sealed so far."""

    opened_at: datetime
    gold: frozenset[str]
    marks: tuple[GoldMark, ...] = ()

    def counted(self) -> list[GoldMark]:
        return first_marks(mark for mark in self.marks if mark.gold in self.gold)

    @property
    def finished_at(self) -> datetime | None:
        """When the last of its gold submissions was marked; None while one is missing."""
        counted = self.counted()
        return counted[-1].at if counted and len(counted) == len(self.gold) else None


class Rotation(StrEnum):
    """Whether a mentor is given submissions. RECALIBRATING: out, with an open run."""

    IN = "in"
    OUT = "out"
    RECALIBRATING = "recalibrating"


class Cause(StrEnum):
    """Why a mentor is in or out of rotation."""

    NEVER_CALIBRATED = "never_calibrated"
    CALIBRATED = "calibrated"
    BELOW_FLOOR = "below_floor"
    DRIFTED = "drifted"


@dataclass(frozen=True, slots=True)
class CalibrationStatus:
    """Where a mentor stands, why, since when, and the judgement that put the mentor there."""

    rotation: Rotation
    cause: Cause
    since: datetime | None = None
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True)
class DriftWindow:
    """The judgement of the gold submissions that were marked from `start` to `end`."""

    start: datetime
    end: datetime
    judgement: Judgement


def calibration_status(
    *,
    runs: Iterable[CalibrationRun],
    controls: Iterable[GoldMark],
    now: datetime,
    policy: CalibrationPolicy = DEFAULT_POLICY,
) -> CalibrationStatus:
    """Where a mentor stands at `now`, from stored facts alone; the order they come in does not matter.

    A finished run decides, in or out. In rotation, the controls sealed since that run are judged at each
    new one; surely below the floor is out. Only a later finished run leads back: controls marked while out
    do not count. What decides nothing leaves a mentor where that mentor was.
    """
    opened = [run for run in runs if run.opened_at <= now]
    finished = [(end, run) for run in opened if (end := run.finished_at) is not None and end <= now]
    finished.sort(key=lambda one: (one[0], one[1].opened_at, sorted(one[1].gold)))
    marked = sorted((one for one in controls if one.at <= now), key=lambda one: (one.at, one.gold))
    status = CalibrationStatus(Rotation.OUT, Cause.NEVER_CALIBRATED)
    for place, (end, run) in enumerate(finished):
        until = finished[place + 1][0] if place + 1 < len(finished) else None
        status = _after_run(status, run, end, policy)
        if status.rotation is Rotation.IN:
            status = _after_controls(status, marked, until, policy)
    if status.rotation is Rotation.OUT and len(finished) < len(opened):
        return CalibrationStatus(Rotation.RECALIBRATING, status.cause, status.since, status.judgement)
    return status


def _after_run(
    status: CalibrationStatus, run: CalibrationRun, end: datetime, policy: CalibrationPolicy
) -> CalibrationStatus:
    judgement = judge(run.counted(), policy=policy)
    if judgement.ruling is Ruling.MEETS:
        return CalibrationStatus(Rotation.IN, Cause.CALIBRATED, end, judgement)
    if judgement.ruling is Ruling.BELOW:
        return CalibrationStatus(Rotation.OUT, Cause.BELOW_FLOOR, end, judgement)
    return status


def _after_controls(
    status: CalibrationStatus, marked: Sequence[GoldMark], until: datetime | None, policy: CalibrationPolicy
) -> CalibrationStatus:
    since = [one for one in marked if status.since is None or one.at > status.since]
    due = [one for one in since if until is None or one.at <= until]
    for window in drift(due, policy=policy):
        if _surely_below(window.judgement, policy):
            return CalibrationStatus(Rotation.OUT, Cause.DRIFTED, window.end, window.judgement)
    return status


def _surely_below(judgement: Judgement, policy: CalibrationPolicy) -> bool:
    shown = judgement.shown
    return judgement.ruling is Ruling.BELOW and isinstance(shown, Estimate) and shown.upper < policy.floor


def drift(
    marks: Iterable[GoldMark], *, policy: CalibrationPolicy = DEFAULT_POLICY
) -> tuple[DriftWindow, ...]:
    """A window ending at each mark: the last `window_submissions` that are no older than `window`.

    Of a gold submission that came back, the window holds the latest mark.
    """
    ordered = sorted(marks, key=lambda one: (one.at, one.gold))
    windows = []
    for place, last in enumerate(ordered):
        held: dict[str, GoldMark] = {}
        for mark in reversed(ordered[: place + 1]):
            if len(held) == policy.window_submissions or mark.at <= last.at - policy.window:
                break
            held.setdefault(mark.gold, mark)
        start = min(mark.at for mark in held.values())
        windows.append(DriftWindow(start, last.at, judge(held.values(), policy=policy)))
    return tuple(windows)


def is_control(submission_id: str, *, seed: bytes, share: Decimal) -> bool:
    """Whether the place of this submission in a mentor's work is taken by a gold one.

    The same answer for the same seed; HMAC-SHA256 under a secret seed of 16 bytes or more, so that
    nobody without it can tell. Raises ValueError for a shorter one.
    """
    if len(seed) < LEAST_SEED:
        raise ValueError(f"a seed has {LEAST_SEED} bytes or more")
    number = int.from_bytes(hmac.digest(seed, submission_id.encode(), hashlib.sha256))
    return number < Fraction(share) * 2**256
