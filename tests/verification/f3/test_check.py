"""F3 where reading alone decides: nothing is run, and the sentence says what to do."""

from pathlib import Path

import pytest

from jobtwin.core.check import CheckResult, Reason
from jobtwin.source.tree import MemoryTree
from jobtwin.verification.events import Event, Progress
from jobtwin.verification.f3.check import check_f3
from jobtwin.verification.settings import VerificationSettings
from jobtwin.verification.subject import Subject
from tests.verification.fakes import FakeEngine


def checked(tmp_path: Path, files: dict[str, str], events: list[Event] | None = None) -> CheckResult:
    """F3 on these files; that nothing was run is part of it."""
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    settings = VerificationSettings(cache=tmp_path / "cache", work=tmp_path / "work")
    heard: list[Event] = events if events is not None else []
    engine = FakeEngine()
    result = check_f3(Subject(tree, engine, settings, Progress("F3", heard.append, {}), tmp_path))
    assert engine.jobs == []
    return result


def test_without_a_suite_it_says_what_to_declare(tmp_path: Path) -> None:
    events: list[Event] = []
    result = checked(tmp_path, {"app.py": "x = 1\n"}, events)
    assert result.reason is Reason.NO_TESTS
    assert '[evals] command = ["python", "-m", "evals.run"]' in result.summary
    assert [(one.phase, one.kind) for one in events] == [("command", "start"), ("command", "end")]


@pytest.mark.parametrize("text", ["[evals]\ncommand = 3\n", "[evals\n", '[evals]\nreports = ["/etc"]\n'])
def test_a_wrong_declaration_is_told_although_a_suite_could_be_found(tmp_path: Path, text: str) -> None:
    result = checked(tmp_path, {"jobtwin.toml": text, "evals/run.py": "print('x')\n"})
    assert result.reason is Reason.NO_TESTS
    assert "jobtwin.toml" in result.summary
    assert result.facts["declaration_problems"]


def test_promptfoo_is_named_and_not_decided(tmp_path: Path) -> None:
    result = checked(tmp_path, {"promptfooconfig.yaml": "prompts: []\n"})
    assert result.reason is Reason.NOT_SUPPORTED
    assert result.facts["command"] == ["promptfoo", "eval", "-c", "promptfooconfig.yaml"]


def test_a_requirement_that_is_not_followed_refutes_by_its_own_name(tmp_path: Path) -> None:
    files = {"evals/run.py": "", "requirements.txt": "x @ git+https://host.dev/x.git\n"}
    result = checked(tmp_path, files)
    assert result.reason is Reason.BAD_REQUIREMENT
    assert result.facts["command_origin"] == "found as evals/run.py"
