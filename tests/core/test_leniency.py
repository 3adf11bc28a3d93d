"""A model's scores against the mentors': where it is lenient, and how sure that is."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobtwin.core.leniency import ComparedCase, compare_model, compare_scores
from jobtwin.core.statistic import Estimate, Hidden, Statistic
from tests.exams import STEPS, scores_for, small_brief

BRIEF = small_brief()
MARK, TOLERANCE = Decimal("0.75"), Decimal("0.10")
PAIRS = st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(STEPS)), min_size=30, max_size=80)


def number(statistic: Statistic) -> float:
    assert isinstance(statistic, Estimate)
    return statistic.value


@settings(deadline=None)
@given(PAIRS)
def test_bias_shares_and_sides_are_the_plain_counts(pairs: list[tuple[Decimal, Decimal]]) -> None:
    n = len(pairs)
    found = compare_scores(pairs, pass_mark=MARK, tolerance=TOLERANCE)
    assert number(found.bias) == pytest.approx(float(sum(m - d for m, d in pairs)) / n, abs=1e-9)
    assert number(found.above) == len([1 for m, d in pairs if m > d]) / n
    assert number(found.below) == len([1 for m, d in pairs if m < d]) / n
    sides = found.pass_mark
    assert sides.both + sides.model_alone + sides.mentors_alone + sides.neither == n
    assert number(sides.net) == pytest.approx((sides.model_alone - sides.mentors_alone) / n, abs=1e-9)


@settings(deadline=None)
@given(PAIRS)
def test_with_the_roles_turned_round_lenient_is_severe(pairs: list[tuple[Decimal, Decimal]]) -> None:
    found = compare_scores(pairs, pass_mark=MARK, tolerance=TOLERANCE)
    turned = compare_scores([(d, m) for m, d in pairs], pass_mark=MARK, tolerance=TOLERANCE)
    assert (found.above, found.agreement) == (turned.below, turned.agreement)
    assert found.pass_mark.model_alone == turned.pass_mark.mentors_alone
    assert number(found.bias) == pytest.approx(-number(turned.bias), abs=1e-9)


def test_a_lenient_dimension_is_found_and_the_other_is_not_blamed() -> None:
    cases = []
    for step in range(60):
        decided = {"quality": STEPS[step % 16], "reflection": STEPS[step % 16]}
        cases.append(ComparedCase(decided | {"quality": STEPS[step % 16 + step % 4]}, decided))
    found = compare_model(BRIEF, cases)
    assert list(found) == ["quality", "reflection", "overall"]
    quality = found["quality"].bias
    assert isinstance(quality, Estimate)
    assert quality.lower > 0
    assert number(found["reflection"].bias) == 0
    assert number(found["overall"].bias) == pytest.approx(0.6 * quality.value)


def test_the_pass_mark_itself_passes() -> None:
    on_the_mark = ComparedCase(scores_for(BRIEF, "0.75"), scores_for(BRIEF, "0.70"))
    found = compare_model(BRIEF, [on_the_mark] * 40)["overall"].pass_mark
    assert (found.both, found.model_alone, found.mentors_alone, found.neither) == (0, 40, 0, 0)
    assert number(found.lenient) == 1.0
    assert found.severe == Hidden(0, 30)


def test_a_dimension_that_the_model_left_out_counts_for_neither_it_nor_the_overall() -> None:
    whole = ComparedCase(scores_for(BRIEF, "0.5"), scores_for(BRIEF, "0.5"))
    part = ComparedCase({"quality": Decimal("0.5")}, scores_for(BRIEF, "0.5"))
    found = compare_model(BRIEF, [whole] * 2 + [part])
    assert {name: one.n for name, one in found.items()} == {"quality": 3, "reflection": 2, "overall": 2}


def test_of_few_cases_only_the_counts_are_shown() -> None:
    case = ComparedCase(scores_for(BRIEF, "0.9"), scores_for(BRIEF, "0.5"))
    found = compare_model(BRIEF, [case] * 29)["overall"]
    hidden = Hidden(29, 30)
    assert found.bias == found.above == found.below == found.agreement == found.kappa == hidden
    assert found.pass_mark.model_alone == 29


def test_without_any_case_everything_is_hidden() -> None:
    assert compare_model(BRIEF, [])["overall"].bias == Hidden(0, 30)
