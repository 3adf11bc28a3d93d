"""The terminal without any host facility: help, usage errors, briefs, unusable sources."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jobtwin.cli.main import COMMANDS, jobtwin
from jobtwin.cli.output import one_line, report_error
from jobtwin.cli.verify import exit_code
from jobtwin.core.check import CheckResult, Reason, VerificationReport
from jobtwin.core.errors import BadBrief, BadInput, BadSource, Conflict, JobTwinError, OutsideFailure


def run(*arguments: str) -> Result:
    return CliRunner().invoke(jobtwin, list(arguments))


def leaves() -> list[tuple[str, ...]]:
    """Every command that can be run, sub-commands included."""
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        listed = run(name, "--help").output
        names = re.findall(r"^  ([a-z]+)  ", listed.partition("Commands:")[2], re.MULTILINE)
        found += [(name, one) for one in names] or [(name,)]
    return found


@pytest.mark.parametrize("command", leaves(), ids=" ".join)
def test_every_command_explains_itself_with_an_example(command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Example: jobtwin" in result.output


@pytest.mark.parametrize(
    "source",
    [
        "http://127.0.0.1/x.git",
        "ext::sh",
        "--upload-pack=x",
        "https://user:pw@git.example.org/x",
        "",
        "nowhere",
    ],
)
def test_unusable_sources_are_refused_before_anything_runs(source: str) -> None:
    result = run("verify", "--only", "F1", "--", source)
    assert isinstance(result.exception, BadSource)
    assert result.stdout == ""


def test_an_unknown_check_or_brief_is_refused(tmp_path: Path) -> None:
    for arguments in (["--only", "F9"], ["--only", ","], ["--brief", str(tmp_path / "none.yaml")]):
        result = run("verify", str(tmp_path), *arguments)
        assert isinstance(result.exception, BadInput)


def test_a_good_brief_lints_and_a_bad_one_is_told_line_by_line(tmp_path: Path) -> None:
    from jobtwin.source.brief import built_in_brief

    good = tmp_path / "good.yaml"
    good.write_text(json.dumps(built_in_brief("capstone").as_json()))
    assert run("brief", "lint", str(good)).exit_code == 0
    bad = tmp_path / "bad.yaml"
    bad.write_text("id: x\nversion: nought\n")
    result = run("brief", "lint", str(bad))
    assert result.exit_code == 1
    assert "line 2: version" in result.stderr
    assert isinstance(run("brief", "lint", str(tmp_path)).exception, BadInput)


def test_the_schema_of_briefs_is_json() -> None:
    schema = json.loads(run("brief", "schema").output)
    assert "rubric" in schema["properties"]


@pytest.mark.parametrize(
    ("reasons", "code"),
    [
        ((Reason.OK,), 0),
        ((Reason.OK, Reason.NO_ENGINE), 3),
        ((Reason.NO_ENGINE, Reason.TAMPERED), 1),
        ((), 0),
    ],
)
def test_the_exit_code_says_the_worst_verdict(reasons: tuple[Reason, ...], code: int) -> None:
    checks = tuple(CheckResult("F1", reason, "") for reason in reasons)
    assert exit_code(VerificationReport("s", "c", "b", "e", checks)) == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadSource("no"), 2),
        (BadBrief("no", problems=("line 1: x",)), 2),
        (OutsideFailure("gone", retry=True), 2),
        (Conflict("late"), 1),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    error: JobTwinError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report_error(error) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"jobtwin: {error.code}: ")


def test_a_hostile_name_cannot_drive_the_terminal() -> None:
    assert (
        one_line("a\x1b[2Jb\nc\u202e")
        == "a\N{REPLACEMENT CHARACTER}[2Jb\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}"
    )


def test_the_verifiers_load_no_django() -> None:
    import subprocess
    import sys

    code = (
        "import sys, jobtwin.cli.verify, jobtwin.cli.draft, jobtwin.cli.evidence, jobtwin.cli.credential,"
        "jobtwin.cli.ledger, jobtwin.verification.verify, jobtwin.review.draft, jobtwin.proofs.verify,"
        "jobtwin.proofs.ledger; print('django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_sample_is_written_once_as_a_repository(tmp_path: Path) -> None:
    into = tmp_path / "incident"
    written = run("sample", "incident", str(into))
    assert written.exit_code == 0
    assert (into / "HEAD").exists()
    assert isinstance(run("sample", "incident", str(into)).exception, BadInput)


def test_a_brief_is_previewed_in_short(tmp_path: Path) -> None:
    from jobtwin.source.brief import built_in_brief

    file = tmp_path / "incident.yaml"
    file.write_text(json.dumps(built_in_brief("live_incident").as_json()))
    shown = run("brief", "preview", str(file)).output
    assert "window live: Live, 90 minutes" in shown
    assert "F2 critical, verifies nothing" in shown
