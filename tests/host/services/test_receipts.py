"""Receipts in the database: given with what they speak of or not at all, and never changed."""

import threading

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
