"""The verdict on one run of a suite: a pure function from what is known to a reason and facts.

The order of the questions matters: what makes the reports worthless comes before what they say.
"""

import re
from collections.abc import Callable, Sequence

from jobtwin.core.check import Reason
from jobtwin.verification.engine import BUSY, REASON_OF_LIMIT, Limit, Outcome
from jobtwin.verification.f1.passes import NAME_CHARACTERS, impossible_passes, unseen_passes
from jobtwin.verification.f1.results import TestReport
from jobtwin.verification.f1.run import Finding, Run, is_below, missing, unfairly_deselected

_NETWORK = {
    *("gaierror", "ConnectError", "ConnectTimeout", "NameResolutionError", "NewConnectionError"),
    *("MaxRetryError", "URLError", "ClientConnectorError", "ClientConnectorDNSError", "APIConnectionError"),
}
_UNREACHABLE, _NO_SPACE = 101, 28
_USAGE_ERROR, _NO_TESTS = 4, 5
_IMPORT = re.compile(r"\b(ModuleNotFound|Import)Error\b")


def judge(run: Run) -> Finding:
    """The finding on the main run."""
    for question in _QUESTIONS:
        finding = question(run)
        if finding is not None:
            return finding
    count = len(run.passed)
    return Finding(Reason.OK, f"{count} test{'s' if count != 1 else ''} passed on a clean clone")


def in_want(run: Run, finding: Finding, given_up: Sequence[str]) -> Finding:
    """Not the suite's fault where imports alone fail and contradicting requirements were left out."""
    if not given_up or finding.reason not in {Reason.COLLECTION_ERROR, Reason.TESTS_FAILED}:
        return finding
    broken = [one.message for one in run.results.collects if one.outcome == "failed"]
    broken += [str(run.results.boom["kind"])] if run.results.boom is not None else []
    broken += [" ".join(report.causes) for report in run.failing.values()]
    if not broken or not all(_IMPORT.search(one) for one in broken):
        return finding
    names = ", ".join(given_up[:5])
    said = f"the suite fails at an import, and {names} could not be installed beside the rest"
    return Finding(Reason.UNRESOLVABLE_STATICALLY, f"{said}: give versions that fit together")


def with_submodules(run: Run, finding: Finding, submodules: Sequence[str]) -> Finding:
    """Says so where what fails speaks of a submodule, whose folder a clean clone leaves empty."""
    if finding.reason not in {Reason.COLLECTION_ERROR, Reason.TESTS_FAILED}:
        return finding
    messages = [one.message for one in run.results.collects if one.outcome == "failed"]
    messages += [report.message for report in run.failing.values()]
    named = next((path for path in submodules if any(path in one for one in messages)), None)
    if named is None:
        return finding
    said = f"; {named[:100]} is a submodule, which a clean clone leaves empty: commit its files"
    return Finding(finding.reason, finding.summary + said)


def _met_limit(run: Run) -> Finding | None:
    """A limit counts when it ended the run, or when the run failed while it was met."""
    hit = run.outcome.limits_hit
    if not hit:
        return None
    ended = run.outcome.exit_code is None or run.results.exit_code is None
    if hit[0] is Limit.WALL and run.outcome.usage.was_starved:
        return Finding(Reason.INFRASTRUCTURE, f"{run.limits.message(hit[0])}; {BUSY}")
    if ended or run.failing or any(one.outcome == "failed" for one in run.results.collects):
        return Finding(REASON_OF_LIMIT[hit[0]], run.limits.message(hit[0]))
    return None


def _met_full_disk(run: Run) -> Finding | None:
    full = [report for report in run.failing.values() if _NO_SPACE in report.errnos]
    return Finding(Reason.DISK_FULL, run.limits.message(Limit.DISK)) if full else None


def _forged_channel(run: Run) -> Finding | None:
    if run.results.forged_lines:
        return Finding(Reason.TAMPERED, "the run wrote forged lines to the result channel")
    return None


def _never_started(run: Run) -> Finding | None:
    if run.results.started or run.results.boom is not None:
        return None
    last = run.outcome.stderr.strip().splitlines()[-1:] or ["no message"]
    return Finding(Reason.INFRASTRUCTURE, f"pytest could not be loaded in the sandbox: {last[0][:200]}")


