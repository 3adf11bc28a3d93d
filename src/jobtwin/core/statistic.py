"""Statistics that are shown: a value with n and a 95 % interval, or a word for why there is none.

A figure of a handful of items says more about chance than about people: below `least` items
nothing is shown. No function here or above it answers NaN or raises for lack of data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, sqrt
from statistics import NormalDist

from jobtwin.core.errors import BadInput

Z95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class StatisticSettings:
    """`least`: items below which a figure is hidden; `resamples`: draws of a bootstrap."""

    least: int = 30
    resamples: int = 1000

    def __post_init__(self) -> None:
        if self.least < 10:
            raise BadInput(f"a figure of fewer than 10 items is not shown: least is {self.least}")
        if not 200 <= self.resamples <= 100_000:
            raise BadInput(f"resamples is between 200 and 100000, not {self.resamples}")


DEFAULT = StatisticSettings()


class Reason(StrEnum):
    """Why a statistic has no value though there are enough items."""

    NO_VARIATION = "no_variation"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the ends of its 95 % interval; n counts the items behind it."""

    value: float
    lower: float
    upper: float
    n: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """Too few items: n of the `least` that a figure needs."""

    n: int
    least: int


@dataclass(frozen=True, slots=True)
class Undefined:
    """Enough items, and still no value: every rating is the same, so that chance explains all of it."""

    n: int
    reason: Reason = Reason.NO_VARIATION


Statistic = Estimate | Hidden | Undefined


def t_quantile(degrees: int) -> float:
    """The 97.5 % quantile of Student's t, from four degrees of freedom on.

    The expansion 26.7.5 of Abramowitz and Stegun (1964): off by at most 0.001 at 4, by less than
    0.000001 at 29.
    """
    z = Z95
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return fsum(term / degrees**power for power, term in enumerate(terms))


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval (1927) of a share in [0, 1]; it has a width at 0 and at 1, too.

    Of n items that each carry a share rather than 0 or 1 it is too wide, never too narrow.
    """
    z2 = Z95 * Z95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    lower = 0.0 if share == 0 else max(0.0, middle - half)
    upper = 1.0 if share == 1 else min(1.0, middle + half)
    return lower, upper


def share_of(part: float, n: int, *, settings: StatisticSettings = DEFAULT) -> Statistic:
    """`part` out of n with Wilson's interval."""
    if n < settings.least:
        return Hidden(n, settings.least)
    return Estimate(part / n, *wilson(part / n, n), n)


def mean_of(values: Sequence[float], *, settings: StatisticSettings = DEFAULT) -> Statistic:
    """The mean with Student's interval; an interval without width says that all values are the same."""
    n = len(values)
    if n < settings.least:
        return Hidden(n, settings.least)
    middle = fsum(values) / n
    half = t_quantile(n - 1) * sqrt(fsum((one - middle) ** 2 for one in values) / (n * (n - 1)))
    return Estimate(middle, middle - half, middle + half, n)


def lower_of_perfect(n: int) -> float:
    """The lower limit of a chance-corrected coefficient where none of n items shows a disagreement.

    Variance formulas and bootstraps answer a width of zero there: certainty, from n items. Instead:
    Wilson's limit of n out of n, taking the rest to disagree as far as chance would.
    """
    return wilson(1.0, n)[0]
