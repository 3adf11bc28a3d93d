"""F1 end to end on a pinned commit: environment, sandbox, verdict, facts, progress."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobtwin.core.check import CheckResult, Reason, VerificationReport
from jobtwin.source.address import TERMINAL, parse_source
from jobtwin.source.repository import commit_folder, fetch
from jobtwin.verification.choose import choose_engine
from jobtwin.verification.events import Event
from jobtwin.verification.settings import VerificationSettings
from jobtwin.verification.verify import verify
from jobtwin.verification.workspace import write_files
from tests.exams import small_brief

pytestmark = pytest.mark.host

PROJECT = {
    "pyproject.toml": b"""
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "kite"
version = "2.0"
dependencies = ["packaging"]

[project.optional-dependencies]
test = ["pytest"]
""",
    "src/kite/__init__.py": b"def fly(wind):\n    return wind > 3\n",
    "tests/test_kite.py": b"""
from importlib.metadata import version

from kite import fly


def test_flies():
    assert fly(5)


def test_stays():
    assert not fly(1)


def test_version():
    assert version("kite") == "2.0"
""",
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> VerificationSettings:
    import os

    top = tmp_path_factory.mktemp("verification")
    cache = os.environ.get("JOBTWIN_CACHE") or str(top / "cache")
    return VerificationSettings.from_environment(
        {**os.environ, "JOBTWIN_CACHE": cache, "JOBTWIN_WORK": str(top / "work")}
    )


def verified(
    files: Mapping[str, bytes],
    folder: Path,
    settings: VerificationSettings,
    events: list[Event],
    *,
    only: frozenset[str],
) -> VerificationReport:
    write_files(files, folder / "files")
    commit = commit_folder(
        folder / "files", folder / "repo.git", message="kite", moment=datetime(2026, 1, 1, tzinfo=UTC)
    )
    source = parse_source(str(folder / "repo.git"), TERMINAL)
    with fetch(source, into=folder / "kept.git") as repository:
        report = verify(
            repository,
            small_brief(),
            source="kite",
            only=only,
            engine=choose_engine(settings),
            settings=settings,
            on_event=events.append,
        )
    assert report.commit == commit
    return report


def check(
    files: Mapping[str, bytes], folder: Path, settings: VerificationSettings, events: list[Event]
) -> CheckResult:
    return verified(files, folder, settings, events, only=frozenset({"F1"})).checks[0]


def test_an_installed_project_is_confirmed_with_its_facts(
    tmp_path: Path, settings: VerificationSettings
) -> None:
    events: list[Event] = []

    result = check(PROJECT, tmp_path, settings, events)

    assert result.reason is Reason.OK, result.summary
    assert (result.facts["passed"], result.facts["failed_count"]) == (3, 0)
    assert result.facts["project_install"] == "done"
    assert result.facts["control"]["noticed"] is True  # type: ignore[index]  # plain JSON
    assert [event.phase for event in events if event.kind == "end"] == [
        "census",
        "dependencies",
        "install",
        "tests",
        "control",
        "verdict",
    ]
    assert [event.text for event in events if event.phase == "verdict" and event.kind == "log"] == [
        "confirmed: ok"
    ]
    assert list(settings.work.iterdir()) == []


def test_tests_and_evals_share_one_prepared_environment(
    tmp_path: Path, settings: VerificationSettings
) -> None:
    evals = {
        "jobtwin.toml": b'[evals]\ncommand = ["python", "-c", "import kite; print(kite.__name__)"]\n',
        **PROJECT,
    }
    report = verified(evals, tmp_path, settings, [], only=frozenset({"F1", "F3"}))

    phases = {check.id: set(check.facts["phases"]) for check in report.checks}  # type: ignore[call-overload]  # JSON
    assert [check.reason for check in report.checks] == [Reason.OK, Reason.OK], report.checks
    assert "install" in phases["F1"]
    assert "install" not in phases["F3"]


def test_a_failing_copy_names_its_test(tmp_path: Path, settings: VerificationSettings) -> None:
    broken = {**PROJECT, "src/kite/__init__.py": b"def fly(wind):\n    return True\n"}

    result = check(broken, tmp_path, settings, [])

    assert result.reason is Reason.TESTS_FAILED
    assert list(result.facts["failed"]) == ["tests/test_kite.py::test_stays"]  # type: ignore[call-overload]  # JSON


def test_a_build_that_fails_leaves_the_word_to_the_tests(
    tmp_path: Path, settings: VerificationSettings
) -> None:
    broken = {
        **PROJECT,
        "setup.py": b"raise RuntimeError('no build today')\n",
        "tests/test_kite.py": b"from kite import fly\n\ndef test_flies():\n    assert fly(5)\n",
    }

    result = check(broken, tmp_path, settings, [])

    assert result.reason is Reason.OK
    assert result.facts["project_install"] == "failed"
    assert "no build today" in str(result.facts["project_install_log"])
