"""What would have changed an outcome, exactly: its distance from the pass mark, dimension by dimension."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from jobtwin.core.brief import GRID, Brief
from jobtwin.core.mark import Scores, weighted_average


@dataclass(frozen=True, slots=True)
class Lever:
    """One dimension: `needed` is the least score on the 0.05 grid that alone would have passed, None where
    even 1.00 would not; on a pass, the least that would still have passed."""

    dimension: str
    score: Decimal
    needed: Decimal | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The distance from the pass mark (never below 0) and what each dimension alone could have done."""

    passed: bool
    distance: Decimal
    levers: tuple[Lever, ...]


def outcome_of(brief: Brief, scores: Scores) -> Outcome:
    """The outcome of decided scores."""
    missing = brief.rubric.pass_mark - weighted_average(brief, scores)
    levers = tuple(
        Lever(one.id, scores[one.id], _needed(scores[one.id], one.weight, missing))
        for one in brief.rubric.dimensions
    )
    return Outcome(missing <= 0, abs(missing), levers)


def _needed(score: Decimal, weight: Decimal, missing: Decimal) -> Decimal | None:
    if weight == 0:
        return None
    steps = ((score + missing / weight) / GRID).to_integral_value(rounding=ROUND_CEILING)
    needed = max(Decimal(0), steps * GRID).quantize(Decimal("0.01"))
    return needed if needed <= 1 else None
