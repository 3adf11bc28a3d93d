"""Agreement tables: equal to the statistics they are made of, hidden below thirty, with a word for why."""

from decimal import Decimal

from jobtwin.core.agreement import weighted_kappa
from jobtwin.core.statistic import Estimate, Hidden, Statistic, Undefined
from jobtwin.evals.marked import DecidedCase, MarkedPass, ReadingCount
from jobtwin.web.shown.agreement import (
    agreement_table,
    first_pass_table,
    leniency_table,
    pass_row,
    reading_rows,
)
from jobtwin.web.shown.chart import interval_chart, line_chart, words_of
from tests.exams import STEPS, scores_for, small_brief

BRIEF = small_brief()


def case(number: int) -> DecidedCase:
    """The second mentor gives 0.05 more now and then, the draft 0.10 more always."""
    first = scores_for(BRIEF, str(STEPS[4 + number % 13]))
    second = {one: score + Decimal("0.05") * (number % 2) for one, score in first.items()}
    drafted = {one: score + Decimal("0.10") for one, score in first.items()}
    return DecidedCase((first, second), first, drafted, (MarkedPass(first, second),))


CASES = [case(number) for number in range(40)]


def test_the_table_says_what_the_statistics_say() -> None:
    table = agreement_table(BRIEF, CASES)
    kappa = weighted_kappa([(one.marks[0]["quality"], one.marks[1]["quality"]) for one in CASES])
    assert [row.name for row in table.rows] == ["Quality", "Reflection", "Weighted average"]
    assert table.rows[0].cells[1] == words_of(kappa)
    assert table.rows[0].cells[0].startswith("1.00 (")
    assert pass_row(BRIEF, CASES).n == 40


def test_a_lenient_draft_and_what_seeing_it_changed_are_shown() -> None:
    lenient = leniency_table(BRIEF, CASES).rows[0]
    assert lenient.cells[0].startswith("0.10 (")
    assert lenient.cells[1].startswith("1.00 (")
    changed = first_pass_table(BRIEF, CASES).rows[0]
    assert (changed.cells[0][:4], changed.cells[2]) == ("0.50", "20 of 20")


def test_few_cases_are_hidden_and_no_cases_are_no_error() -> None:
    for cases in (CASES[:29], []):
        table = agreement_table(BRIEF, cases)
        assert table.rows[0].cells[0] == f"hidden: {len(cases)} of 30"
        assert all(bar.at is None for bar in table.chart.bars)
    assert leniency_table(BRIEF, []).rows[0].cells[0] == "hidden: 0 of 30"
    assert first_pass_table(BRIEF, []).rows[0].cells[2] == "0 of 0"


def test_readings_are_counted_and_the_dangerous_kind_apart() -> None:
    counts = [
        ReadingCount("quality", "met", "accept", 5),
        ReadingCount("quality", "met", "not_met", 2),
        ReadingCount("quality", "unclear", "reject", 1),
    ]
    rows = reading_rows(BRIEF, counts)
    assert (rows[0].n, rows[0].cells) == (8, ["5", "2", "1", "2"])
    assert rows[1].n == 0


def test_a_chart_stays_within_its_ends() -> None:
    rows: list[tuple[str, Statistic]] = [
        ("a", Estimate(2.0, -3.0, 5.0, 40)),
        ("b", Hidden(3, 30)),
        ("c", Undefined(40)),
    ]
    chart = interval_chart("T", rows, ends=(-1, 1), mark=0)
    assert (chart.bars[0].lower, chart.bars[0].upper) == (chart.ticks[0].x, chart.ticks[-1].x)
    assert chart.bars[1].at is None
    assert [words_of(one) for _, one in rows[1:]] == ["hidden: 3 of 30", "no variation"]
    line = line_chart("T", [("1 May", 0.5), ("2 May", -3.0)], ends=(-1, 1), mark=("floor", 0.7))
    assert line.dots == [(50, 60), (570, 180)]
    assert (line.first, line.last, line.mark_words) == ("1 May", "2 May", "floor")
    assert line_chart("T", [], ends=(-1, 1), mark=("floor", 0.7)).dots == []
