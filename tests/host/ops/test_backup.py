"""A backup restored into an empty database: the same rows, ledgers and credentials; all of them verify."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.host


@pytest.fixture
def exam(committed_db: str) -> Iterator[Path]:
    """A finished exam with ledgers, a credential, a receipt and a bundle; its artefacts folder."""
    from django.conf import settings

    from jobtwin.services.ledger import ledger_writer
    from jobtwin.services.submission import keep_bundle
    from tests.host.people import NOW, claimed, everybody, sealed, verified

    people, ledgers = everybody(), ledger_writer()
    submission = verified(people.ada)
    for mark in [claimed(submission, one) for one in (people.max, people.noor)]:
        sealed(mark, "0.80", ledgers)
    _issue(people, submission, ledgers)
    from jobtwin.store.platform import artefacts

    bundle = artefacts().bundle(submission.pk)
    bundle.write_bytes(b"a bundle")
    import hashlib

    keep_bundle(submission=submission, sha256=hashlib.sha256(b"a bundle").hexdigest())
    assert NOW
    yield settings.JOBTWIN.artefacts
    bundle.unlink()
    bundle.parent.rmdir()


def _issue(people: object, submission: object, ledgers: object) -> None:
    from jobtwin.services.credential import issue_credential
    from jobtwin.services.decision import sign_off
    from jobtwin.store.models import Decision
    from tests.host.people import NOW

    decision, skills = Decision.objects.get(), {"ops.design": "0.80"}
    sign_off(decision=decision, mentor=people.max, skills=skills, now=NOW, writer=ledgers)  # type: ignore[attr-defined,arg-type]
    issue_credential(attempt_id=submission.attempt_id, now=NOW)  # type: ignore[attr-defined]


def jobtwin(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jobtwin.cli.main", *arguments],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def empty_database(superuser: str, name: str) -> dict[str, str]:
    """A fresh database of the same server: its addresses by setting."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER jobtwin_owner").format(sql.Identifier(name)))
    names = ("DATABASE_URL", "JOBTWIN_OWNER_DATABASE_URL")
    return {one: os.environ[one].replace("/jobtwin?", f"/{name}?") for one in names}


def test_a_restore_brings_back_all_of_it_and_verifies(exam: Path, committed_db: str, tmp_path: Path) -> None:
    made = jobtwin("backup", str(tmp_path / "b"), "--keys", str(tmp_path / "k"), "--json")
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    assert (len(told["ledgers"]), len(told["credentials"])) == (2, 1)
    copied = [one for one in (tmp_path / "b/artefacts").rglob("*") if one.is_file()]
    assert told["artefacts"] == len(copied)
    assert "commit.bundle" in {one.name for one in copied}
    assert not list((tmp_path / "b").rglob("*.pem"))

    elsewhere = {"JOBTWIN_HOME": str(tmp_path / "home"), "JOBTWIN_KEYS": str(tmp_path / "ring")}
    elsewhere |= empty_database(committed_db, "restored")
    shutil.copytree(Path(os.environ["JOBTWIN_KEYS"] + "-witness"), tmp_path / "ring-witness")
    done = jobtwin("restore", str(tmp_path / "b"), "--keys", str(tmp_path / "k"), "--json", **elsewhere)
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert (answer["ledgers"], answer["credentials"], answer["problems"]) == (2, 1, [])
    assert (tmp_path / "ring/ring.json").stat().st_mode & 0o077 == 0

    again = jobtwin("restore", str(tmp_path / "b"), "--json", **elsewhere)
    assert (again.returncode, "not empty" in again.stderr) == (1, True)

    import psycopg

    with psycopg.connect(committed_db.replace("/jobtwin?", "/restored?"), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE store_ledgerentry SET canonical = 'x' WHERE seq = 0")
    from jobtwin.store.queries.integrity import Fingerprint, differences

    changed = Fingerprint(
        {**told["ledgers"], next(iter(told["ledgers"])): "1:00"}, told["credentials"], told["rows"]
    )
    assert len(differences(told, changed)) == 1


def test_a_backup_that_was_cut_is_refused(exam: Path, tmp_path: Path) -> None:
    assert jobtwin("backup", str(tmp_path / "b")).returncode == 0
    with (tmp_path / "b/database.dump").open("ab") as dump:
        dump.truncate(1000)
    cut = jobtwin("restore", str(tmp_path / "b"))
    assert (cut.returncode, "cut or changed" in cut.stderr) == (2, True)
    over = jobtwin("backup", str(tmp_path / "b"))
    assert (over.returncode, "there already" in over.stderr) == (2, True)


def test_keys_never_lie_beside_the_data(tmp_path: Path) -> None:
    done = jobtwin("backup", str(tmp_path / "b"), "--keys", str(tmp_path / "b/keys"))
    assert (done.returncode, "kept apart" in done.stderr) == (2, True)
