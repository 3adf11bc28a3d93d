"""`jobtwin doctor` in words: what it shows and how it ends."""

import pytest

from jobtwin.cli.doctor import show
from jobtwin.verification.machine import Part

BROKEN = Part("engine", "bubblewrap", "missing", "", "the default sandbox", "apt-get install bubblewrap")


def test_a_machine_without_an_engine_is_told_so_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    show([BROKEN], ready=False)

    said = capsys.readouterr().out
    assert said.startswith("✗ bubblewrap\n    the default sandbox\n    to do: apt-get install bubblewrap\n")
    assert "No sandbox works on this machine" in said


def test_what_works_is_shown_with_its_version_and_nothing_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    show([Part("program", "git", "works", "2.39.5", "submissions")], ready=True)

    assert capsys.readouterr().out == "✓ git 2.39.5\n    submissions\n"


def test_what_a_program_says_of_itself_drives_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show([Part("program", "git", "works", "\x1b[31m2", "submissions")], ready=True)

    assert "\x1b" not in capsys.readouterr().out
