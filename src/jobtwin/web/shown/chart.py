"""Charts as shapes for a template: values with intervals, a line over time, counts. A table says the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from jobtwin.core.statistic import Estimate, Hidden, Statistic

LEFT, WIDTH, ROW, TOP = 180, 400, 30, 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One value with its interval, in dots of the picture; `at` is None where nothing is shown."""

    label: str
    y: int
    at: int | None = None
    lower: int = 0
    upper: int = 0


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale."""

    x: int
    words: str


@dataclass(frozen=True, slots=True)
class IntervalChart:
    """Values with intervals on one scale; `mark` is a line that matters, such as a floor."""

    title: str
    bars: list[Bar]
    ticks: list[Tick]
    height: int
    mark: int | None = None
    width: int = LEFT + WIDTH + 20
    left: int = LEFT


@dataclass(frozen=True, slots=True)
class LineChart:
    """Values over time as one line, with dots, from the day `first` to `last`; `mark` is a floor."""

    title: str
    points: str
    dots: list[tuple[int, int]]
    ticks: list[Tick]
    mark: int
    mark_words: str
    first: str
    last: str
    width: int = LEFT + WIDTH + 20
    height: int = 210


def interval_chart(
    title: str, rows: Sequence[tuple[str, Statistic]], *, ends: tuple[float, float], mark: float | None = None
) -> IntervalChart:
    """A bar a row on a scale from `ends[0]` to `ends[1]`; what lies beyond stands at its end."""
    low, high = ends

    def x(value: float) -> int:
        share = (min(high, max(low, value)) - low) / (high - low)
        return LEFT + round(share * WIDTH)

    bars = [_bar(label, place, one, x) for place, (label, one) in enumerate(rows)]
    ticks = [
        Tick(x(low + (high - low) * step / 4), f"{low + (high - low) * step / 4:.2f}") for step in range(5)
    ]
    return IntervalChart(title, bars, ticks, TOP + ROW * len(rows) + 10, None if mark is None else x(mark))


def _bar(label: str, place: int, one: Statistic, x: Callable[[float], int]) -> Bar:
    y = TOP + ROW * place + ROW // 2
    if not isinstance(one, Estimate):
        return Bar(label, y)
    return Bar(label, y, x(one.value), x(one.lower), x(one.upper))


def line_chart(
    title: str, values: Sequence[tuple[str, float]], *, ends: tuple[float, float], mark: tuple[str, float]
) -> LineChart:
    """Values, each with its day in words, from left to right at even steps."""
    low, high = ends

    def y(value: float) -> int:
        return 180 - round((min(high, max(low, value)) - low) / (high - low) * 160)

    step = (WIDTH + LEFT - 60) / max(1, len(values) - 1)
    dots = [(50 + round(step * place), y(value)) for place, (_, value) in enumerate(values)]
    points = " ".join(f"{x},{at}" for x, at in dots)
    ticks = [Tick(y(value), f"{value:.2f}") for value in (low, (low + high) / 2, high)]
    first, last = (values[0][0], values[-1][0]) if values else ("", "")
    return LineChart(title, points, dots, ticks, y(mark[1]), mark[0], first, last)


@dataclass(frozen=True, slots=True)
class CountBar:
    """A count as a bar with its place and size in dots of the picture, and its words."""

    label: str
    count: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class CountChart:
    """Counts as bars from the left, or as columns from below."""

    title: str
    bars: list[CountBar]
    height: int
    width: int = LEFT + WIDTH + 60

    @property
    def words(self) -> str:
        """The whole chart for who does not see it: `Attempts by state: open 3, decided 1`; zeros left out."""
        counted = [f"{bar.label} {bar.count}" for bar in self.bars if bar.count]
        return f"{self.title}: {', '.join(counted) or 'none'}"


def bar_chart(title: str, counts: Mapping[str, int]) -> CountChart:
    """A bar a count, in the given order; the largest fills the width."""
    most = max(counts.values(), default=0)
    bars = [
        CountBar(label, count, LEFT, TOP + ROW * place, _share(count, most, WIDTH), ROW - 8)
        for place, (label, count) in enumerate(counts.items())
    ]
    return CountChart(title, bars, TOP + ROW * len(bars) + 10)


def column_chart(title: str, counts: Mapping[str, int]) -> CountChart:
    """A column a count, in the given order; the largest fills the height of 140."""
    most, step = max(counts.values(), default=0), (LEFT + WIDTH + 40) // max(1, len(counts))
    bars = []
    for place, (label, count) in enumerate(counts.items()):
        tall = _share(count, most, 140)
        bars.append(CountBar(label, count, 10 + step * place, 160 - tall, step - 4, tall))
    return CountChart(title, bars, 190)


def _share(count: int, most: int, size: int) -> int:
    return round(size * count / most) if most else 0


def words_of(one: Statistic) -> str:
    """A statistic for a cell of a table: the value with its interval, or why there is none."""
    if isinstance(one, Estimate):
        return gettext("{value} ({lower} to {upper})").format(
            value=f"{one.value:.2f}", lower=f"{one.lower:.2f}", upper=f"{one.upper:.2f}"
        )
    if isinstance(one, Hidden):
        return gettext("hidden: {number} of {least}").format(number=one.n, least=one.least)
    return gettext("no variation")
