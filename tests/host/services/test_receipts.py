"""Receipts in the database: given with what they speak of or not at all, and never changed."""

import threading
from pathlib import Path

import pytest

pytestmark = [pytest.mark.host]


@pytest.mark.usefixtures("db")
def test_without_a_key_for_receipts_nothing_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    from jobtwin.core.errors import OutsideFailure
    from jobtwin.proofs.keys import KeyRing
    from jobtwin.services.draft import Work, save_draft
    from jobtwin.store import platform
    from jobtwin.store.models import Attempt, Draft
    from tests.host.people import NOW, everybody, started

    people = everybody()
    attempt = started(people.ada)
    monkeypatch.setattr(platform, "keys", lambda: KeyRing(Path("/nonexistent")))
    with pytest.raises(OutsideFailure, match="jobtwin keys init") as told:
        save_draft(attempt=attempt, work=Work("x", "y", {}), base_version=0, now=NOW)
    assert told.value.retry
    assert not Draft.objects.exists()
    with pytest.raises(OutsideFailure):
        started(people.sam)
    assert Attempt.objects.count() == 1


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "statement", ["UPDATE store_receipt SET what = 'start'", "DELETE FROM store_receipt"]
)
def test_no_role_changes_a_receipt(statement: str) -> None:
    from django.db import InternalError, ProgrammingError, connections, transaction

    from tests.host.people import everybody, started

    started(everybody().ada)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        connections["default"].cursor().execute(statement)


def test_two_requests_with_one_key_at_once_do_the_work_once(committed_db: str) -> None:
    from django.db import connection

    from jobtwin.services.draft import Work, save_draft
    from jobtwin.services.once import Answer, do_once
    from jobtwin.store.models import Draft, Receipt
    from tests.host.people import NOW, everybody, started

    ada = everybody().ada
    attempt = started(ada)
    answers: list[Answer] = []
    together = threading.Barrier(6)

    def act() -> Answer:
        draft = save_draft(attempt=attempt, work=Work("x", "y", {}), base_version=0, now=NOW)
        return Answer(201, {"version": draft.version})

    def send() -> None:
        together.wait()
        answers.append(do_once(person=ada, key="k", fingerprint="f", act=act, now=NOW))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(one.status, one.body) for one in answers] == [(201, {"version": 1})] * 6
    assert sum(not one.replayed for one in answers) == 1
    assert (Draft.objects.count(), Receipt.objects.filter(what="draft").count()) == (1, 1)


@pytest.mark.usefixtures("db")
def test_receipts_of_time_withdrawal_and_voiding_are_verified_offline(tmp_path: Path) -> None:
    """With nothing but the files that a learner downloads, and what was written."""
    import json
    from datetime import timedelta

    from click.testing import CliRunner

    from jobtwin.cli.receipt import command
    from jobtwin.services.attempt import void_attempt, withdraw_attempt
    from jobtwin.services.extension import extend_attempt
    from jobtwin.store.models import Receipt
    from tests.host.people import NOW, everybody, started
    from tests.host.web.api import Caller

    people, why = everybody(), "The sandbox was down."
    ada, sam = started(people.ada), started(people.sam)
    extend_attempt(attempt=ada, kind="incident", minutes=30, reason=why, operator=people.olga, now=NOW)
    withdraw_attempt(attempt=ada, now=NOW + timedelta(hours=1))
    void_attempt(attempt=sam, operator=people.olga, reason=why, now=NOW)
    keys = tmp_path / "did.json"
    keys.write_text(json.dumps(Caller().get("/receipt-keys")))
    written = {
        "extend": {"kind": "incident", "minutes": 30, "window": "", "reason": why},
        "withdraw": None,
        "void": {"reason": why},
    }

    def told(what: str, document: object, content: object) -> str:
        file, said = tmp_path / f"{what}.json", tmp_path / "content.json"
        file.write_text(json.dumps(document))
        said.write_text(json.dumps(content))
        given = ["--content", str(said)] if content is not None else []
        done = CliRunner().invoke(command, ["verify", str(file), "--keys", str(keys), *given])
        return f"{done.exit_code} {done.output}"

    for what, content in written.items():
        document = Receipt.objects.get(what=what).document
        assert told(what, document, content).startswith("0 valid"), what
        later = document | {"deadline": "2027-01-01T00:00:00.000000Z"}
        assert told(what, later, content).startswith("1 invalid"), what
        if content is not None:
            assert told(what, document, content | {"reason": "Another one."}).startswith("1 invalid"), what
