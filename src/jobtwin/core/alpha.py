"""Krippendorff's alpha: any number of raters, missing ratings, nominal, ordinal or interval.

    alpha = 1 - (n - 1) * observed / expected      (Krippendorff, Content Analysis, chapter 12)

n counts the ratings of units rated twice or more. A distance is 0 or 1 (nominal), the squared
difference (interval), or the squared difference of mid-ranks (ordinal: the same as his sum over
the categories between).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate, combinations
from math import fsum
from operator import mul
from random import Random

from jobtwin.core.agreement import Table, rated
from jobtwin.core.statistic import (
    DEFAULT,
    Estimate,
    Hidden,
    Statistic,
    StatisticSettings,
    Undefined,
    lower_of_perfect,
)

Pattern = tuple[int, ...]


class Level(StrEnum):
    """What the ratings mean: names, an order, or distances."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


def krippendorff_alpha(
    table: Table, *, level: Level, random: Random, settings: StatisticSettings = DEFAULT
) -> Statistic:
    """Alpha over the units (rows) with two ratings or more; n of the answer counts those units.

    Undefined where all their ratings are the same. No variance of it is standard, so the interval is
    a percentile bootstrap over units with the generator given, the same for the same seed and for any
    order of rows or raters; resamples whose ratings are all the same have no alpha and are left out.
    Where no unit shows a disagreement the lower limit is that of `lower_of_perfect`.
    """
    rows = [row for row in rated(table) if len(row) > 1]
    n = len(rows)
    if n < settings.least:
        return Hidden(n, settings.least)
    values = sorted({one for row in rows for one in row})
    number = {one: place for place, one in enumerate(values)}
    patterns = Counter(sorted(tuple(sorted(number[one] for one in row)) for row in rows))
    scale = _Scale(level, tuple(float(one) for one in values))
    value = _alpha(patterns, scale)
    if value is None:
        return Undefined(n)
    if all(pattern[0] == pattern[-1] for pattern in patterns):
        return Estimate(1.0, lower_of_perfect(n), 1.0, n)
    draws = sorted(_bootstrap(patterns, scale, random, settings.resamples)) or [value]
    return Estimate(value, min(value, _quantile(draws, 25)), max(value, _quantile(draws, 975)), n)


@dataclass(frozen=True, slots=True)
class _Scale:
    """The level, and the different ratings in ascending order."""

    level: Level
    values: tuple[float, ...]

    def places(self, margins: Sequence[int]) -> Sequence[float]:
        """Where each rating stands on a line: its value, or its mid-rank among all ratings."""
        if self.level is Level.INTERVAL:
            return self.values
        return [upto - count / 2 for upto, count in zip(accumulate(margins), margins, strict=True)]


def _bootstrap(
    patterns: Mapping[Pattern, int], scale: _Scale, random: Random, resamples: int
) -> Iterator[float]:
    """Alpha of resamples of units, those without one left out; equal units are drawn by their number."""
    listed = list(patterns)
    until = list(accumulate(patterns[one] for one in listed))
    for _ in range(resamples):
        drawn = Counter(random.choices(listed, cum_weights=until, k=until[-1]))
        value = _alpha(drawn, scale)
        if value is not None:
            yield value


def _alpha(patterns: Mapping[Pattern, int], scale: _Scale) -> float | None:
    """Alpha of patterns (the places of a unit's ratings, ascending) with how often each occurs."""
    margins = [0] * len(scale.values)
    for pattern, times in patterns.items():
        for one in pattern:
            margins[one] += times
    total = sum(margins)
    if total in margins:
        return None
    apart = [(pattern, times) for pattern, times in patterns.items() if pattern[0] != pattern[-1]]
    if scale.level is Level.NOMINAL:
        observed = fsum(times * _pairs_apart(pattern) for pattern, times in apart)
        expected = float(total * total - sum(count * count for count in margins))
    else:
        places = scale.places(margins)
        middle = fsum(map(mul, margins, places)) / total
        observed = fsum(times * _distance(pattern, places) for pattern, times in apart)
        expected = (
            2 * total * fsum(n * (place - middle) ** 2 for n, place in zip(margins, places, strict=True))
        )
    return 1 - (total - 1) * observed / expected


def _distance(pattern: Pattern, places: Sequence[float]) -> float:
    squares = sum((places[one] - places[other]) ** 2 for one, other in combinations(pattern, 2))
    return 2 * squares / (len(pattern) - 1)


def _pairs_apart(pattern: Pattern) -> float:
    return 2 * sum(one != other for one, other in combinations(pattern, 2)) / (len(pattern) - 1)


def _quantile(ordered: Sequence[float], thousandths: int) -> float:
    """A quantile of sorted values, between neighbours in proportion."""
    place = Fraction(thousandths * (len(ordered) - 1), 1000)
    index = int(place)
    after = ordered[min(index + 1, len(ordered) - 1)]
    return ordered[index] + float(place - index) * (after - ordered[index])