def _ended_early(run: Run) -> Finding | None:
    if run.results.exit_code is not None or run.results.boom is not None:
        return _other_exit(run)
    if run.outcome.signal is not None:
        return Finding(Reason.CRASHED, f"the run died of signal {run.outcome.signal}")
    able = run.able("exit", "report", "innards")
    if run.outcome.exit_code == 0 and able:
        return Finding(Reason.TAMPERED, f"the run was ended from inside, pretending success ({able})")
    return Finding(Reason.CRASHED, f"the run was ended from inside with exit code {run.outcome.exit_code}")


def _other_exit(run: Run) -> Finding | None:
    told = run.results.exit_code
    if told is not None and told != run.outcome.exit_code:
        return Finding(Reason.TAMPERED, f"pytest ended with {told}, its process with {run.outcome.exit_code}")
    return None


def _blew_up(run: Run) -> Finding | None:
    boom = run.results.boom
    if boom is None:
        return None
    in_conftest = any(str(path).endswith("conftest.py") for path in boom["files"])
    if boom["kind"] == "SystemExit" and boom["m"] in {"0", "None"} and in_conftest:
        return Finding(Reason.TAMPERED, "a conftest ends the run with success before any test")
    said = f"{boom['kind']}: {boom['m']}"
    if not run.results.started:
        return Finding(Reason.COLLECTION_ERROR, f"the pytest that is asked for cannot be loaded here: {said}")
    return Finding(Reason.COLLECTION_ERROR, f"pytest was ended by {said} before it could finish")


def _broken_collection(run: Run) -> Finding | None:
    failed = [one for one in run.results.collects if one.outcome == "failed"]
    for broken in run.census.broken:
        if broken.newer and any(
            is_below(broken.path, one.nodeid) or one.nodeid in broken.path for one in failed
        ):
            text = f"{broken.path}, {broken.message}: this looks like the syntax of a newer Python"
            return Finding(Reason.NO_INTERPRETER, f"{text} than {run.results.python}")
    if failed:
        first = failed[0]
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        return Finding(Reason.COLLECTION_ERROR, f"{first.nodeid} cannot be collected: {first.message}{more}")
    if run.results.exit_code in {3, _USAGE_ERROR}:
        said = _last_error(run.outcome)
        return Finding(Reason.COLLECTION_ERROR, f"pytest could not run: {said}")
    return None


def _last_error(outcome: Outcome) -> str:
    lines = [line.strip() for line in f"{outcome.stdout}\n{outcome.stderr}".splitlines() if line.strip()]
    errors = [line[1:].strip() for line in lines if line.startswith("E  ")]
    errors = errors or [line for line in lines if "rror" in line]
    return (errors or lines or ["no message"])[-1][:300]


def _bent_canary(run: Run) -> Finding | None:
    reports = run.of_canary(run.canaries.fails)
    if any(report.outcome == "failed" for report in reports):
        return None
    if any(report.outcome == "passed" for report in reports):
        how = run.able("report", "collection", "innards", "dynamic") or "nothing that we recognise"
        return Finding(Reason.TAMPERED, f"a test that must fail was reported as passed ({how})")
    able = run.able("report", "collection", "exit", "innards")
    if able:
        return Finding(Reason.TAMPERED, f"a test that must fail was not reported as failed ({able})")
    if run.results.exit_code == _NO_TESTS and not run.census.certain:
        return Finding(Reason.NO_TESTS, "pytest finds no test in this repository")
    return Finding(Reason.CENSUS_MISMATCH, "a test that we added was not reported; nothing here explains it")


def _bent_reports(run: Run) -> Finding | None:
    """Passes that cannot be, where something in the submission is able to arrange them."""
    able = run.able("report", "innards", "collection", "dynamic")
    if able is None:
        return None
    for nodeid, change in run.results.rewritten.items():
        return Finding(Reason.TAMPERED, f"the report of {nodeid} was rewritten from {change} ({able})")
    said = next(impossible_passes(run), None) or next(unseen_passes(run), None)
    return Finding(Reason.TAMPERED, f"{said} ({able})") if said else None


