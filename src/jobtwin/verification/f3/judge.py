"""The verdict on one run of an evals suite.

The question is whether the suite runs from end to end, not what it measures: the model is a stand-in,
so a threshold that it misses says nothing. A suite that ends by itself and leaves a complete report has
run, whatever its exit code; one that ends with a traceback, a signal or no report has not.
"""

import re
import signal
from dataclasses import dataclass

from jobtwin.core.check import Reason
from jobtwin.verification.engine import BUSY, REASON_OF_LIMIT, Limit, Outcome
from jobtwin.verification.f3.run import EvalsRun, File, Told

TRACEBACK = "Traceback (most recent call last):"
MAX_MESSAGE_LINES = 8
"""Lines of an exception's own message; more text after a traceback means that the program went on."""

_NETWORK = re.compile(
    r"gaierror|Temporary failure in name resolution|Name or service not known|nodename nor servname|"
    r"Network is unreachable|ENOTFOUND|EAI_AGAIN|Could not resolve host|NameResolutionError|"
    r"ClientConnectorDNSError"
)
_REFUSED = re.compile(r"Connection ?[Rr]efused")
_NO_SPACE = "No space left on device"
_NO_TESTS = 5
_OTHER_TOOLS = {
    "node",
    "npm",
    "npx",
    "pnpm",
    "yarn",
    "bun",
    "deno",
    "promptfoo",
    "go",
    "cargo",
    "docker",
    "podman",
}
_DOCUMENTED_EXITS = {"pytest": 1, "promptfoo": 100}
"""Exit codes by which a tool says that it ran to its end and some cases failed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason and a sentence; `thresholds_not_met` where the suite ran but was not content."""

    reason: Reason
    summary: str
    thresholds_not_met: bool = False


def judge(run: EvalsRun) -> Finding:
    """The finding on one run."""
    told = run.told
    if told is None:
        return _silent(run)
    if told.exit == 0:
        return _ended_well(run, told)
    return _not_started(run, told) or _limit(run) or _ended_badly(run, told)


def _ended_badly(run: EvalsRun, told: Told) -> Finding:
    if told.signal == signal.SIGXCPU:
        return Finding(Reason.TIMEOUT, run.limits.message(Limit.CPU))
    if told.signal is not None:
        return Finding(Reason.CRASHED, f"the evals died of signal {told.signal}")
    if not is_uncaught(run.outcome.stderr) and _ran_to_its_end(run, told):
        said = f"the evals ran from end to end with a stand-in model{_cases(run)}"
        why = f"their thresholds were not met (exit code {told.exit})"
        return Finding(Reason.OK, f"{said}; {why}{_changed(run)}", thresholds_not_met=True)
    return _failed(run, told)


def _silent(run: EvalsRun) -> Finding:
    """The runner told nothing: it was killed, by a limit or by the command."""
    limit = _limit(run)
    if limit is not None:
        return limit
    if run.outcome.signal is not None or run.outcome.exit_code is None:
        return Finding(Reason.CRASHED, "the evals killed the process that watched them")
    said = _last_line(run.outcome)
    return Finding(Reason.INFRASTRUCTURE, f"the evals could not be watched in the sandbox: {said}")


def _limit(run: EvalsRun) -> Finding | None:
    hit = run.outcome.limits_hit
    if hit and hit[0] is Limit.WALL and run.outcome.usage.was_starved:
        return Finding(Reason.INFRASTRUCTURE, f"{run.limits.message(hit[0])}; {BUSY}")
    if hit:
        return Finding(REASON_OF_LIMIT[hit[0]], run.limits.message(hit[0]))
    if _NO_SPACE in run.outcome.stderr:
        return Finding(Reason.DISK_FULL, run.limits.message(Limit.DISK))
    return None


def _not_started(run: EvalsRun, told: Told) -> Finding | None:
    if told.missing is None:
        return None
    name = run.command.argv[0]
    if name in _OTHER_TOOLS:
        said = f"the evals need {name}, which the sandbox does not have: lock it with npm, or declare Python"
        return Finding(Reason.NOT_SUPPORTED, said)
    if name == "make":
        said = "the target evals needs make; declare the command itself in jobtwin.toml under [evals]"
        return Finding(Reason.CRASHED, said)
    return Finding(Reason.CRASHED, f"the command {name} cannot be started: {told.missing}")


