"""A model's draft scores held against the scores that mentors decided: is it lenient, and where?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from jobtwin.core.agreement import raw_agreement, weighted_kappa
from jobtwin.core.brief import Brief
from jobtwin.core.mark import Scores, weighted_average
from jobtwin.core.statistic import DEFAULT, Statistic, StatisticSettings, mean_of, share_of


@dataclass(frozen=True, slots=True)
class ComparedCase:
    """One submission: what the model drafted (dimensions it left out are missing), what was decided."""

    model: Scores
    decided: Scores


@dataclass(frozen=True, slots=True)
class AtPassMark:
    """How many stand on which side of the pass mark; counts are shown however few they are.

    `lenient`: of those that the mentors failed, the share that the model would pass.
    `severe`: of those that the mentors passed, the share that the model would fail.
    `net`: the share passed by the model alone minus the share passed by the mentors alone.
    """

    both: int
    model_alone: int
    mentors_alone: int
    neither: int
    lenient: Statistic
    severe: Statistic
    net: Statistic


@dataclass(frozen=True, slots=True)
class Comparison:
    """Model against mentors on n pairs of scores.

    `bias`: mean of model minus mentors, above 0 where the model gives more. `above` and `below`: shares
    of scores that are strictly so. `agreement`: share within the tolerance. `kappa`: quadratic weights.
    """

    n: int
    bias: Statistic
    above: Statistic
    below: Statistic
    agreement: Statistic
    kappa: Statistic
    pass_mark: AtPassMark


def compare_model(
    brief: Brief, cases: Sequence[ComparedCase], *, settings: StatisticSettings = DEFAULT
) -> dict[str, Comparison]:
    """A comparison per dimension in the order of the rubric, and under "overall" the weighted averages.

    A case counts for the dimensions that the model scored, and overall where it scored all of them.
    """
    wanted = [dimension.id for dimension in brief.rubric.dimensions]
    pairs = {
        one: [(case.model[one], case.decided[one]) for case in cases if one in case.model] for one in wanted
    }
    pairs["overall"] = [
        (weighted_average(brief, case.model), weighted_average(brief, case.decided))
        for case in cases
        if all(one in case.model for one in wanted)
    ]
    return _compare_each(pairs, brief=brief, settings=settings)


def _compare_each(
    pairs: Mapping[str, Sequence[tuple[Decimal, Decimal]]], *, brief: Brief, settings: StatisticSettings
) -> dict[str, Comparison]:
    rubric = brief.rubric
    return {
        name: compare_scores(
            listed, pass_mark=rubric.pass_mark, tolerance=rubric.tolerance, settings=settings
        )
        for name, listed in pairs.items()
    }


def compare_scores(
    pairs: Sequence[tuple[Decimal, Decimal]],
    *,
    pass_mark: Decimal,
    tolerance: Decimal,
    settings: StatisticSettings = DEFAULT,
) -> Comparison:
    """Pairs of (model, mentors) compared; sides, ties and the pass mark are decided exactly."""
    n = len(pairs)
    return Comparison(
        n=n,
        bias=mean_of([float(model - decided) for model, decided in pairs], settings=settings),
        above=share_of(sum(model > decided for model, decided in pairs), n, settings=settings),
        below=share_of(sum(model < decided for model, decided in pairs), n, settings=settings),
        agreement=raw_agreement(pairs, tolerance=tolerance, settings=settings),
        kappa=weighted_kappa(pairs, settings=settings),
        pass_mark=_at_pass_mark(pairs, pass_mark, settings),
    )


def _at_pass_mark(
    pairs: Sequence[tuple[Decimal, Decimal]], pass_mark: Decimal, settings: StatisticSettings
) -> AtPassMark:
    sides = [(model >= pass_mark, decided >= pass_mark) for model, decided in pairs]
    both, model_alone = sides.count((True, True)), sides.count((True, False))
    mentors_alone, neither = sides.count((False, True)), sides.count((False, False))
    return AtPassMark(
        both,
        model_alone,
        mentors_alone,
        neither,
        lenient=share_of(model_alone, model_alone + neither, settings=settings),
        severe=share_of(mentors_alone, mentors_alone + both, settings=settings),
        net=mean_of([float(model) - float(decided) for model, decided in sides], settings=settings),
    )