def _unexplained_passes(run: Run) -> Finding | None:
    said = next(impossible_passes(run), None)
    return Finding(Reason.CENSUS_MISMATCH, f"{said}; nothing here explains it") if said else None


def _bent_count(run: Run) -> Finding | None:
    """Failures that we saw and pytest itself no longer counts."""
    seen = sum(report.outcome == "failed" and not report.expected for report in run.results.reports)
    counted = run.results.failed_count
    forgotten = run.results.exit_code == 0 or (counted is not None and counted < seen)
    able = run.able("report", "innards", "collection", "exit")
    if not seen or not forgotten or able is None:
        return None
    code = run.results.exit_code
    return Finding(
        Reason.TAMPERED,
        f"{seen} tests failed, but pytest counts {counted} and ends with exit code {code} ({able})",
    )


def _failures(run: Run) -> Finding | None:
    failing = run.failing
    if not failing:
        return None
    names = list(failing)
    shown = _listed(names) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    cut_off = sum(_needs_network(report) for report in failing.values())
    if cut_off == len(names):
        return Finding(Reason.NEEDS_NETWORK, f"these tests need a network: {shown}")
    said = f"{len(names)} test{'s' if len(names) != 1 else ''} failed: {shown}"
    return Finding(Reason.TESTS_FAILED, said + (f"; {cut_off} of them need a network" if cut_off else ""))


def _listed(names: Sequence[str]) -> str:
    """The first five, each cut: a parameter of a test can be as long as a book."""
    return ", ".join(one[:NAME_CHARACTERS] for one in names[:5])


def _needs_network(report: TestReport) -> bool:
    return _UNREACHABLE in report.errnos or bool(_NETWORK & set(report.causes))


def _vanished(run: Run) -> Finding | None:
    gone = missing(run) or unfairly_deselected(run)
    if not gone:
        return None
    able = run.able("collection", "report", "exit", "innards")
    shown = _listed(gone)
    condition = run.able("condition")
    if condition and not {one.partition("::")[0] for one in gone} & run.reported_files:
        said = f"{len(gone)} tests lie in files that a condition leaves out ({condition}): {shown}"
        return Finding(Reason.CENSUS_MISMATCH, said)
    if able:
        return Finding(Reason.TAMPERED, f"{len(gone)} tests vanished from the run ({able}): {shown}")
    return Finding(Reason.CENSUS_MISMATCH, f"{len(gone)} tests of the source were not reported: {shown}")


def _nothing_passed(run: Run) -> Finding | None:
    if run.passed:
        return None
    if not run.census.tests and not run.reports:
        return Finding(Reason.NO_TESTS, "pytest finds no test in this repository")
    return Finding(
        Reason.ALL_SKIPPED, "no test really passed: all are skipped, deselected or expected to fail"
    )


def _odd_pass_canary(run: Run) -> Finding | None:
    if any(report.passed for report in run.of_canary(run.canaries.passes)):
        return None
    return Finding(Reason.CENSUS_MISMATCH, "a plain test that we added did not pass beside the project's own")


def _odd_exit(run: Run) -> Finding | None:
    extra = (run.results.failed_count or 0) - sum(
        report.outcome == "failed" for report in run.results.reports
    )
    if run.results.exit_code == 1 and extra == 0:
        return None
    if run.results.exit_code == 1 and extra > 0:
        said = _last_error(run.outcome)
        return Finding(Reason.TESTS_FAILED, f"every test passed, but a plugin failed the run: {said}")
    able = run.able("report", "collection", "exit", "innards")
    text = f"pytest ended with {run.results.exit_code} although one test had to fail"
    if able:
        return Finding(Reason.TAMPERED, f"{text} ({able})")
    return Finding(Reason.CENSUS_MISMATCH, text)


_QUESTIONS: tuple[Callable[[Run], Finding | None], ...] = (
    _met_limit,
    _forged_channel,
    _never_started,
    _ended_early,
    _blew_up,
    _broken_collection,
    _bent_canary,
    _bent_reports,
    _bent_count,
    _met_full_disk,
    _failures,
    _vanished,
    _unexplained_passes,
    _nothing_passed,
    _odd_pass_canary,
    _odd_exit,
)
