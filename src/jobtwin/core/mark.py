"""Marks: one mentor's scores, one per dimension, exact decimals on the 0.05 grid."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from jobtwin.core.brief import GRID, Brief
from jobtwin.core.errors import BadScore

Scores = Mapping[str, Decimal]


def parse_score(raw: str | Decimal) -> Decimal:
    """A score in [0, 1] on the 0.05 grid, with two places. Raises BadScore for anything else."""
    try:
        value = Decimal(raw)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise BadScore(f"not a score: {str(raw)[:20]!r}") from error
    if not value.is_finite() or not 0 <= value <= 1 or value % GRID != 0:
        raise BadScore(f"a score is between 0.00 and 1.00 in steps of {GRID}: {str(raw)[:20]!r}")
    return abs(value).quantize(Decimal("0.01"))


def parse_scores(brief: Brief, raw: Mapping[str, str | Decimal]) -> dict[str, Decimal]:
    """Scores for exactly the dimensions of the brief. Raises BadScore naming what is missing or extra."""
    wanted = [dimension.id for dimension in brief.rubric.dimensions]
    missing = [one for one in wanted if one not in raw]
    extra = sorted(set(raw) - set(wanted))
    if missing:
        raise BadScore(f"no score for {', '.join(missing)}")
    if extra:
        raise BadScore(f"the brief has no dimension {', '.join(extra)}")
    return {one: parse_score(raw[one]) for one in wanted}


def weighted_average(brief: Brief, scores: Scores) -> Decimal:
    """The exact weighted average over the brief's dimensions (never rounded)."""
    return sum((dimension.weight * scores[dimension.id] for dimension in brief.rubric.dimensions), Decimal(0))


def passes(brief: Brief, scores: Scores) -> bool:
    """True at or above the pass mark, exactly."""
    return weighted_average(brief, scores) >= brief.rubric.pass_mark
