"""What is shown with a statistic: its interval, or that there are too few items."""

from decimal import Decimal

import pytest
from hypothesis import given, settings

from jobtwin.core.agreement import ac1, exact_kappa, raw_agreement, stratified_kappa, weighted_kappa
from jobtwin.core.alpha import Level, krippendorff_alpha
from jobtwin.core.errors import BadInput
from jobtwin.core.statistic import (
    Estimate,
    Hidden,
    StatisticSettings,
    Undefined,
    mean_of,
    share_of,
    t_quantile,
)
from tests.core.ratings import FULL_TABLES, GRID_PAIRS, SHORT, TABLES, Row, alpha, number, seeded, sides


@settings(deadline=None, max_examples=40)
@given(TABLES | FULL_TABLES, GRID_PAIRS)
def test_every_statistic_is_inside_its_interval_and_no_number_is_missing(
    table: list[Row], pairs: list[tuple[Decimal, Decimal]]
) -> None:
    found = [alpha(table, level) for level in Level]
    found += [ac1(table, categories=(0, 1, 2, 5), settings=SHORT), raw_agreement(table, settings=SHORT)]
    found += [weighted_kappa(pairs, settings=SHORT)]
    for one in found:
        if isinstance(one, Estimate):
            assert one.lower <= one.value <= one.upper <= 1.0 + 1e-9


@pytest.mark.parametrize(
    "table", [[], [[1]] * 50, [[None, None]] * 50, [[1, None]] * 50, [[0, 1]] * 29], ids=len
)
def test_below_thirty_pairs_nothing_is_shown(table: list[Row]) -> None:
    n = sum(None not in row and len(row) > 1 for row in table)
    hidden = Hidden(n, 30)
    assert raw_agreement(table) == ac1(table, categories=(0, 1)) == hidden
    assert krippendorff_alpha(table, level=Level.NOMINAL, random=seeded(1)) == hidden
    assert weighted_kappa([(0, 1)] * 29) == Hidden(29, 30)
    assert share_of(3, 29) == mean_of([1.0] * 29) == Hidden(29, 30)


def test_where_everybody_says_the_same_only_chance_corrected_coefficients_are_undefined() -> None:
    table: list[Row] = [[True, True]] * 40
    assert number(raw_agreement(table)) == number(ac1(table)) == 1.0
    assert weighted_kappa([(1, 1)] * 40) == Undefined(40)
    assert all(alpha(table, level) == Undefined(40) for level in Level)


def test_perfect_agreement_is_not_shown_as_certain() -> None:
    table: list[Row] = [[step % 2, step % 2] for step in range(40)]
    found = [alpha(table, level) for level in Level]
    found += [weighted_kappa([(step % 2, step % 2) for step in range(40)]), raw_agreement(table)]
    for one in found:
        assert isinstance(one, Estimate)
        assert (one.value, one.lower, one.upper) == pytest.approx((1.0, 0.9124, 1.0), abs=1e-4)
    certain = ac1(table, categories=(0, 1))
    assert isinstance(certain, Estimate)
    assert 0.8 < certain.lower < 0.9124


def test_perfect_disagreement_has_a_width_too() -> None:
    found = weighted_kappa([(step % 2, 1 - step % 2) for step in range(40)])
    assert isinstance(found, Estimate)
    assert (found.value, found.lower, found.upper) == pytest.approx((-1.0, -1.0, -0.9124), abs=1e-4)


def test_copies_of_a_rating_do_not_narrow_the_interval() -> None:
    random = seeded(11)
    pairs = [(step % 21, max(0, step % 21 - random.randint(0, 4))) for step in range(40)]
    once = stratified_kappa([{"a": pair} for pair in pairs])
    ten_times = stratified_kappa([{str(copy): pair for copy in range(10)} for pair in pairs])
    assert isinstance(once, Estimate)
    assert isinstance(ten_times, Estimate)
    expected = (once.value, once.lower, once.upper)
    assert (ten_times.value, ten_times.lower, ten_times.upper) == pytest.approx(expected)
    assert (once.n, ten_times.n) == (40, 400)


def test_many_scores_of_four_submissions_are_still_too_few() -> None:
    unit = {str(name): (name % 3, name % 2) for name in range(20)}
    assert stratified_kappa([unit] * 4) == Hidden(80, 30)
    assert isinstance(stratified_kappa([unit] * 5), Estimate)


def test_the_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Truth: the value over 20,000 units. 400 samples of 60 of them, 100 for the bootstrap."""
    random = seeded(5)

    def rating(truth: float) -> int:
        return min(20, max(0, round(truth + random.gauss(0, 2))))

    population = [(rating(truth), rating(truth)) for truth in (random.gauss(13, 4) for _ in range(20_000))]
    exact = exact_kappa([population])
    assert exact is not None
    truths = {"kappa": float(exact), "alpha": float(exact), "ac1": number(ac1(sides(population)))}
    held: dict[str, list[bool]] = {name: [] for name in truths}
    for place in range(400):
        sample = random.sample(population, 60)
        found = {"kappa": weighted_kappa(sample), "ac1": ac1(sides(sample))}
        if place < 100:
            found["alpha"] = alpha([list(pair) for pair in sample], Level.INTERVAL)
        for name, one in found.items():
            assert isinstance(one, Estimate)
            held[name].append(one.lower <= truths[name] <= one.upper)
    shares = {name: sum(listed) / len(listed) for name, listed in held.items()}
    assert all(0.89 <= share <= 0.99 for share in shares.values()), shares


@pytest.mark.parametrize("wrong", [{"least": 9}, {"resamples": 199}, {"resamples": 100_001}])
def test_settings_that_show_chance_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(BadInput):
        StatisticSettings(**wrong)


@pytest.mark.parametrize(("degrees", "value"), [(4, 2.77645), (29, 2.045230), (100, 1.983972)])
def test_students_quantile_is_that_of_the_tables(degrees: int, value: float) -> None:
    assert t_quantile(degrees) == pytest.approx(value, abs=1e-3 if degrees == 4 else 1e-6)
