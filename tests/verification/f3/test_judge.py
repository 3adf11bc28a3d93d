"""The verdict on a run: ran from end to end, or not, whatever the stand-in model scored."""

from dataclasses import replace

import pytest

from jobtwin.core.check import Reason
from jobtwin.verification.engine import DEFAULT_LIMITS, Limit, Outcome
from jobtwin.verification.f3.facts import facts_of_run
from jobtwin.verification.f3.judge import TRACEBACK, Finding, is_uncaught, judge
from jobtwin.verification.f3.run import EvalsRun, File, Told
from jobtwin.verification.f3.source import EvalsCommand

REPORT = File(path="report.json", new=True, size=20, sha256="0" * 64, valid=True, cases=12)
UNCAUGHT = f'{TRACEBACK}\n  File "run.py", line 3, in <module>\n    main()\nValueError: no such case\n'
LOGGED = f"ERROR case 3\n{UNCAUGHT}" + "INFO case\n" * 12


def replace_file(**change: object) -> File:
    return REPORT.model_copy(update=change)


WELL = Told(
    exit=0,
    signal=None,
    missing=None,
    seconds=1.0,
    calls={"chat": 12},
    unknown={},
    files=(REPORT,),
    files_count=1,
    odd={},
    data={"evals/cases.jsonl": "aa"},
)


def run(
    *,
    stderr: str = "",
    stdout: str = "12 cases\n",
    limits_hit: tuple[Limit, ...] = (),
    argv: tuple[str, ...] = ("python", "-m", "evals.run"),
    reports: tuple[str, ...] = (),
    services: tuple[str, ...] = (),
    outcome_exit: int | None = 0,
    silent: bool = False,
    **told: object,
) -> EvalsRun:
    outcome = Outcome(
        outcome_exit,
        signal=outcome_exit - 128 if outcome_exit is not None and outcome_exit > 128 else None,
        stdout=stdout,
        stderr=stderr,
        limits_hit=limits_hit,
    )
    said = None if silent else WELL.model_copy(update=told)
    command = EvalsCommand(argv, "declared")
    return EvalsRun(command, reports, {"evals/cases.jsonl": "aa"}, DEFAULT_LIMITS, outcome, said, services)


def judged(**details: object) -> Finding:
    return judge(run(**details))  # type: ignore[arg-type]  # passed on as given


def test_a_suite_that_ends_well_ran_from_end_to_end() -> None:
    finding = judged()
    assert finding.reason is Reason.OK
    said = "the evals ran from end to end with a stand-in model over 12 cases (12 calls to it)"
    assert finding.summary == said
    assert not finding.thresholds_not_met


def test_a_report_of_more_cases_than_the_model_was_asked_shows_both_numbers() -> None:
    assert judged(calls={}).summary.endswith("over 12 cases (0 calls to it)")
    calls = {"chat": 1, "refused": 3, "schema_patterns_unmet": 2}
    assert judged(calls=calls).summary.endswith("over 12 cases (1 call to it)")


def test_a_report_that_came_out_as_it_was_committed_is_told() -> None:
    same = replace(run(), reports_as_committed=("report.json",))

    assert judge(same).summary.endswith("; report.json came out exactly as committed")
    assert facts_of_run(same, judge(same))["reports_as_committed"] == ["report.json"]


def test_missed_thresholds_with_a_complete_report_are_a_run_from_end_to_end() -> None:
    finding = judged(exit=1)
    assert (finding.reason, finding.thresholds_not_met) == (Reason.OK, True)
    assert "thresholds were not met (exit code 1)" in finding.summary
    assert facts_of_run(run(exit=1), finding)["thresholds_not_met"] is True


@pytest.mark.parametrize(("tool", "code"), [("pytest", 1), ("promptfoo", 100)])
def test_an_exit_code_by_which_a_tool_says_that_cases_failed_is_a_run(tool: str, code: int) -> None:
    assert judged(argv=(tool, "evals"), exit=code, files=()).reason is Reason.OK
    assert judged(argv=(tool, "evals"), exit=2, files=()).reason is Reason.CRASHED


def test_a_log_line_with_a_traceback_does_not_make_a_run_a_crash() -> None:
    assert judged(exit=1, stderr=LOGGED).reason is Reason.OK


