"""Gold marks: what they say of a mentor, and when they can say nothing."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings

from jobtwin.core.errors import BadInput, BadScore
from jobtwin.core.gold import (
    CalibrationPolicy,
    GoldMark,
    Ruling,
    guaranteed_kappa,
    judge,
    require_fit,
)
from jobtwin.core.statistic import Estimate, Hidden
from tests.core.golds import (
    DIMENSIONS,
    GOLD,
    GOLD_SETS,
    START,
    Agreed,
    at_the_floor,
    copied,
    off,
    wrong,
)
from tests.exams import STEPS


@settings(deadline=None, max_examples=50)
@given(GOLD_SETS)
def test_the_guarantee_holds_for_the_worst_marks_within_the_tolerance(agreed: Agreed) -> None:
    """Worst: every score drawn towards the mean of its dimension, so that chance explains the most."""
    guaranteed = guaranteed_kappa(agreed, tolerance=Decimal("0.10"))
    means = {one: sum(scores[one] for scores in agreed) / len(agreed) for one in DIMENSIONS}
    drawn = [
        {one: off(scores, -2 if scores[one] > means[one] else 2)[one] for one in DIMENSIONS}
        for scores in agreed
    ]
    marks = [replace(mark, scores=scores) for mark, scores in zip(copied(agreed), drawn, strict=True)]
    kappa = judge(marks).kappa
    assert guaranteed is None or (kappa is not None and kappa >= guaranteed)


def test_gold_without_any_variation_has_no_kappa() -> None:
    same: Agreed = [dict.fromkeys(DIMENSIONS, STEPS[15])] * 6
    found = judge(copied(same))
    assert (found.kappa, found.ruling) == (None, Ruling.TOO_ALIKE)


def test_a_fit_gold_set_is_let_through_and_a_small_one_is_not() -> None:
    require_fit(GOLD)
    with pytest.raises(BadInput, match="6 gold submissions with 30 scores"):
        require_fit(GOLD[:5])


def test_without_marks_there_is_a_judgement_all_the_same() -> None:
    found = judge([])
    assert (found.ruling, found.kappa, found.bias) == (Ruling.TOO_FEW, None, Fraction(0))
    assert found.shown == Hidden(0, 30)


def test_exactly_the_floor_is_enough_and_less_is_not() -> None:
    assert judge(at_the_floor(0)).kappa == Fraction(7, 10)
    assert judge(at_the_floor(0)).ruling is Ruling.MEETS
    assert judge(at_the_floor(1)).ruling is Ruling.BELOW
    assert judge(at_the_floor(1), policy=CalibrationPolicy(floor=Decimal("0.60"))).ruling is Ruling.MEETS


def test_a_gold_submission_marked_twice_counts_once_and_the_first_time() -> None:
    again = [replace(mark, at=mark.at + timedelta(days=9), scores=mark.agreed) for mark in wrong(GOLD)]
    assert judge(wrong(GOLD) + again) == judge(wrong(GOLD))


def test_the_bias_of_a_mentor_is_shown_with_the_judgement() -> None:
    low = [{one: min(score, STEPS[17]) for one, score in scores.items()} for scores in GOLD]
    found = judge(replace(mark, scores=off(mark.agreed, 3)) for mark in copied(low))
    assert found.bias == Fraction(15, 100)
    assert isinstance(found.shown, Estimate)
    assert found.shown.n == found.items == 42


def test_scores_for_other_dimensions_than_the_agreed_ones_are_refused() -> None:
    with pytest.raises(BadScore, match="g1"):
        GoldMark("g1", START, {"design": STEPS[1]}, {"quality": STEPS[1]})


@pytest.mark.parametrize(
    "broken",
    [
        {"floor": Decimal("1.01")},
        {"control_share": Decimal("-0.1")},
        {"least_submissions": 4},
        {"least_items": 29},
        {"window_submissions": 5},
        {"window": timedelta(0)},
    ],
)
def test_a_policy_that_cannot_decide_is_refused(broken: dict[str, Decimal]) -> None:
    with pytest.raises(BadInput):
        CalibrationPolicy(**broken)  # type: ignore[arg-type]  # one field of each type
