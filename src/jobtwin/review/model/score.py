"""Scores: what a model's verdicts may move, inside the bounds that code has set and nowhere else."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from jobtwin.core.brief import Brief, Dimension
from jobtwin.core.draft_review import (
    PROSE_CEILING,
    CriterionReview,
    DimensionReview,
    DraftReview,
    Finding,
    clamp,
    on_grid,
)


def with_verdicts(draft: DraftReview, brief: Brief, decided: Mapping[str, CriterionReview]) -> DraftReview:
    """The draft with a model's reviews in place of unclear ones; bounds stay to the digit as code set them.

    Reviews of criteria that code decided, or that await a check, are not taken over.
    """
    described = {dimension.id: dimension for dimension in brief.rubric.dimensions}
    moved = tuple(_moved(one, described[one.id], decided) for one in draft.dimensions)
    return replace(draft, dimensions=moved)


def _moved(
    review: DimensionReview, dimension: Dimension, decided: Mapping[str, CriterionReview]
) -> DimensionReview:
    checked = {criterion.id for criterion in dimension.criteria if criterion.evidence == "check"}
    criteria = tuple(
        decided.get(one.id, one) if one.verdict is Finding.UNCLEAR and one.id not in checked else one
        for one in review.criteria
    )
    before = {one.id: one.verdict for one in review.criteria}
    after = {one.id: one.verdict for one in criteria}
    score = clamp(_value(dimension, before, after), lower=review.lower, upper=review.upper)
    return replace(review, criteria=criteria, score=score)


def _value(dimension: Dimension, before: Mapping[str, Finding], after: Mapping[str, Finding]) -> Decimal:
    """Code's share and the model's; what only prose supports adds at most `PROSE_CEILING`."""
    total = sum(criterion.weight for criterion in dimension.criteria)
    sure = prose = Fraction(0)
    for criterion in dimension.criteria:
        if after[criterion.id] is not Finding.MET:
            continue
        if before[criterion.id] is Finding.UNCLEAR and criterion.evidence == "prose":
            prose += Fraction(criterion.weight, total)
        else:
            sure += Fraction(criterion.weight, total)
    return on_grid(sure + min(prose, PROSE_CEILING))