def _ended_well(run: EvalsRun, told: Told) -> Finding:
    absent = [one for one in run.reports if not _was_written(one, run)]
    if absent:
        said = f"the command ended well, but did not write {', '.join(absent)}, which jobtwin.toml declares"
        return Finding(Reason.NO_TESTS, said)
    broken = next((one for one in run.written_reports if one.status in {"error", "cancelled"}), None)
    if broken is not None:
        return Finding(Reason.CRASHED, f"the log {broken.path} says that its task ended with {broken.status}")
    printed = f"{run.outcome.stdout}{run.outcome.stderr}".strip()
    if not printed and not run.written_reports and not told.calls:
        said = "the command ended with 0, but printed nothing, wrote nothing and asked no model"
        return Finding(Reason.NO_TESTS, said)
    said = f"the evals ran from end to end with a stand-in model{_cases(run)}{_changed(run)}"
    return Finding(Reason.OK, said)


def _ran_to_its_end(run: EvalsRun, told: Told) -> bool:
    """Whether the run left a complete report, or its tool says so by a documented exit code."""
    if told.exit is None or told.exit > 125:
        return False
    if _DOCUMENTED_EXITS.get(_tool(run)) == told.exit:
        return True
    if run.reports:
        return all(_was_written(one, run) for one in run.reports)
    return any(_is_complete(one) for one in run.written_reports)


def _tool(run: EvalsRun) -> str:
    words = run.command.argv
    return words[2] if words[1:2] == ("-m",) and len(words) > 2 else words[0]


def _was_written(report: str, run: EvalsRun) -> bool:
    return any(
        one.valid is not False
        for one in run.written_reports
        if one.path == report or one.path.startswith(f"{report}/")
    )


def _is_complete(file: File) -> bool:
    """A JSON report that parses and says something, or a file of another kind that is named as a report."""
    if file.valid is not None:
        return file.valid and file.status not in {"error", "cancelled"}
    return bool(re.search(r"report|result|eval|score|summary|metric", file.path.lower()))


def is_uncaught(stderr: str) -> bool:
    """Whether a program's errors end with a traceback, so that an exception ended it."""
    _, header, after = stderr.rpartition(TRACEBACK)
    if not header:
        return False
    lines = after.strip("\n").split("\n")
    message = next(
        (n for n, line in enumerate(lines) if line.strip() and not line.startswith(" ")), len(lines)
    )
    return len(lines) - message <= MAX_MESSAGE_LINES


def _failed(run: EvalsRun, told: Told) -> Finding:
    errors = f"{run.outcome.stderr}\n{run.outcome.stdout}"
    last = _last_line(run.outcome)
    if _NETWORK.search(errors):
        said = "the evals need the network; a suite must run offline, with OPENAI_BASE_URL as its model"
        return Finding(Reason.NEEDS_NETWORK, f"{said}: {last}")
    if _REFUSED.search(errors) and set(run.services) - {"model"}:
        said = f"the evals look for a service ({', '.join(run.services)}), and none runs beside them"
        return Finding(Reason.NEEDS_SERVICE, f"{said}: {last}")
    if _tool(run) == "pytest" and told.exit == _NO_TESTS:
        return Finding(Reason.NO_TESTS, "pytest finds no test among the evals")
    how = "with a traceback" if is_uncaught(run.outcome.stderr) else "and left no complete report"
    return Finding(Reason.CRASHED, f"the evals ended with exit code {told.exit} {how}: {last}")


def _last_line(outcome: Outcome) -> str:
    for text in (outcome.stderr, outcome.stdout):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if lines:
            return lines[-1][:300]
    return "no message"


def _cases(run: EvalsRun) -> str:
    """How many cases the reports tell of, and beside it how often the model really was asked."""
    count = count_cases(run)
    if count is None:
        return ""
    calls = run.told.answered if run.told is not None else 0
    return f" over {count} {_plural('case', count)} ({calls} {_plural('call', calls)} to it)"


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def count_cases(run: EvalsRun) -> int | None:
    """The cases that the run's reports tell of; None where none of them says a number."""
    declared = [one for one in run.written_reports if _declared(one, run)]
    files = declared or run.written_reports
    return max((one.cases for one in files if one.cases is not None), default=None)


def _declared(file: File, run: EvalsRun) -> bool:
    return any(file.path == one or file.path.startswith(f"{one}/") for one in run.reports)


def _changed(run: EvalsRun) -> str:
    """What a mentor should look at first."""
    changed, same = run.changed_data, run.reports_as_committed
    said = f"; they changed their own data: {', '.join(changed[:3])}" if changed else ""
    return said + (f"; {', '.join(same[:3])} came out exactly as committed" if same else "")
