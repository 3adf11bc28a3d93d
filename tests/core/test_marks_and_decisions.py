"""Scores, averages and reconciliation, in exact decimals."""

from decimal import Decimal
from fractions import Fraction
from statistics import median

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jobtwin.core.brief import parse_brief
from jobtwin.core.decision import (
    Decision,
    Route,
    SealedMark,
    Step,
    disagreement,
    reconcile,
    reconcile_three,
    resolve,
)
from jobtwin.core.errors import BadScore
from jobtwin.core.mark import parse_score, parse_scores, passes, weighted_average
from tests.exams import STEPS, any_scores, brief_document, dimension, scores_for, small_brief

BRIEF = small_brief()
SCORES = any_scores(BRIEF)
WIDE = parse_brief(
    brief_document(rubric={"pass_mark": "0.75", "tolerance": "0.10", "dimensions": [dimension("only", "1")]})
)


@given(st.decimals(-1, 2, places=3) | st.text(max_size=8))
def test_a_score_is_accepted_exactly_on_the_grid(raw: Decimal | str) -> None:
    try:
        value = Decimal(raw)
    except ArithmeticError:
        value = None
    if value is not None and value in STEPS:
        assert parse_score(raw) == value
    else:
        with pytest.raises(BadScore):
            parse_score(raw)


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "1e-2", "0.07", "-0.05", "1.05", "", "٠.٥x"])
def test_what_is_no_score_is_refused(raw: str) -> None:
    with pytest.raises(BadScore):
        parse_score(raw)


def test_scores_must_be_for_exactly_the_dimensions() -> None:
    with pytest.raises(BadScore, match="no score for reflection"):
        parse_scores(BRIEF, {"quality": "0.5"})
    with pytest.raises(BadScore, match="no dimension extra"):
        parse_scores(BRIEF, {"quality": "0.5", "reflection": "0.5", "extra": "0.5"})


def test_seventy_five_hundredths_exactly_passes_and_a_step_less_does_not() -> None:
    assert passes(BRIEF, scores_for(BRIEF, "0.75"))
    assert not passes(BRIEF, {"quality": Decimal("0.75"), "reflection": Decimal("0.70")})
    assert weighted_average(BRIEF, scores_for(BRIEF, "0.75")) == Decimal("0.75")


@given(SCORES)
def test_the_average_is_exact(scores: dict[str, Decimal]) -> None:
    exact = sum(Fraction(one.weight) * Fraction(scores[one.id]) for one in BRIEF.rubric.dimensions)
    assert Fraction(weighted_average(BRIEF, scores)) == exact
    assert passes(BRIEF, scores) == (exact >= Fraction(3, 4))


@given(SCORES, SCORES)
def test_reconciliation_agrees_with_a_plain_reference(
    first: dict[str, Decimal], second: dict[str, Decimal]
) -> None:
    close = all(abs(Fraction(first[one]) - Fraction(second[one])) <= Fraction(1, 10) for one in first)
    same_side = passes(BRIEF, first) == passes(BRIEF, second)
    decision = reconcile(BRIEF, first, second)
    assert (decision is not None) == (close and same_side)
    assert bool(disagreement(BRIEF, first, second)) == (decision is None)
    if decision is not None:
        assert all(
            Fraction(decision.scores[one]) * 2 == Fraction(first[one]) + Fraction(second[one])
            for one in first
        )
        assert decision.passed == passes(BRIEF, first)


@given(SCORES, SCORES)
def test_the_order_of_the_mentors_does_not_matter(
    first: dict[str, Decimal], second: dict[str, Decimal]
) -> None:
    assert reconcile(BRIEF, first, second) == reconcile(BRIEF, second, first)


def test_a_mean_is_not_rounded_to_the_grid_where_that_would_pass_a_learner_both_failed() -> None:
    low, high = {"only": Decimal("0.70")}, {"only": Decimal("0.75")}
    assert reconcile(WIDE, low, high) is None, "astride the pass mark"
    both_below = reconcile(WIDE, {"only": Decimal("0.65")}, {"only": Decimal("0.70")})
    assert both_below is not None
    assert both_below.scores == {"only": Decimal("0.675")}
    assert not both_below.passed


@given(SCORES, SCORES, SCORES)
def test_three_marks_decide_by_the_median(
    first: dict[str, Decimal], second: dict[str, Decimal], third: dict[str, Decimal]
) -> None:
    decision = reconcile_three(BRIEF, first, second, third)
    assert decision.route is Route.MEDIAN_OF_THREE
    assert decision.scores == {one: median([first[one], second[one], third[one]]) for one in first}


@given(SCORES, SCORES, SCORES, SCORES, SCORES)
def test_the_next_step_is_always_known(
    first: dict[str, Decimal],
    second: dict[str, Decimal],
    third: dict[str, Decimal],
    first_revised: dict[str, Decimal],
    second_revised: dict[str, Decimal],
) -> None:
    assume(disagreement(BRIEF, first, second))
    assert resolve(BRIEF, [SealedMark(first)]) is Step.MARK
    assert resolve(BRIEF, [SealedMark(first), SealedMark(second)]) is Step.DISCUSS
    assert resolve(BRIEF, [SealedMark(first, first_revised), SealedMark(second)]) is Step.DISCUSS
    both = [SealedMark(first, first_revised), SealedMark(second, second_revised)]
    discussed = resolve(BRIEF, both)
    if disagreement(BRIEF, first_revised, second_revised):
        assert discussed is Step.THIRD_MENTOR
        final = resolve(BRIEF, [*both, SealedMark(third)])
        assert isinstance(final, Decision)
        assert final.route is Route.MEDIAN_OF_THREE
    else:
        assert isinstance(discussed, Decision)
        assert discussed.route is Route.DISCUSSED


def test_marks_that_agree_need_no_discussion() -> None:
    agreed = resolve(BRIEF, [SealedMark(scores_for(BRIEF, "0.80")), SealedMark(scores_for(BRIEF, "0.85"))])
    assert isinstance(agreed, Decision)
    assert agreed.route is Route.MEAN
    assert agreed.overall == Decimal("0.825")
