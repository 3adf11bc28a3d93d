"""F3 on small repositories in the real sandbox: suites that run to their end, and suites that do not."""

from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from jobtwin.core.check import Reason
from jobtwin.source.tree import MemoryTree
from tests.host.verification.f3.bench import CASES, CLIENT, HONEST, QUICK, Bench, facts

pytestmark = pytest.mark.host


def test_the_packaged_sample_is_confirmed(bench: Bench) -> None:
    with as_file(files("jobtwin") / "samples" / "capstone") as root:
        sample = {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in Path(root).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
    result = bench.check(MemoryTree(sample))
    assert result.reason is Reason.OK, result.summary
    found = facts(result)
    assert found["model"] == "stand-in"
    assert found["model_calls"]["chat"] > 0
    assert found["cases"] == 72
    assert [one["path"] for one in found["reports"]] == ["report.json"]
    assert found["data_changed"] == []
    assert list(found["data_files"]) == ["evals/cases.jsonl"]


def test_missed_thresholds_are_not_held_against_a_suite_that_ran(bench: Bench) -> None:
    result = bench.suite(HONEST)
    assert result.reason is Reason.OK, result.summary
    found = facts(result)
    assert (found["exit_code"], found["thresholds_not_met"], found["cases"]) == (1, True, 5)
    assert found["model_calls"] == {"chat": 5}


def test_a_suite_in_a_subfolder_that_the_declaration_names_is_run_there(bench: Bench) -> None:
    tree = {
        "jobtwin.toml": '[project]\nsubfolder = "app"\n[evals]\ncommand = "python evals/run.py"\n',
        "app/evals/run.py": HONEST,
        "app/evals/client.py": CLIENT,
        "app/evals/cases.jsonl": CASES,
    }
    result = bench.check(MemoryTree({path: text.encode() for path, text in tree.items()}))
    assert result.reason is Reason.OK, result.summary
    found = facts(result)
    assert [one["path"] for one in found["reports"]] == ["report.json"]
    assert list(found["data_files"]) == ["evals/cases.jsonl"]
    assert found["data_changed"] == []


def test_a_suite_that_rewrites_its_answers_is_shown_to_the_mentor(bench: Bench) -> None:
    result = bench.suite(
        """
        import pathlib
        pathlib.Path("evals/cases.jsonl").write_text('{"id": 1, "answer": "anything"}')
        print("all right")
        """
    )
    assert result.reason is Reason.OK
    assert facts(result)["data_changed"] == ["evals/cases.jsonl"]
    assert "changed their own data" in result.summary


def test_a_child_that_rewrites_answers_after_the_end_is_too_late(bench: Bench) -> None:
    result = bench.suite(
        """
        import subprocess, sys
        late = "import time, pathlib; time.sleep(0.3); pathlib.Path('evals/cases.jsonl').write_text('x')"
        subprocess.Popen([sys.executable, "-c", late], start_new_session=True)
        print("done")
        """
    )
    assert result.reason is Reason.OK
    assert facts(result)["data_changed"] == []


def test_nothing_declared_and_nothing_found_says_what_to_declare(bench: Bench) -> None:
    result = bench.check(MemoryTree({"app.py": b"x = 1\n"}))
    assert result.reason is Reason.NO_TESTS
    assert "jobtwin.toml" in result.summary
    assert "[evals] command" in result.summary


def test_a_wrong_declaration_is_told_and_nothing_else_is_run(bench: Bench) -> None:
    result = bench.suite("print('ok')", toml='[evals]\ncommand = "a | b"\n')
    assert result.reason is Reason.NO_TESTS
    assert "without a shell" in result.summary
    assert facts(result)["declaration_problems"]


def test_a_wrong_port_does_not_hide_the_evals(bench: Bench) -> None:
    result = bench.suite("print('ok')", toml="[container]\nport = 0\n")
    assert result.reason is Reason.OK
    assert facts(result)["declaration_problems"]


def test_promptfoo_alone_cannot_be_decided_here(bench: Bench) -> None:
    result = bench.check(MemoryTree({"promptfooconfig.yaml": b"prompts: []\n"}))
    assert result.reason is Reason.NOT_SUPPORTED


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("an exception", "open('report.json', 'w').write('[1]'); raise ValueError('case 3')", Reason.CRASHED),
        ("a signal", "import os; os.kill(os.getpid(), 11)", Reason.CRASHED),
        ("the watcher killed", "import os; os.kill(os.getppid(), 9)", Reason.CRASHED),
        ("nothing done", "pass", Reason.NO_TESTS),
        ("a failing exit", "import sys; print('x'); sys.exit(3)", Reason.CRASHED),
        (
            "the network",
            "import urllib.request as u; u.urlopen('https://api.host.net')",
            Reason.NEEDS_NETWORK,
        ),
        ("no end", "while True: pass", Reason.TIMEOUT),
        ("memory", "x = [bytearray(1 << 20) for _ in range(1000)]", Reason.OUT_OF_MEMORY),
        (
            "a full disk",
            "f = open('x', 'wb')\nfor _ in range(200): f.write(bytes(1 << 20))",
            Reason.DISK_FULL,
        ),
        ("a flood", "while True: print('x' * 1000)", Reason.OUTPUT_LIMIT),
        (
            "a fork bomb",
            "import os, time\nfor _ in range(500):\n  if not os.fork(): time.sleep(9)",
            Reason.TOO_MANY_PROCESSES,
        ),
    ],
)
def test_a_run_that_does_not_reach_its_end_is_refuted(
    bench: Bench, name: str, body: str, reason: Reason
) -> None:
    limits = replace(QUICK, cpu_seconds=3, wall_seconds=8)
    assert bench.suite(body, limits=limits).reason is reason, name


def test_json_answers_satisfy_the_schema_inside_the_sandbox(bench: Bench) -> None:
    result = bench.suite(
        """
        import json
        from client import ask
        schema = {"type": "object", "properties": {"grade": {"enum": ["A", "B"]}}, "required": ["grade"]}
        format_ = {"type": "json_schema", "json_schema": {"name": "g", "schema": schema}}
        grades = [json.loads(ask(str(n), response_format=format_))["grade"] for n in range(10)]
        assert set(grades) == {"A", "B"}, grades
        print("graded")
        """
    )
    assert result.reason is Reason.OK, result.summary
