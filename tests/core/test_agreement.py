"""Agreement between raters, held against plain references, published examples and recorded results."""

import json
from collections import Counter
from decimal import Decimal
from itertools import permutations
from math import log
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobtwin.core.agreement import ac1, exact_kappa, raw_agreement, weighted_kappa
from jobtwin.core.alpha import Level
from jobtwin.core.errors import BadInput
from jobtwin.core.statistic import (
    Estimate,
    Hidden,
    Reason,
    Undefined,
    t_quantile,
)
from tests.core.ratings import FULL_TABLES, GRID_PAIRS, NO, SHORT, TABLES, Row, alpha, number
from tests.exams import STEPS

# Twelve units and four raters from Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability";
# Gwet uses the same ones in his Handbook of Inter-Rater Reliability (2014).
PUBLISHED: list[Row] = [
    [1, 1, NO, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [NO, 5, 5, 5], [NO, NO, 1, 1], [NO, NO, 3, NO],
]  # fmt: skip
RECORDED: dict[str, list[dict[str, Any]]] = json.loads((Path(__file__).parent / "irrcac.json").read_text())


def plain_alpha(table: list[Row], level: Level) -> float | None:
    """Krippendorff's definition word for word: a coincidence matrix and his three metrics."""
    coincidences: Counter[tuple[int, int]] = Counter()
    for row in table:
        listed = [int(one) for one in row if one is not None]
        for one, other in permutations(listed, 2):
            coincidences[one, other] += 1 / (len(listed) - 1)  # type: ignore[assignment]  # shares of a pair
    margins: Counter[int] = Counter()
    for (one, _), weight in coincidences.items():
        margins[one] += weight

    def distance(one: int, other: int) -> float:
        if level is Level.NOMINAL:
            return float(one != other)
        if level is Level.INTERVAL:
            return float(one - other) ** 2
        between = sum(n for value, n in margins.items() if min(one, other) <= value <= max(one, other))
        return (between - (margins[one] + margins[other]) / 2) ** 2 if one != other else 0.0

    total = sum(margins.values())
    expected = sum(n * m * distance(a, b) for a, n in margins.items() for b, m in margins.items())
    if expected == 0:
        return None
    return 1 - (total - 1) * sum(n * distance(*pair) for pair, n in coincidences.items()) / expected


def plain_kappa(pairs: list[tuple[Decimal, Decimal]]) -> float | None:
    """Cohen's weighted kappa from the 21 by 21 table of the grid."""
    cells = Counter((int(x / Decimal("0.05")), int(y / Decimal("0.05"))) for x, y in pairs)
    rows, columns = Counter[int](), Counter[int]()
    for (x, y), n in cells.items():
        rows[x] += n
        columns[y] += n
    weight = {(x, y): (x - y) ** 2 / 400 for x in range(21) for y in range(21)}
    chance = sum(weight[x, y] * rows[x] * columns[y] / len(pairs) for x in range(21) for y in range(21))
    return None if chance == 0 else 1 - sum(weight[cell] * n for cell, n in cells.items()) / chance


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=10, max_size=80))
def test_ac1_of_two_raters_is_the_formula_of_gwet(pairs: list[tuple[bool, bool]]) -> None:
    agreed = sum(one == other for one, other in pairs) / len(pairs)
    rate = sum(one + other for one, other in pairs) / (2 * len(pairs))
    chance = 2 * rate * (1 - rate)
    found = ac1(pairs, settings=SHORT)
    assert number(found) == pytest.approx((agreed - chance) / (1 - chance), abs=1e-9)


@settings(deadline=None)
@given(GRID_PAIRS)
def test_weighted_kappa_is_that_of_the_21_by_21_table(pairs: list[tuple[Decimal, Decimal]]) -> None:
    expected = plain_kappa(pairs)
    found = weighted_kappa(pairs, settings=SHORT)
    if expected is None:
        assert found == Undefined(len(pairs), Reason.NO_VARIATION)
    else:
        assert number(found) == pytest.approx(expected, abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(TABLES | FULL_TABLES, st.sampled_from(Level))
def test_alpha_is_the_definition_of_krippendorff(table: list[Row], level: Level) -> None:
    found = alpha(table, level)
    paired = [row for row in table if sum(one is not None for one in row) > 1]
    expected = plain_alpha(paired, level)
    if len(paired) < SHORT.least:
        assert found == Hidden(len(paired), SHORT.least)
    elif expected is None:
        assert found == Undefined(len(paired), Reason.NO_VARIATION)
    else:
        assert number(found) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("level", "value"), [(Level.NOMINAL, 0.743), (Level.ORDINAL, 0.815), (Level.INTERVAL, 0.849)]
)
def test_alpha_of_the_published_example(level: Level, value: float) -> None:
    assert number(alpha(PUBLISHED, level)) == pytest.approx(value, abs=5e-4)


