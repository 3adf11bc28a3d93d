"""Runs for the judge's tests: an honest one, and a few words to bend it."""

from collections.abc import Iterable
from dataclasses import replace

from jobtwin.verification.engine import Limit, Limits, Outcome
from jobtwin.verification.f1.abilities import Ability
from jobtwin.verification.f1.canaries import Canaries
from jobtwin.verification.f1.census import Census, Patterns
from jobtwin.verification.f1.module_reader import FoundTest
from jobtwin.verification.f1.results import Results, TestReport
from jobtwin.verification.f1.run import Run

PATTERNS = Patterns("", (".",), ("test_*.py",), ("Test",), ("test",), ())
CANARIES = Canaries("test_bird.py", b"", "test_bird.py::test_sings", "test_bird.py::test_falls")
HOOK = Ability("report", "conftest.py", 3, "pytest_runtest_makereport")
DROPPER = Ability("collection", "conftest.py", 9, "pytest_collection_modifyitems")
LEAVER = Ability("exit", "test_a.py", 1, "os._exit")


def report(nodeid: str, outcome: str = "passed", phase: str = "call", **more: object) -> TestReport:
    """A report whose test was watched and did what it says."""
    raised = "AssertionError" if outcome == "failed" else None
    base = TestReport(nodeid, phase, outcome, ran=1 if phase == "call" else None, raised=raised, raw=raised)
    return replace(base, **more)  # type: ignore[arg-type]  # the tests name the fields


def census(*nodeids: str) -> Census:
    """A census of certain tests."""
    return Census(PATTERNS, tuple(FoundTest(one, one.partition("::")[0], 1, certain=True) for one in nodeids))


def run(
    reports: Iterable[TestReport] = (report("test_a.py::test_x"),),
    *,
    known: Census | None = None,
    able: tuple[Ability, ...] = (),
    canaries: Iterable[TestReport] | None = None,
    outcome: Outcome | None = None,
    limits_hit: tuple[Limit, ...] = (),
    marker: str | None = None,
    markers: frozenset[str] = frozenset(),
    **told: object,
) -> Run:
    """An honest run of one passing test, but for what is named. `told` are fields of Results."""
    found = list(reports)
    honest = [report(CANARIES.passes), report(CANARIES.fails, "failed")]
    birds = honest if canaries is None else list(canaries)
    fields: dict[str, object] = {
        "started": True,
        "python": "3.11.2",
        "exit_code": 1,
        "reports": [*found, *birds],
        "failed_count": sum(one.outcome == "failed" for one in [*found, *birds]),
    }
    results = Results(**(fields | told))  # type: ignore[arg-type]  # the tests name the fields
    code = results.exit_code if results.exit_code is not None else 70
    return Run(
        census=known if known is not None else census("test_a.py::test_x"),
        canaries=CANARIES,
        abilities=able,
        outcome=outcome or Outcome(code, limits_hit=limits_hit),
        results=results,
        limits=Limits(),
        marker=marker,
        markers=markers,
    )
