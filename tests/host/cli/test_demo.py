"""`jobtwin demo` plays the whole exam, and outsiders can check what it leaves."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.host


def jobtwin(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jobtwin.cli.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )


@pytest.fixture(scope="module")
def env(home: Path) -> Iterator[dict[str, str]]:
    """The environment of a demo with folders of its own."""
    folder = home / "played"
    folder.mkdir()
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("JOBTWIN_", "DATABASE"))
    }
    yield plain | {"JOBTWIN_HOME": str(folder), "JOBTWIN_KEYS": str(home / "played-keys" / "keys")}
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def out(env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one demo wrote."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    bundle = folder.with_name("replay.jobtwin")
    done = jobtwin("demo", "--out", str(folder), "--bundle", str(bundle), env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "F1 confirmed: ok" in done.stdout
    assert "the deadline did not move" in done.stdout
    return folder


def test_the_demo_leaves_exactly_what_it_promises(out: Path) -> None:
    files = {path.name for path in out.iterdir()}
    credential = {"credential.json", "credential.jwt", "did.json", "status-list.json"}
    assert files == credential | {"report.json", "report.html", "ledgers"}
    for ledger in (out / "ledgers").iterdir():
        assert {path.name for path in ledger.iterdir()} == {"entries.jsonl", "checkpoints.txt", "keys.json"}
    assert len(list((out / "ledgers").iterdir())) == 2


@pytest.mark.parametrize("envelope", ["credential.json", "credential.jwt"])
def test_both_envelopes_verify_and_a_changed_one_does_not(
    out: Path, envelope: str, env: dict[str, str], tmp_path: Path
) -> None:
    offline = ["--did", str(out / "did.json"), "--status", str(out / "status-list.json")]
    assert jobtwin("credential", "verify", str(out / envelope), *offline, env=env).returncode == 0
    changed = tmp_path / envelope
    text = (out / envelope).read_text()
    changed.write_text(
        text.replace("0.80", "0.90") if envelope.endswith("json") else text[:-9] + "AAAA" + text[-5:]
    )
    done = jobtwin("credential", "verify", str(changed), *offline, env=env)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "invalid: SIGNATURE")
    assert jobtwin("credential", "verify", str(out / "none"), *offline, env=env).returncode == 2


def test_the_ledgers_verify_and_a_changed_score_is_noticed(
    out: Path, env: dict[str, str], tmp_path: Path
) -> None:
    for ledger in (out / "ledgers").iterdir():
        assert jobtwin("ledger", "verify", str(ledger), env=env).returncode == 0
        copy = Path(shutil.copytree(ledger, tmp_path / ledger.name))
        entries = (copy / "entries.jsonl").read_text()
        (copy / "entries.jsonl").write_text(entries.replace('"1.00"', '"0.95"'))
        assert entries != (copy / "entries.jsonl").read_text()
        assert jobtwin("ledger", "verify", str(copy), env=env).returncode == 1
    assert jobtwin("ledger", "verify", str(tmp_path / "none"), env=env).returncode == 2


def test_the_report_tells_the_exam_and_names_nobody(out: Path) -> None:
    report = json.loads((out / "report.json").read_text())
    assert report["decision"]["passed"] is True
    assert len(report["decision"]["skills"]) == 2
    assert len(report["marks"]) == 2
    text = (out / "report.json").read_text() + (out / "report.html").read_text()
    assert not any(name in text for name in ("Max", "Noor", "demo.example"))
    assert "<script" not in (out / "report.html").read_text().lower()


def test_the_bundle_of_the_demo_replays_fact_by_fact(out: Path, env: dict[str, str]) -> None:
    done = jobtwin("replay", str(out.with_name("replay.jobtwin")), "--only", "F1,F3", "--json", env=env)
    found = json.loads(done.stdout)
    assert [one for one in found["facts"] if one["outcome"] == "differs"] == []
    assert (done.returncode, found["reproduced"], found["draft_same"], found["notes"]) == (0, True, True, [])
    assert found["counts"]["reproduced"] > 40
    assert list(found["ledgers"].values()) == ["", ""]


def test_a_machine_that_cannot_run_it_says_so(out: Path, env: dict[str, str]) -> None:
    other = env | {"JOBTWIN_ENGINE": "none-such"}
    done = jobtwin("replay", str(out.with_name("replay.jobtwin")), "--only", "F1", env=other)
    assert done.returncode == 3
    assert "? F1: this machine could not decide it" in done.stdout
    assert "draft review: the same" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("but this machine could not decide F1")


def test_a_changed_bundle_is_refused(out: Path, env: dict[str, str], tmp_path: Path) -> None:
    data = out.with_name("replay.jobtwin").read_bytes()
    changed = tmp_path / "changed"
    changed.write_bytes(data.replace(b'"confirmed"', b'"refuted"  ', 1))
    assert changed.read_bytes() != data
    done = jobtwin("replay", str(changed), env=env)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_folder_that_is_not_empty_is_refused(out: Path, env: dict[str, str]) -> None:
    done = jobtwin("demo", "--out", str(out), env=env)
    assert done.returncode == 2
    assert "not empty" in done.stderr


@pytest.mark.parametrize("repo", ["http://127.0.0.1/x.git", "/nonexistent"])
def test_an_unusable_repository_is_refused_before_anything_starts(repo: str, env: dict[str, str]) -> None:
    done = jobtwin("demo", "--repo", repo, env=env)
    assert (done.returncode, done.stdout) == (2, "")


def test_the_demo_is_refused_in_production(env: dict[str, str]) -> None:
    mode = {
        "JOBTWIN_MODE": "production",
        "JOBTWIN_SECRET_KEY": "x",
        "JOBTWIN_ORIGIN": "https://exam.example.org",
    }
    assert jobtwin("demo", env=env | mode).returncode == 2
