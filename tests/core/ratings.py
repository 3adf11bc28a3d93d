"""Tables of ratings that tests build."""

from random import Random

from hypothesis import strategies as st

from jobtwin.core.agreement import Rating
from jobtwin.core.alpha import Level, krippendorff_alpha
from jobtwin.core.statistic import (
    Estimate,
    Statistic,
    StatisticSettings,
)
from tests.exams import STEPS

Row = list[Rating | None]
NO = None
SHORT = StatisticSettings(least=10, resamples=200)
GRID_PAIRS = st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(STEPS)), min_size=10, max_size=60)
TABLES = st.integers(1, 4).flatmap(
    lambda raters: st.lists(
        st.lists(st.sampled_from([None, 0, 1, 2, 5]), min_size=raters, max_size=raters), max_size=60
    )
)
FULL_TABLES = st.integers(2, 4).flatmap(
    lambda raters: st.lists(
        st.lists(st.sampled_from([None, 0, 1, 1, 2, 5]), min_size=raters, max_size=raters),
        min_size=20,
        max_size=60,
    )
)


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311  statistics, no secrets


def number(statistic: Statistic) -> float:
    assert isinstance(statistic, Estimate)
    return statistic.value


def alpha(table: list[Row], level: Level, settings: StatisticSettings = SHORT) -> Statistic:
    return krippendorff_alpha(table, level=level, random=seeded(7), settings=settings)


def sides(pairs: list[tuple[int, int]]) -> list[tuple[bool, bool]]:
    return [(one >= 15, other >= 15) for one, other in pairs]
