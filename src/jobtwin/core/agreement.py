"""Agreement between raters: raw, Gwet's AC1, Cohen's kappa with quadratic weights.

A table holds a row a unit (what was rated) and an entry a rater, None where that one did not rate.
Kappa takes pairs. Ratings are exact (decimals, integers, booleans): whether two are within a
tolerance and whether a coefficient reaches a floor is computed without rounding; intervals are floats.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import exp, fsum, lcm, sqrt

from jobtwin.core.errors import BadInput
from jobtwin.core.statistic import (
    DEFAULT,
    Estimate,
    Hidden,
    Statistic,
    StatisticSettings,
    Undefined,
    lower_of_perfect,
    share_of,
    t_quantile,
    wilson,
)

Rating = Decimal | int
Table = Sequence[Sequence[Rating | None]]
Pair = tuple[Rating, Rating]

LEAST_UNITS = 5


def rated(table: Table) -> list[list[Rating]]:
    """The ratings of every unit that has any, missing ones left out."""
    rows = ([one for one in row if one is not None] for row in table)
    return [row for row in rows if row]


def raw_agreement(table: Table, *, tolerance: Rating = 0, settings: StatisticSettings = DEFAULT) -> Statistic:
    """The mean over units of the share of pairs of ratings that are within the tolerance.

    n counts the units with two ratings or more; the interval is Wilson's. Nothing rated twice: Hidden(0).
    """
    shares = [_share_within(row, Fraction(tolerance)) for row in rated(table) if len(row) > 1]
    return share_of(float(sum(shares)), len(shares), settings=settings)


def _share_within(row: Sequence[Rating], tolerance: Fraction) -> Fraction:
    pairs = list(combinations(row, 2))
    return Fraction(
        sum(abs(Fraction(one) - Fraction(other)) <= tolerance for one, other in pairs), len(pairs)
    )


def ac1(
    table: Table, *, categories: Sequence[Rating] = (False, True), settings: StatisticSettings = DEFAULT
) -> Statistic:
    """Gwet's AC1 (2008) with its variance for any number of raters and missing ratings.

        (pa - pe) / (1 - pe),  pe = sum of share * (1 - share) / (categories - 1)

    Unlike kappa it stays near the raw agreement where nearly all pass or nearly all fail. Units rated
    once count for the shares of the categories (so in Gwet's Handbook, 2014), not in n. Always defined:
    where everybody always says the same, it is 1. The interval is Student's; where no unit shows a
    disagreement its lower limit is Wilson's limit of pa, put into the formula.
    Raises BadInput for fewer than two categories, or a rating outside of them.
    """
    rows = rated(table)
    _require_categories(rows, categories)
    paired = sum(len(row) > 1 for row in rows)
    if paired < settings.least:
        return Hidden(paired, settings.least)
    counts = [Counter(row) for row in rows]
    shares = {one: fsum(c[one] / c.total() for c in counts) / len(rows) for one in categories}
    chance = fsum(p * (1 - p) for p in shares.values()) / (len(categories) - 1)
    agreed = [_agreeing(c) for c in counts]
    if all(one == 1 for one in agreed if one is not None):
        return Estimate(1.0, (wilson(1.0, paired)[0] - chance) / (1 - chance), 1.0, paired)
    value = (fsum(one for one in agreed if one is not None) / paired - chance) / (1 - chance)
    spread = 0.0
    for count, one in zip(counts, agreed, strict=True):
        own = 0.0 if one is None else len(rows) / paired * (one - chance) / (1 - chance)
        own_chance = (
            fsum(n * (1 - shares[c]) for c, n in count.items()) / count.total() / (len(categories) - 1)
        )
        spread += (own - 2 * (1 - value) * (own_chance - chance) / (1 - chance) - value) ** 2
    half = t_quantile(len(rows) - 1) * sqrt(spread / (len(rows) * (len(rows) - 1)))
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half), paired)


def _require_categories(rows: Iterable[Sequence[Rating]], categories: Sequence[Rating]) -> None:
    known = set(categories)
    if len(known) < 2 or len(known) != len(categories):
        raise BadInput("AC1 needs two different categories or more")
    strange = next((one for row in rows for one in row if one not in known), None)
    if strange is not None:
        raise BadInput(f"{strange} is none of the categories")


def _agreeing(count: Counter[Rating]) -> float | None:
    total = count.total()
    return sum(n * (n - 1) for n in count.values()) / (total * (total - 1)) if total > 1 else None


def weighted_kappa(pairs: Sequence[Pair], *, settings: StatisticSettings = DEFAULT) -> Statistic:
    """Cohen's kappa with quadratic weights (1968) of two raters.

    Undefined where all ratings of both are the same; 0 where one rater alone never varies.
    For the interval see `stratified_kappa`.
    """
    return stratified_kappa([{"": pair} for pair in pairs], settings=settings)


def stratified_kappa(
    units: Sequence[Mapping[str, Pair]], *, settings: StatisticSettings = DEFAULT
) -> Statistic:
    """Quadratic weighted kappa over units that were each rated in several strata (dimensions).

    Chance is reckoned within every stratum, so that to know what is usual in each earns nothing.
    n counts pairs; fewer than five units are hidden however many pairs they hold. The variance is that of
    Fleiss, Cohen and Everitt (1969) with n - 1, summed by unit because the ratings of one unit depend on
    each other; Student's interval is taken of log(1 - kappa), a ratio of observed to expected distances,
    which keeps it below 1.
    """
    strata = _strata(units)
    n = sum(len(pairs) for pairs in strata.values())
    if n < settings.least or len(units) < LEAST_UNITS:
        return Hidden(n, settings.least)
    exact = exact_kappa(strata.values())
    if exact is None:
        return Undefined(n)
    value = float(exact)
    if abs(value) == 1:
        near = lower_of_perfect(len(units))
        return Estimate(value, near, 1.0, n) if value > 0 else Estimate(value, -1.0, -near, n)
    apart = 1 - value
    ratio = exp(t_quantile(len(units) - 1) * _kappa_error(units, strata, value) / apart)
    return Estimate(value, max(-1.0, 1 - apart * ratio), 1 - apart / ratio, n)


def exact_kappa(strata: Iterable[Sequence[Pair]]) -> Fraction | None:
    """The exact quadratic weighted kappa over strata of pairs, None where no rating differs from another.

    1 - sum of (x - y)^2 / the same sum with every x of the stratum against every y of it
    """
    exact = [[(x.as_integer_ratio(), y.as_integer_ratio()) for x, y in pairs] for pairs in strata if pairs]
    unit = lcm(*(below for pairs in exact for pair in pairs for _, below in pair))
    observed, expected = 0, Fraction(0)
    for pairs in exact:
        xs, ys = ([above * unit // below for above, below in column] for column in zip(*pairs, strict=True))
        observed += sum((x - y) ** 2 for x, y in zip(xs, ys, strict=True))
        squares = sum(x * x for x in xs) + sum(y * y for y in ys)
        expected += squares - Fraction(2 * sum(xs) * sum(ys), len(pairs))
    return None if expected == 0 else 1 - observed / expected


def _strata(units: Sequence[Mapping[str, Pair]]) -> dict[str, list[Pair]]:
    strata: dict[str, list[Pair]] = {}
    for unit in units:
        for name, pair in unit.items():
            strata.setdefault(name, []).append(pair)
    return strata


def _kappa_error(
    units: Sequence[Mapping[str, Pair]], strata: Mapping[str, Sequence[Pair]], kappa: float
) -> float:
    """The standard error: how far every unit pulls the coefficient, squared and summed."""
    moments = {name: _moments(pairs) for name, pairs in strata.items()}
    expected = fsum(len(strata[name]) * _mean_distance(m) for name, m in moments.items())
    pulls = []
    for unit in units:
        pull = 0.0
        for name, (left, right) in unit.items():
            x, y, m = float(left), float(right), moments[name]
            chance = x * x - 2 * x * m[1] + m[3] + y * y - 2 * y * m[0] + m[2] - _mean_distance(m)
            pull += (1 - kappa) * chance - (x - y) ** 2
        pulls.append(pull / expected)
    return sqrt(fsum(pull * pull for pull in pulls) * len(pulls) / (len(pulls) - 1))


def _moments(pairs: Sequence[Pair]) -> tuple[float, float, float, float]:
    """Means of x, y, x squared and y squared."""
    n = len(pairs)
    xs, ys = [float(x) for x, _ in pairs], [float(y) for _, y in pairs]
    return fsum(xs) / n, fsum(ys) / n, fsum(x * x for x in xs) / n, fsum(y * y for y in ys) / n


def _mean_distance(moments: tuple[float, float, float, float]) -> float:
    x, y, xx, yy = moments
    return xx + yy - 2 * x * y
