"""`jobtwin verify` as outside tools call it: a process, its output and its exit code."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.host

FLIP = """
import pytest

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        report.outcome = "passed"
"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged sample as plain files."""
    from importlib.resources import as_file, files

    folder = tmp_path_factory.mktemp("files") / "sample"
    with as_file(files("jobtwin") / "samples" / "capstone") as packaged:
        shutil.copytree(packaged, folder)
    return folder


def committed(files: Path, into: Path) -> Path:
    """A git repository with these files as its one commit."""
    from jobtwin.source.repository import commit_folder

    commit_folder(files, into, message="work", moment=datetime(2026, 1, 1, tzinfo=UTC))
    return into


def jobtwin(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "jobtwin.cli.main", *arguments], capture_output=True, text=True, check=False
    )


def verified(repository: Path) -> tuple[int, dict[str, Any]]:
    """The exit code and F1 of `jobtwin verify --only F1 --json`."""
    done = jobtwin("verify", str(repository), "--only", "F1", "--json")
    report = json.loads(done.stdout)
    assert set(report) == {"source", "commit", "brief", "engine", "checks"}
    (check,) = report["checks"]
    assert set(check) == {"id", "verdict", "reason", "summary", "facts", "seconds"}
    return done.returncode, check


def test_the_sample_is_confirmed(sample: Path, tmp_path: Path) -> None:
    code, check = verified(committed(sample, tmp_path / "repo"))
    assert (code, check["verdict"], check["reason"]) == (0, "confirmed", "ok")
    assert check["facts"]["passed"] > 30


def test_a_failing_test_is_refuted_and_named(sample: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(sample, tmp_path / "copy"))
    (copy / "tests" / "test_wrong.py").write_text("def test_sums():\n    assert 1 + 1 == 3\n")
    code, check = verified(committed(copy, tmp_path / "repo"))
    assert (code, check["verdict"], check["reason"]) == (1, "refuted", "tests_failed")
    assert "test_sums" in json.dumps(check["facts"]["failed"])


def test_a_conftest_that_flips_failed_reports_is_tampering(sample: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(sample, tmp_path / "copy"))
    (copy / "tests" / "test_wrong.py").write_text("def test_sums():\n    assert 1 + 1 == 3\n")
    (copy / "conftest.py").write_text(FLIP)
    code, check = verified(committed(copy, tmp_path / "repo"))
    assert (code, check["verdict"], check["reason"]) == (1, "refuted", "tampered")


def test_a_repository_without_tests_is_refuted(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "app.py").write_text("def add(a, b):\n    return a + b\n")
    code, check = verified(committed(files, tmp_path / "repo"))
    assert (code, check["verdict"], check["reason"]) == (1, "refuted", "no_tests")


def test_what_is_not_committed_does_not_count(sample: Path, tmp_path: Path) -> None:
    bare = committed(sample, tmp_path / "bare")
    repository = tmp_path / "repo"
    subprocess.run(["git", "clone", "--quiet", "--branch", "main", str(bare), str(repository)], check=True)
    (repository / "tests" / "test_wrong.py").write_text("def test_sums():\n    assert 1 + 1 == 3\n")
    code, check = verified(repository)
    assert (code, check["reason"]) == (0, "ok")


@pytest.mark.parametrize("source", ["http://127.0.0.1/x.git", "ext::sh", "/nonexistent"])
def test_unusable_input_is_exit_two_and_one_line(source: str) -> None:
    done = jobtwin("verify", source, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1


def test_without_a_sandbox_engine_nothing_runs_and_it_is_inconclusive(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBTWIN_ENGINE", "no-such-engine")
    code, check = verified(committed(sample, tmp_path / "repo"))
    assert (code, check["verdict"], check["reason"]) == (3, "inconclusive", "no_engine")


def test_a_draft_takes_the_facts_of_the_same_commit_and_no_others(sample: Path, tmp_path: Path) -> None:
    repository = committed(sample, tmp_path / "repo")
    facts = tmp_path / "facts.json"
    facts.write_text(jobtwin("verify", str(repository), "--json").stdout)
    done = jobtwin("draft", str(repository), "--facts", str(facts), "--json")
    draft = json.loads(done.stdout)
    verdicts = {one["id"]: one["verdict"] for each in draft["dimensions"] for one in each["criteria"]}
    assert done.returncode == 0
    assert verdicts["production.tests_pass"] == "met"
    copy = Path(shutil.copytree(sample, tmp_path / "copy"))
    (copy / "extra.txt").write_text("another commit\n")
    other = jobtwin("draft", str(committed(copy, tmp_path / "other")), "--facts", str(facts), "--json")
    assert (other.returncode, other.stdout) == (2, "")