@pytest.mark.parametrize(
    ("details", "reason", "words"),
    [
        ({"exit": 1, "stderr": UNCAUGHT}, Reason.CRASHED, "with a traceback: ValueError: no such case"),
        ({"exit": 1, "files": ()}, Reason.CRASHED, "left no complete report"),
        ({"exit": 2, "files": (replace_file(valid=False),)}, Reason.CRASHED, "no complete report"),
        ({"exit": 126}, Reason.CRASHED, "exit code 126"),
        ({"exit": 1, "reports": ("out/scores.json",)}, Reason.CRASHED, "no complete report"),
        ({"exit": 0, "reports": ("out/scores.json",)}, Reason.NO_TESTS, "did not write out/scores.json"),
        ({"exit": None, "signal": 11}, Reason.CRASHED, "signal 11"),
        ({"exit": None, "signal": 24}, Reason.TIMEOUT, "cpu_seconds"),
        ({"exit": None, "missing": "No such file or directory"}, Reason.CRASHED, "cannot be started"),
        (
            {"exit": None, "missing": "No such file", "argv": ("npx", "promptfoo")},
            Reason.NOT_SUPPORTED,
            "does not have",
        ),
        ({"exit": None, "missing": "No such file", "argv": ("make", "x")}, Reason.CRASHED, "needs make"),
        ({"files": (), "calls": {}, "stdout": ""}, Reason.NO_TESTS, "printed nothing"),
        ({"files": (replace_file(status="error"),)}, Reason.CRASHED, "ended with error"),
        ({"exit": 5, "argv": ("pytest", "evals"), "files": ()}, Reason.NO_TESTS, "no test"),
        (
            {"exit": 1, "files": (), "stderr": "socket.gaierror: [Errno -3] Temporary failure"},
            Reason.NEEDS_NETWORK,
            "OPENAI_BASE_URL",
        ),
        (
            {"exit": 1, "files": (), "stderr": "ConnectionRefusedError", "services": ("postgres",)},
            Reason.NEEDS_SERVICE,
            "postgres",
        ),
        ({"exit": 1, "files": (), "stderr": "ConnectionRefusedError"}, Reason.CRASHED, "exit code 1"),
        ({"exit": 1, "limits_hit": (Limit.MEMORY,)}, Reason.OUT_OF_MEMORY, "memory_bytes"),
        ({"exit": 1, "stderr": "OSError: No space left on device"}, Reason.DISK_FULL, "disk_bytes"),
        ({"silent": True, "outcome_exit": None, "limits_hit": (Limit.WALL,)}, Reason.TIMEOUT, "wall_seconds"),
        ({"silent": True, "outcome_exit": 137}, Reason.CRASHED, "killed the process that watched"),
        ({"silent": True, "outcome_exit": 1}, Reason.INFRASTRUCTURE, "could not be watched"),
    ],
)
def test_a_run_that_did_not_reach_its_end_is_refuted_by_name(
    details: dict[str, object], reason: Reason, words: str
) -> None:
    finding = judged(**details)
    assert finding.reason is reason
    assert words in finding.summary


def test_data_that_a_run_changes_or_removes_is_told() -> None:
    for digest in ("bb", None):
        changed = run(data={"evals/cases.jsonl": digest})
        finding = judge(changed)
        assert finding.reason is Reason.OK
        assert "changed their own data: evals/cases.jsonl" in finding.summary
        assert facts_of_run(changed, finding)["data_changed"] == ["evals/cases.jsonl"]


def test_its_own_changed_data_is_no_report() -> None:
    rewritten = REPORT.model_copy(update={"path": "evals/cases.jsonl", "new": False})
    assert judged(exit=1, files=(rewritten,)).reason is Reason.CRASHED


def test_the_facts_say_that_the_model_is_a_stand_in_and_count_the_calls() -> None:
    told = run(calls={"chat": 3, "embeddings": 2, "schema_patterns_unmet": 1})
    facts = facts_of_run(told, judge(told))
    assert facts["model"] == "stand-in"
    assert facts["model_calls"] == {"chat": 3, "embeddings": 2, "schema_patterns_unmet": 1}
    assert facts["model_calls_total"] == 5


def test_names_of_files_are_shown_inert() -> None:
    evil = REPORT.model_copy(update={"path": "\x1b[31m\u202e<b>.json"})
    told = run(files=(evil,), odd={"a\nb": "pipe"})
    facts = facts_of_run(told, judge(told))
    assert facts["reports"][0]["path"].isprintable()  # type: ignore[index]  # a list of reports
    assert list(facts["files_not_opened"]) == ["a\N{REPLACEMENT CHARACTER}b"]  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("stderr", "uncaught"),
    [
        ("", False),
        ("warning: slow\n", False),
        (UNCAUGHT, True),
        (f"{LOGGED}{UNCAUGHT}", True),
        (LOGGED, False),
        (f"{TRACEBACK}\n  File x\npydantic.ValidationError: 1 error\nname\n  missing\n", True),
    ],
)
def test_an_exception_that_ended_the_program_stands_at_the_end(stderr: str, *, uncaught: bool) -> None:
    assert is_uncaught(stderr) is uncaught
