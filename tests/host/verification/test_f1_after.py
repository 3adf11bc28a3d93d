"""After the verdict: which small faults a suite notices, and which tests depend on their order."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobtwin.core.check import Reason
from jobtwin.source.tree import MemoryTree
from jobtwin.verification.choose import choose_engine
from jobtwin.verification.events import Progress, ignore
from jobtwin.verification.f1.check import check_f1
from jobtwin.verification.settings import AfterSettings, VerificationSettings
from jobtwin.verification.subject import Subject
from tests.verification.fakes import FailingAfter

pytestmark = pytest.mark.host

APP = """
def price(count):
    if count >= 10:
        return count * 2
    return count * 3


def label(count):
    return "many" if count > 5 else "few"
"""
STRICT = """
import pytest
from app import label, price

@pytest.mark.parametrize(("count", "expected"), [(1, 3), (9, 27), (10, 20), (20, 40)])
def test_price(count, expected):
    assert price(count) == expected

@pytest.mark.parametrize(("count", "expected"), [(5, "few"), (6, "many")])
def test_label(count, expected):
    assert label(count) == expected
"""
LAX = """
from app import label, price

def test_price():
    assert price(1)

def test_label():
    assert label(1)
"""
IN_ORDER = """
import pytest
from app import price

SEEN = []

@pytest.mark.parametrize("number", range(12))
def test_step(number):
    assert len(SEEN) == number and price(1)
    SEEN.append(number)
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> VerificationSettings:
    top = tmp_path_factory.mktemp("after")
    cache = os.environ.get("JOBTWIN_CACHE") or str(top / "cache")
    return VerificationSettings.from_environment(
        {
            **os.environ,
            "JOBTWIN_CACHE": cache,
            "JOBTWIN_WORK": str(top / "work"),
            "JOBTWIN_AFTER_CPU_SECONDS": "60",
            "JOBTWIN_AFTER_WALL_SECONDS": "180",
            "JOBTWIN_AFTER_FAULTS": "6",
        }
    )


def facts_of(tests: str, settings: VerificationSettings, work: Path, *, engine: Any = None) -> dict[str, Any]:
    tree = MemoryTree(
        {"app.py": APP.encode(), "test_app.py": tests.encode(), "requirements.txt": b"pytest\n"},
        commit="a" * 40,
    )
    engine = engine or choose_engine(settings)
    result = check_f1(Subject(tree, engine, settings, Progress("F1", ignore, {}), work))
    assert result.reason is Reason.OK, result.summary
    return dict(result.facts)


def test_a_strict_suite_notices_nearly_every_fault(settings: VerificationSettings, tmp_path: Path) -> None:
    facts = facts_of(STRICT, settings, tmp_path)

    faults = facts["sampled_faults"]
    assert faults["sampled"] == 6
    assert faults["noticed"] >= 5
    assert len(faults["survivors"]) == faults["sampled"] - faults["noticed"]
    assert facts["second_order"]["flaky"] == facts["second_order"]["order_dependent"] == []


def test_a_lax_suite_lets_faults_survive_and_is_told_where(
    settings: VerificationSettings, tmp_path: Path
) -> None:
    faults = facts_of(LAX, settings, tmp_path)["sampled_faults"]

    assert 0 < faults["noticed"] < faults["sampled"]
    assert all(one.startswith("app.py:") for one in faults["survivors"])
    assert faults["possible"] >= faults["sampled"]


def test_tests_that_lean_on_each_other_are_named(settings: VerificationSettings, tmp_path: Path) -> None:
    only_order = replace(settings, after=replace(settings.after, faults=0))

    order = facts_of(IN_ORDER, only_order, tmp_path)["second_order"]

    assert order["flaky"] == []
    assert order["order_dependent"]
    assert all(one.startswith("test_app.py::test_step[") for one in order["order_dependent"])
    assert order["runs"] == 2


def test_without_a_budget_nothing_runs_after_the_verdict(
    settings: VerificationSettings, tmp_path: Path
) -> None:
    facts = facts_of(STRICT, replace(settings, after=AfterSettings(cpu_seconds=0)), tmp_path)

    assert not {"sampled_faults", "second_order"} & set(facts)


def test_a_small_budget_ends_early_and_says_so(settings: VerificationSettings, tmp_path: Path) -> None:
    facts = facts_of(STRICT, replace(settings, after=AfterSettings(cpu_seconds=0.01)), tmp_path)

    assert facts["sampled_faults"]["ended_early"] == "the budget was spent"


def test_an_engine_that_fails_afterwards_takes_no_verdict_away(
    settings: VerificationSettings, tmp_path: Path
) -> None:
    engine = FailingAfter(choose_engine(settings), runs=2)  # the tests and the control

    facts = facts_of(STRICT, settings, tmp_path, engine=engine)

    assert facts["second_order"]["ended_early"] == "no more"
    assert facts["sampled_faults"]["ended_early"] == "no more"
