"""Facts against facts: nothing that a verdict rests on is waved through."""

from copy import deepcopy
from typing import Any

import pytest

from jobtwin.core.check import OF_THE_PLACE, CheckResult, Reason
from jobtwin.evals.differences import Same, compare_checks

FACTS: dict[str, Any] = {
    "passed": 31,
    "failed": {"tests/test_a.py::test_b": "assert 1 == 2"},
    "dependencies": {"lock_sha256": "ab" * 32, "environment": "built", "seconds": 3.0},
    "canaries": {"must_pass": "tests/test_x.py::test_y"},
    "usage": {"wall_seconds": 1.5},
    "log": "31 passed in 0.51s",
    "sampled_faults": {"noticed": 23},
    "phases": {"run": 2.5},
}
CHECK = CheckResult("F1", Reason.OK, "31 tests passed in 2.1 s.", FACTS, 6.0).as_json()


def again(path: str, value: object) -> dict[str, Any]:
    """The check with one value changed."""
    found = deepcopy(CHECK)
    *steps, last = path.split(".")
    inner: Any = found
    for step in steps:
        inner = inner[step]
    inner[last] = value
    return found


def outcomes(after: dict[str, Any] | None) -> dict[str, Same]:
    return {one.path: one.outcome for one in compare_checks(CHECK, after)}


def test_the_same_facts_reproduce() -> None:
    assert set(outcomes(deepcopy(CHECK)).values()) == {Same.REPRODUCED}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("seconds", 9.0),
        ("summary", "31 tests passed in 3.9 s."),
        ("facts.dependencies.environment", "cached"),
        ("facts.dependencies.seconds", 1.0),
        ("facts.canaries.must_pass", "tests/test_z.py::test_z"),
        ("facts.usage.wall_seconds", 2.0),
        ("facts.log", "31 passed in 0.99s"),
        ("facts.sampled_faults.noticed", 24),
        ("facts.phases.run", 1.0),
    ],
)
def test_what_a_clock_a_meter_or_a_draw_tells_is_measured_anew(path: str, value: object) -> None:
    found = [one for one in compare_checks(CHECK, again(path, value)) if one.outcome is not Same.REPRODUCED]
    assert [(one.outcome, bool(one.why)) for one in found] == [(Same.MEASURED, True)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("verdict", "refuted"),
        ("reason", "tests_failed"),
        ("summary", "30 tests passed in 2.1 s."),
        ("facts.passed", 30),
        ("facts.failed", {}),
        ("facts.dependencies.lock_sha256", "cd" * 32),
        ("facts.new", 1),
    ],
)
def test_what_a_verdict_rests_on_differs_and_says_why(path: str, value: object) -> None:
    found = [one for one in compare_checks(CHECK, again(path, value)) if one.outcome is Same.DIFFERS]
    assert found
    assert all(one.why for one in found)


def test_a_check_that_was_not_run_is_told_apart() -> None:
    assert set(outcomes(None).values()) == {Same.NOT_RUN}


@pytest.mark.parametrize("reason", sorted(OF_THE_PLACE))
def test_a_machine_that_cannot_decide_says_so_and_nothing_differs(reason: Reason) -> None:
    after = CheckResult("F1", reason, "this machine has no sandbox").as_json()
    found = compare_checks(CHECK, after, why="the checker's code is another one")
    assert {one.outcome for one in found} == {Same.REPRODUCED, Same.UNDECIDED}
    undecided = {one.path: one.why for one in found if one.outcome is Same.UNDECIDED}
    assert set(undecided) >= {"F1.verdict", "F1.facts.passed", "F1.facts.sampled_faults.noticed"}
    assert set(undecided.values()) == {"this machine could not decide it: this machine has no sandbox"}


@pytest.mark.parametrize("reason", [Reason.CENSUS_MISMATCH, Reason.NEEDS_SERVICE, Reason.TESTS_FAILED])
def test_an_answer_that_speaks_of_the_submission_differs_even_where_it_is_inconclusive(
    reason: Reason,
) -> None:
    after = CheckResult("F1", reason, "said").as_json()
    assert Same.UNDECIDED not in outcomes(after).values()
    assert outcomes(after)["F1.verdict"] is Same.DIFFERS


def test_what_was_undecided_before_for_the_same_reason_is_compared() -> None:
    before = CheckResult("F1", Reason.INFRASTRUCTURE, "no room").as_json()
    found = compare_checks(before, CheckResult("F1", Reason.INFRASTRUCTURE, "no index").as_json())
    assert {one.path for one in found if one.outcome is Same.DIFFERS} == {"F1.summary"}
