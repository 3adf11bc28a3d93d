"""Agreement for operators: mentors with each other, the draft against mentors, what a shown draft changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from django.utils.translation import gettext, gettext_noop

from jobtwin.core.agreement import ac1, raw_agreement, weighted_kappa
from jobtwin.core.alpha import Level, krippendorff_alpha
from jobtwin.core.brief import Brief
from jobtwin.core.leniency import ComparedCase, compare_model
from jobtwin.core.mark import passes, weighted_average
from jobtwin.core.statistic import StatisticSettings, mean_of, share_of
from jobtwin.evals.marked import DecidedCase, ReadingCount
from jobtwin.web.shown.chart import IntervalChart, interval_chart, words_of

SETTINGS = StatisticSettings(resamples=200)
BOOTSTRAP_SEED = 6
"""The same figures at every look; 200 draws keep a page fast."""

OVERALL = gettext_noop("Weighted average")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: what it is of, n, and cells in words."""

    name: str
    n: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A chart and the table that says the same with more."""

    chart: IntervalChart
    heads: list[str]
    rows: list[Row]


def agreement_table(brief: Brief, cases: Sequence[DecidedCase]) -> Table:
    """The first two mentors of each decided submission, as they sealed before they saw each other's marks."""
    pairs = [(case.marks[0], case.marks[1]) for case in cases if len(case.marks) == 2]
    listed = [
        (one.title, [(first[one.id], second[one.id]) for first, second in pairs])
        for one in brief.rubric.dimensions
    ]
    listed.append(
        (
            gettext(OVERALL),
            [(weighted_average(brief, one), weighted_average(brief, two)) for one, two in pairs],
        )
    )
    rows, kappas = [], []
    for name, scores in listed:
        kappa = weighted_kappa(scores, settings=SETTINGS)
        raw = raw_agreement(scores, tolerance=brief.rubric.tolerance, settings=SETTINGS)
        random = Random(BOOTSTRAP_SEED)  # noqa: S311  a bootstrap, no secret
        alpha = krippendorff_alpha(scores, level=Level.INTERVAL, random=random, settings=SETTINGS)
        kappas.append((name, kappa))
        rows.append(Row(name, len(scores), [words_of(raw), words_of(kappa), words_of(alpha)]))
    chart = interval_chart(gettext("Weighted kappa of two mentors"), kappas, ends=(-1, 1))
    return Table(
        chart,
        [gettext("Within the tolerance"), gettext("Weighted kappa"), gettext("Krippendorff’s alpha")],
        rows,
    )


def pass_row(brief: Brief, cases: Sequence[DecidedCase]) -> Row:
    """Pass or fail of the first two mentors: raw agreement and AC1; kappa fails where nearly all pass."""
    sides = [
        (passes(brief, case.marks[0]), passes(brief, case.marks[1])) for case in cases if len(case.marks) == 2
    ]
    cells = [words_of(raw_agreement(sides, settings=SETTINGS)), words_of(ac1(sides, settings=SETTINGS))]
    return Row(gettext("Pass or fail"), len(sides), cells)


def leniency_table(brief: Brief, cases: Sequence[DecidedCase]) -> Table:
    """The draft's scores against the decided ones: above 0 the draft gives more."""
    compared = compare_model(
        brief, [ComparedCase(one.drafted, one.decided) for one in cases], settings=SETTINGS
    )
    titles = {one.id: one.title for one in brief.rubric.dimensions} | {"overall": gettext(OVERALL)}
    rows = [
        Row(
            titles[name],
            one.n,
            [words_of(value) for value in (one.bias, one.above, one.below, one.agreement, one.kappa)],
        )
        for name, one in compared.items()
    ]
    biases = [(titles[name], one.bias) for name, one in compared.items()]
    chart = interval_chart(gettext("Draft minus mentors"), biases, ends=(-0.5, 0.5), mark=0)
    return Table(
        chart,
        [
            gettext("Bias"),
            gettext("Gives more"),
            gettext("Gives less"),
            gettext("Within the tolerance"),
            gettext("Weighted kappa"),
        ],
        rows,
    )


def first_pass_table(brief: Brief, cases: Sequence[DecidedCase]) -> Table:
    """What mentors changed once they saw the draft: how often, by how much, and how often towards it."""
    rows, moves = [], []
    for one in brief.rubric.dimensions:
        changes = [
            (done.sealed[one.id] - done.first[one.id], case.drafted[one.id] - done.first[one.id])
            for case in cases
            for done in case.passes
            if one.id in case.drafted and one.id in done.first
        ]
        changed = [pair for pair in changes if pair[0] != 0]
        towards = sum(move * way > 0 for move, way in changed)
        mean = mean_of([float(move) for move, _ in changes], settings=SETTINGS)
        share = share_of(len(changed), len(changes), settings=SETTINGS)
        moves.append((one.title, mean))
        toward = gettext("{number} of {all}").format(number=towards, all=len(changed))
        rows.append(Row(one.title, len(changes), [words_of(share), words_of(mean), toward]))
    chart = interval_chart(gettext("Change after the draft was shown"), moves, ends=(-0.25, 0.25), mark=0)
    return Table(
        chart,
        [gettext("Changed"), gettext("Mean change"), gettext("Of the changes, towards the draft")],
        rows,
    )


def reading_rows(brief: Brief, counts: Sequence[ReadingCount]) -> list[Row]:
    """What mentors said of drafted verdicts: accepted, changed, rejected, and "met" that is not met."""

    rows = []
    for one in brief.rubric.dimensions:
        own = [found for found in counts if found.dimension == one.id]
        total = sum(found.count for found in own)
        accepted = sum(found.count for found in own if found.reading == "accept")
        rejected = sum(found.count for found in own if found.reading == "reject")
        wrongly_met = sum(
            found.count for found in own if (found.drafted, found.reading) == ("met", "not_met")
        )
        cells = [str(accepted), str(total - accepted - rejected), str(rejected), str(wrongly_met)]
        rows.append(Row(one.title, total, cells))
    return rows


def signed(value: Decimal | float) -> str:
    """A difference with its sign."""
    return f"{value:+.2f}"
