"""Draft reviews: verdicts per criterion, and the bounds that code puts around every dimension.

    lower = weight of the criteria met by code
    upper = lower + weight of the unclear ones (those that only prose supports add at most 0.25)

Both are rounded down to the 0.05 grid, so that a draft never claims more than the facts carry. The
score is the lower bound; a model may move it inside [lower, upper] and nowhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from fractions import Fraction

from jobtwin.core.brief import GRID, Brief, Dimension
from jobtwin.core.criterion import Criterion
from jobtwin.core.evidence import Citation

PROSE_CEILING = Fraction(1, 4)


class Finding(StrEnum):
    """What a draft says of a criterion; `unclear` is an honest answer."""

    MET = "met"
    NOT_MET = "not_met"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class CriterionReview:
    """One criterion: the finding, verified citations, and a short note in plain words."""

    id: str
    verdict: Finding
    citations: tuple[Citation, ...] = ()
    note: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "verdict": self.verdict.value,
            "citations": [citation.as_json() for citation in self.citations],
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class DimensionReview:
    """One dimension: bounds and score on the 0.05 grid in [0, 1]."""

    id: str
    weight: Decimal
    lower: Decimal
    upper: Decimal
    score: Decimal
    criteria: tuple[CriterionReview, ...]

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "weight": float(self.weight),
            "lower": float(self.lower),
            "upper": float(self.upper),
            "score": float(self.score),
            "criteria": [criterion.as_json() for criterion in self.criteria],
        }


@dataclass(frozen=True, slots=True)
class DraftReview:
    """A whole draft of one commit under one brief; `model` is "none" where no model was asked."""

    source: str
    commit: str
    brief: str
    model: str
    dimensions: tuple[DimensionReview, ...]
    flags: tuple[Mapping[str, object], ...] = ()
    usage: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The form that `jobtwin draft --json` prints."""
        return {
            "source": self.source,
            "commit": self.commit,
            "brief": self.brief,
            "model": self.model,
            "dimensions": [dimension.as_json() for dimension in self.dimensions],
            "overall": {
                name: float(sum((d.weight * getattr(d, name) for d in self.dimensions), Decimal(0)))
                for name in ("lower", "upper", "score")
            },
            "flags": [dict(flag) for flag in self.flags],
            "usage": dict(self.usage),
        }


def bounds(criteria: Iterable[Criterion], verdicts: Mapping[str, Finding]) -> tuple[Decimal, Decimal]:
    """[lower, upper] on the 0.05 grid from code's verdicts; a criterion without verdict is unclear."""
    listed = tuple(criteria)
    total = sum(criterion.weight for criterion in listed)
    met = prose = other = Fraction(0)
    for criterion in listed:
        share = Fraction(criterion.weight, total)
        verdict = verdicts.get(criterion.id, Finding.UNCLEAR)
        if verdict is Finding.MET:
            met += share
        elif verdict is Finding.UNCLEAR and criterion.evidence == "prose":
            prose += share
        elif verdict is Finding.UNCLEAR:
            other += share
    return on_grid(met), on_grid(met + other + min(prose, PROSE_CEILING))


def on_grid(value: Fraction) -> Decimal:
    """The largest multiple of 0.05 that is not above `value`."""
    steps = value / Fraction(GRID)
    return (Decimal(steps.numerator // steps.denominator) * GRID).quantize(Decimal("0.01"))


def clamp(value: Decimal, *, lower: Decimal, upper: Decimal) -> Decimal:
    """`value` moved into [lower, upper] and down to the 0.05 grid (both bounds stand on it)."""
    stepped = (value / GRID).to_integral_value(rounding=ROUND_FLOOR) * GRID
    return min(max(stepped, lower), upper)


def review_dimension(dimension: Dimension, reviews: Mapping[str, CriterionReview]) -> DimensionReview:
    """A dimension from code's reviews of its criteria, scored at the lower bound."""
    verdicts = {review.id: review.verdict for review in reviews.values()}
    lower, upper = bounds(dimension.criteria, verdicts)
    listed = tuple(
        reviews.get(criterion.id, CriterionReview(criterion.id, Finding.UNCLEAR))
        for criterion in dimension.criteria
    )
    return DimensionReview(dimension.id, dimension.weight, lower, upper, lower, listed)


def review_brief(brief: Brief, reviews: Mapping[str, CriterionReview]) -> tuple[DimensionReview, ...]:
    """Every dimension of a brief from code's reviews by criterion id."""
    return tuple(review_dimension(dimension, reviews) for dimension in brief.rubric.dimensions)
