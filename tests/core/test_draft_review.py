"""Bounds that no draft may leave."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.brief import GRID
from jobtwin.core.criterion import Criterion
from jobtwin.core.draft_review import CriterionReview, Finding, bounds, clamp, on_grid, review_brief
from tests.exams import small_brief

KINDS = st.sampled_from(["check", "prose"])


@st.composite
def judged(draw: st.DrawFn) -> tuple[list[Criterion], dict[str, Finding]]:
    listed = [
        Criterion(
            id=f"c{number}",
            text="A statement to check.",
            evidence=kind,
            check="F1" if kind == "check" else None,
            weight=draw(st.integers(1, 10)),
        )
        for number, kind in enumerate(draw(st.lists(KINDS, min_size=1, max_size=12)))
    ]
    return listed, {one.id: draw(st.sampled_from(Finding)) for one in listed}


@given(judged())
def test_bounds_stand_on_the_grid_between_zero_and_one(
    case: tuple[list[Criterion], dict[str, Finding]],
) -> None:
    lower, upper = bounds(*case)
    assert 0 <= lower <= upper <= 1
    assert lower % GRID == 0 == upper % GRID


@given(judged())
def test_bounds_never_exceed_what_the_facts_carry(case: tuple[list[Criterion], dict[str, Finding]]) -> None:
    criteria, verdicts = case
    total = sum(one.weight for one in criteria)
    met = Fraction(sum(one.weight for one in criteria if verdicts[one.id] is Finding.MET), total)
    open_ = Fraction(sum(one.weight for one in criteria if verdicts[one.id] is not Finding.NOT_MET), total)
    lower, upper = bounds(criteria, verdicts)
    assert Fraction(lower) <= met
    assert Fraction(upper) <= open_
    only_prose = all(one.evidence == "prose" for one in criteria if verdicts[one.id] is Finding.UNCLEAR)
    if only_prose:
        assert Fraction(upper) <= met + Fraction(1, 4)


@given(judged(), st.decimals(-2, 3, places=3))
def test_a_clamped_score_stays_inside_and_on_the_grid(
    case: tuple[list[Criterion], dict[str, Finding]], proposed: Decimal
) -> None:
    lower, upper = bounds(*case)
    score = clamp(proposed, lower=lower, upper=upper)
    assert lower <= score <= upper
    assert score % GRID == 0


def test_without_any_verdict_a_dimension_scores_nothing() -> None:
    (quality, _) = review_brief(small_brief(), {})
    assert quality.lower == quality.score == Decimal(0)
    assert quality.upper == Decimal("0.90"), "two thirds and a quarter, down to the grid"


def test_met_criteria_raise_the_lower_bound() -> None:
    reviews = {"quality.tests": CriterionReview("quality.tests", Finding.MET)}
    (quality, _) = review_brief(small_brief(), reviews)
    assert quality.lower == on_grid(Fraction(1, 3)) == Decimal("0.30")
