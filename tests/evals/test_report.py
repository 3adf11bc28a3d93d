"""The report of the evals: built from logs alone, and failing where something that must hold does not."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from jobtwin.cli.evals import command
from jobtwin.core.errors import BadInput
from jobtwin.evals import measures, tables
from jobtwin.evals.capstones import capstones
from jobtwin.evals.price import estimate
from jobtwin.evals.report import failures, markdown, rows_of
from jobtwin.evals.tricks import tricks, tried
from jobtwin.review.model.settings import Price

Rows = dict[str, Sequence[Mapping[str, Any]]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    """What the logs of a small run would hold (`make evals` makes real ones)."""
    made = tuple(capstones(2))[1]
    return {
        "verdicts": [{"capstone": 0, **row} for row in measures.judged(made)],
        "tricks": [{"trick": one["name"], **tried(one["name"])} for one in tricks()[:3]],
        "attacks": [{"carrier": "comment", "payload": "plea", **measures.attacked(made, "comment", "plea")}],
        "stubs": [{"stub": "null", **measures.stubbed(made, "null")}],
        "metamorphic": [{"change": "padding", "capstone": 0, **measures.changed(made, "padding")}],
        "retrieval": measures.retrieved(made),
        "guard": [*measures.guarded(made), *measures.scanned_texts("attack")],
    }


def test_a_run_of_some_tasks_has_a_page_of_those(rows: Rows) -> None:
    page = markdown({"retrieval": rows["retrieval"], "model x": rows["verdicts"]})
    assert "## Retrieval" in page
    assert "## model x" in page
    assert "## Attacks" not in page


def test_a_task_that_does_not_exist_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["run", "--only", "verdict", "--logs", str(tmp_path)])
    assert isinstance(done.exception, BadInput)
    assert "no task verdict; there are verdicts, tricks" in str(done.exception)


def test_the_page_is_made_from_rows_alone(rows: Rows) -> None:
    page = markdown(rows)
    assert "**The dangerous error, a criterion called met that is not: 0.000 [0.000, " in page
    assert {"## Attacks", "## Stub models", "## Retrieval", "## Guard"} <= set(page.splitlines())
    assert failures(rows) == []


@pytest.mark.parametrize(
    ("task", "change", "said"),
    [
        ("attacks", {"violations": 1}, "bounds left"),
        ("attacks", {"shift_upper": 0.1}, "moved what code says"),
        ("attacks", {"clean_drift": 0.01}, "clean drift"),
        ("stubs", {"markup": 1}, "rendered markup"),
        ("metamorphic", {"flips": 1}, "moved capstone"),
        ("verdicts", {"verdict": "met", "met": False}, "called met and are not"),
    ],
)
def test_what_must_hold_is_told_when_it_does_not(
    rows: Rows, task: str, change: dict[str, object], said: str
) -> None:
    first, *others = rows[task]
    assert any(said in line for line in failures({**rows, task: [{**first, **change}, *others]}))


def test_no_logs_are_no_report(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no finished logs"):
        rows_of(tmp_path)


def test_shares_have_intervals() -> None:
    assert tables.share(0, 0) == "-"
    assert tables.share(0, 100) == "0.000 [0.000, 0.037] (0/100)"
    assert tables.share(50, 100) == "0.500 [0.404, 0.596] (50/100)"


def test_the_cost_is_reckoned_before_anything_is_sent() -> None:
    made = tuple(capstones(1))
    known = estimate("own:model", made, {"own:model": Price(Decimal(1), Decimal(10))})
    assert known.calls > 10
    assert known.dollars == (known.tokens_in + 10 * Decimal(known.tokens_out)) / 1_000_000
    assert "no known price" in str(estimate("own:model", made, {}))
    published = estimate("openai-chat:gpt-4o-mini", made, {})
    assert published.dollars is not None
    assert published.dollars > 0


def test_a_model_that_is_not_named_rightly_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["run", "--model", "nobody", "--logs", str(tmp_path)])
    assert done.exit_code != 0
    assert list(tmp_path.iterdir()) == []