def test_ac1_of_the_published_example_with_its_interval() -> None:
    found = ac1(PUBLISHED, categories=(1, 2, 3, 4, 5), settings=SHORT)
    assert isinstance(found, Estimate)
    assert (found.value, found.lower) == pytest.approx((0.77544, 0.46081), abs=1e-5)
    assert (found.upper, found.n) == (1.0, 11)


@pytest.mark.parametrize("case", RECORDED["pass_fail"])
def test_ac1_and_its_interval_are_those_of_irrcac(case: dict[str, Any]) -> None:
    found = ac1(case["rows"], categories=(0, 1))
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(case["ac1"], abs=1e-9)
    assert (found.lower, found.upper) == pytest.approx(case["interval"], abs=1e-8)


@pytest.mark.parametrize("case", RECORDED["steps"])
def test_kappa_its_error_and_alpha_are_those_of_irrcac(case: dict[str, Any]) -> None:
    found = weighted_kappa(case["rows"])
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(case["kappa"], abs=1e-9)
    # Of log(1 - kappa) the ends stand t standard errors away, divided by 1 - kappa.
    width = log((1 - found.lower) / (1 - found.upper))
    error = (1 - found.value) * width / 2 / t_quantile(found.n - 1)
    assert error == pytest.approx(case["error"], abs=1e-9)
    assert number(alpha(case["rows"], Level.INTERVAL)) == pytest.approx(case["alpha"], abs=1e-9)


def test_kappa_fails_where_nearly_all_pass_and_ac1_does_not() -> None:
    pairs = [(True, True)] * 38 + [(True, False)] * 2 + [(False, True)] * 2
    assert number(raw_agreement(pairs)) == pytest.approx(0.905, abs=5e-4)
    assert number(weighted_kappa(pairs)) == pytest.approx(-0.05, abs=1e-9)
    assert number(ac1(pairs)) == pytest.approx(0.895, abs=5e-4)


@settings(deadline=None, max_examples=40)
@given(FULL_TABLES, st.permutations(range(4)))
def test_the_order_of_units_and_raters_changes_nothing(table: list[Row], order: list[int]) -> None:
    turned = [[row[place] for place in order if place < len(row)] for row in reversed(table)]
    for level in Level:
        assert alpha(table, level) == alpha(turned, level)
    assert raw_agreement(table, settings=SHORT) == raw_agreement(turned, settings=SHORT)


def test_a_rater_who_never_varies_has_a_kappa_of_zero() -> None:
    assert number(weighted_kappa([(Decimal("0.75"), STEPS[step % 21]) for step in range(42)])) == 0.0


def test_the_tolerance_itself_is_within_it_and_exactly_so() -> None:
    pairs = [(Decimal("0.30"), Decimal("0.20"))] * 40
    assert number(raw_agreement(pairs, tolerance=Decimal("0.10"))) == 1.0
    assert number(raw_agreement(pairs, tolerance=Decimal("0.0999"))) == 0.0


@pytest.mark.parametrize("categories", [(), (1,), (1, 1)])
def test_ac1_needs_two_categories(categories: tuple[int, ...]) -> None:
    with pytest.raises(BadInput, match="two different"):
        ac1([[1, 1]] * 40, categories=categories)


def test_a_rating_outside_of_the_categories_is_named() -> None:
    with pytest.raises(BadInput, match="7 is none"):
        ac1([[1, 7]] * 40, categories=(0, 1))


@settings(deadline=None)
@given(GRID_PAIRS)
def test_to_know_what_is_usual_in_each_dimension_earns_nothing(pairs: list[tuple[Decimal, Decimal]]) -> None:
    usual = {"easy": Decimal("0.9"), "hard": Decimal("0.2")}
    strata = [[(usual[name], y) for _, y in pairs] for name in usual]
    found = exact_kappa(strata)
    assert found is None or found == 0


@settings(deadline=None)
@given(GRID_PAIRS)
def test_the_same_ratings_in_two_strata_have_the_same_kappa(pairs: list[tuple[Decimal, Decimal]]) -> None:
    assert exact_kappa([pairs, pairs]) == exact_kappa([pairs])
