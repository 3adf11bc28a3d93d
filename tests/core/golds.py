"""Gold submissions and marks of them that tests build."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from jobtwin.core.calibration import (
    CalibrationRun,
)
from jobtwin.core.gold import (
    GoldMark,
)
from jobtwin.core.mark import Scores
from tests.exams import STEPS

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
DIMENSIONS = ("framing", "design", "quality", "evals", "security", "reflection", "polish")
Agreed = list[dict[str, Decimal]]


def at(day: float) -> datetime:
    return START + timedelta(days=day)


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311  statistics, no secrets


def gold_set(random: Random, size: int = 6) -> Agreed:
    """Weak to strong submissions, as an operator would choose them."""
    return [
        {
            one: STEPS[min(20, max(0, 4 + 15 * place // (size - 1) + random.randint(-2, 2)))]
            for one in DIMENSIONS
        }
        for place in range(size)
    ]


def off(agreed: Scores, steps: int) -> dict[str, Decimal]:
    return {one: min(Decimal(1), max(Decimal(0), score + steps * STEPS[1])) for one, score in agreed.items()}


def inverted(agreed: Scores) -> dict[str, Decimal]:
    return {one: 1 - score for one, score in agreed.items()}


def copied(agreed: Agreed, *, day: float = 0, prefix: str = "g") -> list[GoldMark]:
    return [GoldMark(f"{prefix}{n}", at(day + n / 100), one, one) for n, one in enumerate(agreed)]


def wrong(agreed: Agreed, *, day: float = 0, prefix: str = "g") -> list[GoldMark]:
    return [replace(one, scores=inverted(one.agreed)) for one in copied(agreed, day=day, prefix=prefix)]


def run_of(marks: list[GoldMark], *, missing: int = 0) -> CalibrationRun:
    kept = tuple(marks[: len(marks) - missing])
    return CalibrationRun(marks[0].at, frozenset(one.gold for one in marks), kept)


def noisy(agreed: Scores, random: Random, deviation: float) -> dict[str, Decimal]:
    steps = {one: round(float(score) * 20 + random.gauss(0, deviation * 20)) for one, score in agreed.items()}
    return {one: STEPS[min(20, max(0, step))] for one, step in steps.items()}


def at_the_floor(extra: int) -> list[GoldMark]:
    """Forty scores of 0 or 1, as many of each; six (and `extra`) on the other side: kappa 1 - 2 * 6 / 40."""
    marks = []
    for place in range(10):
        agreed = {one: Decimal(place % 2) for one in DIMENSIONS[:4]}
        turned = 3 if place < 2 else extra if place in {2, 3} else 0
        scores = {one: 1 - agreed[one] if n < turned else agreed[one] for n, one in enumerate(agreed)}
        marks.append(GoldMark(f"g{place}", at(place), scores, agreed))
    return marks


GOLD = gold_set(seeded(1))
MORE = gold_set(seeded(2), size=10)
GOLD_SETS = st.lists(
    st.fixed_dictionaries({one: st.sampled_from(STEPS) for one in DIMENSIONS}), min_size=6, max_size=10
)
