"""Decisions: how independent marks become one, in code and exactly.

Two sealed marks agree where every dimension is within the tolerance and both stand on the same
side of the pass mark: the exact mean decides. Otherwise the mentors discuss and may revise, once, in
writing. Still apart: a third mentor marks blind and the median of three decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from statistics import median

from jobtwin.core.brief import Brief
from jobtwin.core.mark import Scores, passes, weighted_average


class Route(StrEnum):
    """How the final scores came about."""

    MEAN = "mean"
    DISCUSSED = "discussed"
    MEDIAN_OF_THREE = "median_of_three"
    APPEAL = "appeal"


class Step(StrEnum):
    """What has to happen before a decision."""

    MARK = "mark"
    DISCUSS = "discuss"
    THIRD_MENTOR = "third_mentor"


@dataclass(frozen=True, slots=True)
class SealedMark:
    """A sealed mark, and what its mentor revised it to in discussion (None: nothing said yet)."""

    scores: Scores
    revised: Scores | None = None

    @property
    def position(self) -> Scores:
        return self.scores if self.revised is None else self.revised


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Why two marks cannot be averaged: dimensions apart, and whether they stand astride the pass mark."""

    dimensions: tuple[str, ...]
    astride: bool

    def __bool__(self) -> bool:
        return bool(self.dimensions) or self.astride


@dataclass(frozen=True, slots=True)
class Decision:
    """Final scores per dimension, their exact weighted average, and whether they pass."""

    route: Route
    scores: dict[str, Decimal]
    overall: Decimal
    passed: bool


def disagreement(brief: Brief, first: Scores, second: Scores) -> Disagreement:
    """Where two marks are apart; falsy where the exact mean may decide."""
    apart = tuple(
        dimension.id
        for dimension in brief.rubric.dimensions
        if abs(first[dimension.id] - second[dimension.id]) > brief.rubric.tolerance_of(dimension)
    )
    return Disagreement(apart, passes(brief, first) != passes(brief, second))


def resolve(brief: Brief, sealed: Sequence[SealedMark]) -> Decision | Step:
    """The decision from the sealed marks in the order of their seats, or the step that is missing.

    The median takes what the first two mentors stood by after their discussion.
    """
    if len(sealed) < 2:
        return Step.MARK
    first, second = sealed[0], sealed[1]
    plain = reconcile(brief, first.scores, second.scores)
    if plain is not None:
        return plain
    if first.revised is None or second.revised is None:
        return Step.DISCUSS
    discussed = reconcile(brief, first.revised, second.revised, discussed=True)
    if discussed is not None:
        return discussed
    if len(sealed) < 3:
        return Step.THIRD_MENTOR
    return reconcile_three(brief, first.position, second.position, sealed[2].scores)


def reconcile(brief: Brief, first: Scores, second: Scores, *, discussed: bool = False) -> Decision | None:
    """The decision from two marks, or None where they are apart and somebody must act first."""
    if disagreement(brief, first, second):
        return None
    scores = {one: (first[one] + second[one]) / 2 for one in _dimensions(brief)}
    return _decide(brief, Route.DISCUSSED if discussed else Route.MEAN, scores)


def reconcile_three(brief: Brief, first: Scores, second: Scores, third: Scores) -> Decision:
    """The decision from three marks: the median per dimension."""
    scores = {one: median((first[one], second[one], third[one])) for one in _dimensions(brief)}
    return _decide(brief, Route.MEDIAN_OF_THREE, scores)


def _dimensions(brief: Brief) -> tuple[str, ...]:
    return tuple(dimension.id for dimension in brief.rubric.dimensions)


def _decide(brief: Brief, route: Route, scores: dict[str, Decimal]) -> Decision:
    return Decision(route, scores, weighted_average(brief, scores), passes(brief, scores))
