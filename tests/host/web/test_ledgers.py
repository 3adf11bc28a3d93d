"""Ledgers as files: for operators of their mentors, and for each mentor the own one."""

import io
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]


def test_an_export_from_the_page_verifies_and_its_proofs_are_there(tmp_path: Path) -> None:
    from jobtwin.proofs.ledger import verify_ledger
    from jobtwin.services.ledger import ledger_writer
    from tests.host.people import claimed, everybody, sealed, verified
    from tests.host.web.visits import client, text_of

    people = everybody()
    submission = verified(people.ada)
    for mentor in (people.max, people.noor):
        sealed(claimed(submission, mentor), "0.80", ledger_writer())
    boss, name = client(people.olga), people.max.ledger.name
    page = text_of(boss.get("/operations/ledgers"))
    assert name in page
    assert "1 entry" in page
    for visitor, address in (
        (boss, f"/operations/ledgers/{name}.zip"),
        (client(people.max), "/marking/ledger.zip"),
    ):
        archive = zipfile.ZipFile(io.BytesIO(visitor.get(address).content))
        archive.extractall(tmp_path)
        assert verify_ledger(tmp_path / name).entries == 1
    proof = boss.get(f"/operations/ledgers/{name}/proof.json", {"entry": "0"}).json()
    assert (proof["seq"], proof["size"], proof["path"]) == (0, 1, [])
    assert boss.get(f"/operations/ledgers/{name}/proof.json", {"from": "1"}).json()["path"] == []
    for query, status in (({"entry": "7"}, 404), ({"from": "9"}, 400), ({"entry": "x"}, 400), ({}, 400)):
        assert boss.get(f"/operations/ledgers/{name}/proof.json", query).status_code == status


def test_an_operator_of_another_programme_has_no_such_ledger() -> None:
    from jobtwin.services.person import add_person
    from jobtwin.services.programme import Rules, create_programme
    from jobtwin.store.models import Role
    from tests.host.people import claimed, everybody, sealed, verified, writer
    from tests.host.web.visits import client, text_of

    people = everybody()
    sealed(claimed(verified(people.ada), people.max), "0.80", writer())
    elsewhere = create_programme(slug="elsewhere", rules=Rules("Elsewhere"))
    pat = add_person(email="pat@example.org", name="Pat", role=Role.OPERATOR, programme=elsewhere)
    assert "Nobody has sealed anything yet." in text_of(client(pat).get("/operations/ledgers"))
    assert client(pat).get(f"/operations/ledgers/{people.max.ledger.name}.zip").status_code == 404


def test_an_operator_who_mentors_too_reads_no_scores_of_those_who_mark_beside() -> None:
    from jobtwin.services.programme import Rules, add_member, create_programme
    from jobtwin.store.models import Role
    from tests.host.people import claimed, everybody, sealed, verified, writer
    from tests.host.web.visits import client, text_of

    people, ledgers = everybody(), writer()
    submission = verified(people.ada)
    sealed(claimed(submission, people.max), "0.95", ledgers)
    claimed(submission, people.noor)
    add_member(programme=submission.attempt.programme, person=people.noor, role=Role.OPERATOR)
    both, name = client(people.noor), people.max.ledger.name
    page = text_of(both.get("/operations/ledgers"))
    assert name not in page
    assert "You mentor, too." in page
    for address in (f"/operations/ledgers/{name}.zip", f"/operations/ledgers/{name}/proof.json?entry=0"):
        assert both.get(address).status_code == 404
        assert client(people.olga).get(address).status_code == 200
    elsewhere = create_programme(slug="elsewhere", rules=Rules("Elsewhere"))
    add_member(programme=elsewhere, person=people.olga, role=Role.MENTOR)
    assert client(people.olga).get(f"/operations/ledgers/{name}.zip").status_code == 200
