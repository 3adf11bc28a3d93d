"""Gold submissions: what a mentor's marks of them say, and whether they can say anything.

A gold submission has agreed marks. One rule judges: quadratic weighted kappa against the agreed
marks, chance reckoned within every dimension, computed exactly, at or above the floor. Gold marks
that are too few or too alike decide nothing: kappa would then fail a good mentor. `require_fit` says
so of a gold set before anybody marks it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from jobtwin.core.agreement import LEAST_UNITS, Pair, exact_kappa, stratified_kappa
from jobtwin.core.errors import BadInput, BadScore
from jobtwin.core.mark import Scores
from jobtwin.core.statistic import DEFAULT, Statistic


@dataclass(frozen=True, slots=True)
class CalibrationPolicy:
    """When marks of gold submissions decide, and what for.

    `floor`: least kappa. `tolerance`: distance at which two scores still count as agreeing; gold sets are
    chosen so that who is never farther off stays above the floor. `least_items` scores of at least
    `least_submissions` submissions decide. `control_share` of a mentor's work are controls; drift is looked
    for in the last `window_submissions` of them that are no older than `window`.
    """

    floor: Decimal = Decimal("0.70")
    tolerance: Decimal = Decimal("0.10")
    least_items: int = 30
    least_submissions: int = 6
    control_share: Decimal = Decimal("0.10")
    window_submissions: int = 10
    window: timedelta = timedelta(days=180)

    def __post_init__(self) -> None:
        for name in ("floor", "tolerance", "control_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise BadInput(f"{name} is between 0 and 1, not {getattr(self, name)}")
        if self.least_submissions < LEAST_UNITS or self.least_items < DEFAULT.least:
            raise BadInput(
                f"a calibration takes {LEAST_UNITS} gold submissions with {DEFAULT.least} scores or more"
            )
        if self.window_submissions < self.least_submissions:
            raise BadInput("the drift window holds fewer gold submissions than a decision takes")
        if self.window <= timedelta(0):
            raise BadInput("the drift window has no length")


DEFAULT_POLICY = CalibrationPolicy()


@dataclass(frozen=True, slots=True)
class GoldMark:
    """A mentor's sealed scores of the gold submission `gold`, and the agreed ones. Raises BadScore
    where they are not for the same dimensions."""

    gold: str
    at: datetime
    scores: Scores
    agreed: Scores

    def __post_init__(self) -> None:
        if not self.scores or set(self.scores) != set(self.agreed):
            raise BadScore(f"the scores of gold submission {self.gold} are not for its dimensions")

    def pairs(self) -> dict[str, Pair]:
        return {one: (self.scores[one], self.agreed[one]) for one in self.scores}


class Ruling(StrEnum):
    """What marks of gold submissions say of a mentor; the last two say nothing."""

    MEETS = "meets"
    BELOW = "below"
    TOO_FEW = "too_few"
    TOO_ALIKE = "too_alike"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What decided (`kappa`, exact; None where no score differs from another) and what is shown.

    `bias` is the mean of mentor minus agreed, for people to see: it decides nothing.
    """

    ruling: Ruling
    kappa: Fraction | None
    shown: Statistic
    bias: Fraction
    items: int
    submissions: int


def first_marks(marks: Iterable[GoldMark]) -> list[GoldMark]:
    """In order of time, each gold submission once: to mark it again shows memory, not agreement."""
    seen: dict[str, GoldMark] = {}
    for mark in sorted(marks, key=lambda one: (one.at, one.gold, sorted(one.scores.items()))):
        seen.setdefault(mark.gold, mark)
    return list(seen.values())


def guaranteed_kappa(agreed: Sequence[Scores], *, tolerance: Decimal) -> Fraction | None:
    """A kappa that nobody who is within the tolerance on every score can miss; None without variation.

    Such marks have at most tolerance^2 to be observed a score. With d the distance of an agreed score
    from the mean of its dimension, chance has at least d^2 + max(d - tolerance, 0)^2 to offer.
    """
    by_dimension: dict[str, list[Fraction]] = {}
    for scores in agreed:
        for dimension, given in scores.items():
            by_dimension.setdefault(dimension, []).append(Fraction(given))
    within, expected = Fraction(tolerance), Fraction(0)
    for listed in by_dimension.values():
        middle = sum(listed, Fraction(0)) / len(listed)
        for score in listed:
            distance = abs(score - middle)
            expected += distance**2 + max(distance - within, Fraction(0)) ** 2
    items = sum(map(len, by_dimension.values()))
    return None if expected == 0 else 1 - within**2 * items / expected


def shortfall(agreed: Sequence[Scores], *, policy: CalibrationPolicy = DEFAULT_POLICY) -> Ruling | None:
    """TOO_FEW or TOO_ALIKE where agreed marks cannot decide, None where they can."""
    if len(agreed) < policy.least_submissions or sum(map(len, agreed)) < policy.least_items:
        return Ruling.TOO_FEW
    guaranteed = guaranteed_kappa(agreed, tolerance=policy.tolerance)
    if guaranteed is None or guaranteed < Fraction(policy.floor):
        return Ruling.TOO_ALIKE
    return None


def require_fit(agreed: Sequence[Scores], *, policy: CalibrationPolicy = DEFAULT_POLICY) -> None:
    """Raises BadInput where these agreed marks could not tell a good mentor from chance."""
    match shortfall(agreed, policy=policy):
        case Ruling.TOO_FEW:
            raise BadInput(
                f"a calibration takes {policy.least_submissions} gold submissions with "
                f"{policy.least_items} scores in all, not {len(agreed)} with {sum(map(len, agreed))}"
            )
        case Ruling.TOO_ALIKE:
            raise BadInput(
                "the gold submissions are too much alike: a mentor who is never off by more than "
                f"{policy.tolerance} could stay below {policy.floor}; add weaker or stronger ones"
            )


def judge(marks: Iterable[GoldMark], *, policy: CalibrationPolicy = DEFAULT_POLICY) -> Judgement:
    """The rule of this module over marks in any order, each gold submission counted once."""
    counted = first_marks(marks)
    units = [mark.pairs() for mark in counted]
    strata: dict[str, list[Pair]] = {}
    for unit in units:
        for one, pair in unit.items():
            strata.setdefault(one, []).append(pair)
    pairs = [pair for listed in strata.values() for pair in listed]
    kappa = exact_kappa(strata.values())
    ruling = shortfall([mark.agreed for mark in counted], policy=policy)
    if ruling is None:
        ruling = Ruling.MEETS if kappa is not None and kappa >= Fraction(policy.floor) else Ruling.BELOW
    over = sum((Fraction(own) - Fraction(agreed) for own, agreed in pairs), Fraction(0))
    bias = over / max(len(pairs), 1)
    return Judgement(ruling, kappa, stratified_kappa(units), bias, len(pairs), len(counted))
