"""The facts of F1: what was found, as plain JSON values, for the learner, the mentor and the evidence."""

from collections import Counter
from dataclasses import asdict

from jobtwin.verification.engine import Outcome
from jobtwin.verification.f1.census import Census
from jobtwin.verification.f1.options import Options
from jobtwin.verification.f1.pytest_config import PytestConfig
from jobtwin.verification.f1.results import TestReport
from jobtwin.verification.f1.run import Run, missing

SHOWN = 50
_LOG_CHARACTERS = 16_000
_WORTH_TELLING = 0.01


def facts_of_census(census: Census, config: PytestConfig, options: Options) -> dict[str, object]:
    """What reading the source told."""
    facts: dict[str, object] = {
        "census": len(census.tests),
        "configuration": config.file,
        "options_honoured": list(options.honoured),
        "options_undone": list(options.undone) + list(census.undone),
    }
    if census.elsewhere:
        facts["tests_elsewhere"] = dict(sorted(census.elsewhere.items())[:SHOWN])
    if census.broken:
        facts["unreadable_modules"] = {one.path: one.message for one in census.broken[:SHOWN]}
    return facts


def facts_of_run(run: Run) -> dict[str, object]:
    """What the main run told. Messages and logs come from the submission: data, never markup."""
    reports = run.reports
    skipped = {r.nodeid for r in reports if r.outcome == "skipped" and not r.expected}
    expected = {r.nodeid for r in reports if r.outcome == "skipped" and r.expected}
    failing = run.failing
    by_mark = Counter(mark for marks in run.results.deselected.values() for mark in marks & run.markers)
    facts: dict[str, object] = {
        "collected": len({one.nodeid for one in reports}),
        "passed": len(run.passed),
        "failed": {name: report.message for name, report in list(failing.items())[:SHOWN]},
        "failed_count": len(failing),
        "skipped": len(skipped),
        "xfailed": len(expected),
        "deselected": len(run.results.deselected),
        "deselected_by": dict(by_mark),
        "deselected_tests": sorted(run.results.deselected)[:SHOWN],
        "duration": round(run.outcome.usage.wall_seconds, 3),
        "slowest": _slowest(reports),
        "not_reported": list(missing(run))[:SHOWN] if reports else [],
        "canaries": {"must_pass": run.canaries.passes, "must_fail": run.canaries.fails},
        "pytest": run.results.pytest,
        "python": run.results.python,
        "plugins": list(run.results.plugins),
        "able_to_bend_results": [str(one) for one in run.abilities[:SHOWN]],
        "usage": run.outcome.usage.as_json(),
        "limits": asdict(run.limits),
        "limits_hit": [limit.value for limit in run.outcome.limits_hit],
        "log": run.outcome.stdout[-_LOG_CHARACTERS:],
    }
    if run.outcome.stderr.strip():
        facts["errors"] = run.outcome.stderr[-_LOG_CHARACTERS:]
    if run.outcome.unenforced:
        facts["limits_unenforced"] = [limit.value for limit in run.outcome.unenforced]
    return facts


def _slowest(reports: list[TestReport]) -> dict[str, float]:
    """The five tests that took longest, in seconds."""
    longest = sorted(reports, key=lambda one: -one.seconds)[:5]
    return {one.nodeid: one.seconds for one in longest if one.seconds >= _WORTH_TELLING}


def facts_of_control(*, bodies: int, outcome: Outcome | None, survived: bool) -> dict[str, object]:
    """What the negative control told. `bodies` 0: there was nothing to switch off, and nothing was run."""
    facts: dict[str, object] = {"functions_switched_off": bodies, "noticed": bool(bodies) and not survived}
    if outcome is not None:
        facts["usage"] = outcome.usage.as_json()
    return facts
