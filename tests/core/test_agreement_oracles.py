"""Agreement held against scikit-learn and krippendorff on random data."""

from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jobtwin.core.agreement import weighted_kappa
from jobtwin.core.alpha import Level, krippendorff_alpha
from jobtwin.core.statistic import Estimate, StatisticSettings, Undefined

pytestmark = pytest.mark.oracle  # large packages, installed for this comparison only

RANDOM = Random(1)  # noqa: S311  statistics, no secrets
SHORT = StatisticSettings(least=10, resamples=200)
STEP = st.integers(0, 20)
TABLES = st.integers(2, 5).flatmap(
    lambda raters: st.lists(
        st.lists(st.none() | STEP, min_size=raters, max_size=raters), min_size=20, max_size=50
    )
)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(STEP, STEP), min_size=10, max_size=100))
def test_weighted_kappa_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    from sklearn.metrics import cohen_kappa_score

    found = weighted_kappa(pairs, settings=SHORT)
    if len({one for pair in pairs for one in pair}) == 1:
        assert found == Undefined(len(pairs))
        return
    left, right = zip(*pairs, strict=True)
    expected = cohen_kappa_score(left, right, labels=list(range(21)), weights="quadratic")
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(expected, abs=1e-9)


@settings(deadline=None, max_examples=300)
@given(TABLES, st.sampled_from(Level))
def test_alpha_is_that_of_krippendorff(table: list[list[int | None]], level: Level) -> None:
    import krippendorff
    import numpy as np

    found = krippendorff_alpha(table, level=level, random=RANDOM, settings=SHORT)
    assume(isinstance(found, Estimate))
    assert isinstance(found, Estimate)
    data = np.array(table, dtype=float).T
    expected = krippendorff.alpha(
        data, level_of_measurement=level.value, value_domain=[float(step) for step in range(21)]
    )
    assert found.value == pytest.approx(expected, abs=1e-9)
