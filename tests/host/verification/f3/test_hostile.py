"""F3 on suites that reach for the watcher, the host, or whoever reads their reports."""

import json
import socketserver

import pytest

from jobtwin.core.check import Reason
from tests.host.verification.f3.bench import Bench, facts

pytestmark = pytest.mark.host

DECLARED = '[evals]\ncommand = "python evals/run.py"\nreports = ["report.json"]\n'


def test_the_watchers_pipe_and_memory_are_out_of_reach(bench: Bench) -> None:
    result = bench.suite(
        """
        import os
        watcher = os.getppid()
        for path in (f"/proc/{watcher}/fd/9", f"/proc/{watcher}/mem"):
            try:
                os.open(path, os.O_WRONLY)
            except OSError as error:
                print(type(error).__name__)
            else:
                print("opened", path)
        try:
            os.write(9, b"{}")
        except OSError as error:
            print(error.strerror)
        for path in ("/jt/inside/evals.py", "/jt/inside/new.py"):
            try:
                open(path, "a")
            except OSError as error:
                print(error.strerror)
        """
    )
    *first, old, new = facts(result)["log"].strip().split("\n")
    assert first == ["PermissionError", "PermissionError", "Bad file descriptor"]
    assert old in {"Read-only file system", "Permission denied"}
    assert new in {"Read-only file system", "Permission denied"}


def test_the_host_cannot_be_reached_and_its_environment_is_not_there(bench: Bench) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        result = bench.suite(
            f"""
            import os, socket
            assert "PATH" in os.environ and not any(name.startswith("JOBTWIN") for name in os.environ)
            assert not os.path.exists("/root") and not os.path.exists("/etc/shadow")
            try:
                socket.create_connection(("127.0.0.1", {server.server_address[1]}), timeout=1)
            except ConnectionRefusedError:
                print("refused")
            """
        )
    assert result.reason is Reason.OK, result.summary
    assert "refused" in facts(result)["log"]


def test_reports_that_are_traps_are_named_and_not_opened(bench: Bench) -> None:
    result = bench.suite(
        """
        import os, socket
        os.symlink("/etc/passwd", "report.json")
        os.symlink("/proc/self/mem", "results.jsonl")
        os.mkfifo("scores.json")
        socket.socket(socket.AF_UNIX).bind("summary.json")
        with open("huge.json", "wb") as file:
            file.truncate(2 * 1024 ** 3)
        open("deep.json", "w").write("[" * 200_000)
        open("bomb.xml", "w").write('<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>')
        print("made")
        """
    )
    assert result.reason is Reason.OK, result.summary
    found = facts(result)
    assert found["files_not_opened"] == {
        "report.json": "link",
        "results.jsonl": "link",
        "scores.json": "pipe",
        "summary.json": "socket",
    }
    by_path = {one["path"]: one for one in found["reports"]}
    assert by_path["huge.json"] == {"path": "huge.json", "new": True, "size": 2 * 1024**3}
    assert by_path["deep.json"]["valid"] is False
    assert "valid" not in by_path["bomb.xml"]


@pytest.mark.parametrize(
    ("body", "report", "said"),
    [
        ("open('report.json', 'a').close()\nprint('all well')", '{"results": [1, 2, 3]}', Reason.NO_TESTS),
        (
            "import os\nos.utime('report.json')\nprint('all well')",
            '{"results": [1, 2, 3]}',
            "exactly as committed",
        ),
        ("open('report.json', 'w').write('{\"cases\": 900}')", None, "over 900 cases (0 calls to it)"),
        (
            "open('report.json', 'w').write('{\"cases\": 900}')\nfrom client import ask\nask('?')",
            None,
            "over 900 cases (1 call to it)",
        ),
    ],
    ids=["never written", "touched", "invented", "written before the model is asked"],
)
def test_a_report_that_no_case_stands_behind_is_refuted_or_shown(
    bench: Bench, body: str, report: str | None, said: Reason | str
) -> None:
    result = bench.suite(body, toml=DECLARED, more={} if report is None else {"report.json": report})

    if isinstance(said, Reason):
        assert result.reason is said
    else:
        assert said in result.summary, result.summary


def test_a_trap_does_not_count_as_the_declared_report(bench: Bench) -> None:
    declared = '[evals]\ncommand = ["python", "evals/run.py"]\nreports = ["report.json"]\n'
    body = "import os; os.symlink('evals/cases.jsonl', 'report.json'); print('x')"
    result = bench.suite(body, toml=declared)
    assert result.reason is Reason.NO_TESTS
    assert "did not write report.json" in result.summary


def test_markup_and_terminal_escapes_in_the_output_arrive_inert(bench: Bench) -> None:
    result = bench.suite(
        r"""
        import sys
        print("\x1b[2J\x1b]0;owned\x07<script>alert(1)</script>\x00\x9b31m")
        print("\x1b[31mred", file=sys.stderr)
        open("\x1b[31mreport\n.json", "w").write("[]")
        """
    )
    text = json.dumps(facts(result))
    assert "\\u001b" not in text
    assert "\\u0000" not in text
    assert "\\u009b" not in text
    assert "<script>alert(1)</script>" in facts(result)["log"]
