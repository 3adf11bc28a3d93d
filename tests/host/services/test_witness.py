"""Ledgers from the database: exports, proofs, second signatures made elsewhere, and checkpoints by mail."""

import base64
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobtwin.store.models import Ledger
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]

NAME = "witness.example.org"


@pytest.fixture
def people() -> "People":
    from tests.host.people import everybody

    return everybody()


@pytest.fixture
def production(tmp_path: Path) -> "Iterator[Path]":
    """A platform without the witness's key, and the witness's folder elsewhere."""
    from django.conf import settings
    from django.test import override_settings

    from jobtwin.proofs.keys import PLATFORM_PURPOSES, WITNESS, KeyRing
    from jobtwin.proofs.note import VerifierKey
    from tests.host.people import NOW

    elsewhere = tmp_path / "witness"
    record = KeyRing(elsewhere).init([WITNESS], now=NOW)[0]
    KeyRing(tmp_path / "keys").init(PLATFORM_PURPOSES, now=NOW)
    witness = (VerifierKey(NAME, record.public_key.raw),)
    environment = replace(settings.JOBTWIN, mode="production", keys=tmp_path / "keys", witness=witness)
    with override_settings(JOBTWIN=environment):
        yield elsewhere


def seal_both(people: "People", learner: str) -> "Ledger":
    """Max and Noor seal a submission into real ledgers; Max's."""
    from jobtwin.services.ledger import ledger_writer
    from jobtwin.store.models import Ledger
    from tests.host.people import claimed, sealed, verified

    submission = verified(getattr(people, learner))
    for mentor in (people.max, people.noor):
        sealed(claimed(submission, mentor), "0.80", ledger_writer())
    return Ledger.objects.get(mentor=people.max)


def cosign(folder: Path, elsewhere: Path) -> str:
    """`request`, `sign` on another machine, `add`: what `add` printed."""
    from click.testing import CliRunner

    from jobtwin.cli.witness import command
    from jobtwin.proofs.note import VerifierKey
    from jobtwin.store import platform

    name, purpose, ring = platform.signers()[0]
    log = str(VerifierKey(name, ring.load(purpose).public_bytes))
    asked, answer, run = folder / "request.json", folder / "answer.json", CliRunner().invoke
    assert run(command, ["request", "--out", str(asked)], catch_exceptions=False).exit_code == 0
    signing = ["sign", str(asked), "--keys", str(elsewhere), "--name", NAME, "--log-key", log]
    done = run(
        command,
        [*signing, "--state", str(folder / "seen.json"), "--out", str(answer)],
        catch_exceptions=False,
    )
    assert done.exit_code == 0, done.output
    return run(command, ["add", str(answer)], catch_exceptions=False).output


def test_checkpoints_wait_for_a_witness_elsewhere_and_exports_end_where_it_has_signed(
    people: "People", production: Path, tmp_path: Path
) -> None:
    from jobtwin.proofs.ledger import verify_ledger
    from jobtwin.store.queries.ledger import export_ledger
    from tests.proofs.auditor import accepts

    ledger = seal_both(people, "ada")
    assert export_ledger(ledger, tmp_path / "before") == 1
    assert verify_ledger(tmp_path / "before").code == "NO_CHECKPOINT"
    assert cosign(tmp_path, production).startswith("2 new second signatures")
    assert export_ledger(ledger, tmp_path / "signed") == 0
    assert verify_ledger(tmp_path / "signed").valid
    assert accepts(tmp_path / "signed")
    seal_both(people, "sam")
    assert export_ledger(ledger, tmp_path / "more") == 1
    assert verify_ledger(tmp_path / "more").entries == 1
    assert cosign(tmp_path, production).startswith("2 new")
    assert cosign(tmp_path, production).startswith("0 new")
    export_ledger(ledger, tmp_path / "all")
    assert verify_ledger(tmp_path / "all").entries == 2
    assert accepts(tmp_path / "all", (tmp_path / "signed" / "checkpoints.txt").read_text())


def test_a_signature_by_somebody_else_is_not_taken(
    people: "People", production: Path, tmp_path: Path
) -> None:
    from jobtwin.proofs.keys import WITNESS, KeyRing
    from jobtwin.proofs.note import VerifierKey
    from jobtwin.proofs.witness import sign_requests
    from jobtwin.services.witness import add_signatures
    from jobtwin.store import platform
    from jobtwin.store.models import Cosignature
    from jobtwin.store.queries.ledger import asks
    from tests.host.people import NOW

    seal_both(people, "ada")
    KeyRing(tmp_path / "stranger").init([WITNESS], now=NOW)
    name, purpose, ring = platform.signers()[0]
    answer = sign_requests(
        asks(),
        {},
        log_keys=(VerifierKey(name, ring.load(purpose).public_bytes),),
        name=NAME,
        signer=KeyRing(tmp_path / "stranger").load(WITNESS),
    )
    added = add_signatures(answer=answer, now=NOW)
    assert (added.new, len(added.problems)) == (0, 2)
    assert not Cosignature.objects.exists()


def test_proofs_from_the_database_lead_to_the_signed_root(people: "People") -> None:
    from jobtwin.proofs import merkle
    from jobtwin.store.queries.ledger import consistency, inclusion
    from tests.proofs.auditor import included

    ledger = seal_both(people, "ada")
    seal_both(people, "sam")
    found, grown = inclusion(ledger, 1), consistency(ledger, 1)
    path = [base64.b64decode(one) for one in found["path"]]  # type: ignore[attr-defined]  # a list
    root = base64.b64decode(str(found["checkpoint"]).split("\n")[2])
    assert included(str(found["entry"]).encode(), 1, 2, path) == root
    first = merkle.leaf_hash(str(inclusion(ledger, 0)["entry"]).encode())
    steps = [base64.b64decode(one) for one in grown["path"]]  # type: ignore[attr-defined]  # a list
    assert merkle.verify_consistency(1, 2, first, root, steps)


def test_each_mentor_is_mailed_the_own_checkpoint_and_the_others_only_once_both_have_sealed(
    people: "People",
) -> None:
    from jobtwin.jobs.ledger import mail_checkpoints
    from jobtwin.services.ledger import ledger_writer
    from jobtwin.store.models import Notification
    from tests.host.people import NOW, claimed, sealed, verified

    submission = verified(people.ada)
    first, second = claimed(submission, people.max), claimed(submission, people.noor)
    sealed(first, "0.80", ledger_writer())

    def mailed(hours: int) -> list[tuple[str, str]]:
        for _ in range(2):
            mail_checkpoints(now=NOW + timedelta(hours=hours))
        rows = Notification.objects.filter(kind__endswith="_checkpoint").order_by("pk")
        return [(one.person.name, one.kind) for one in rows]

    assert mailed(24) == [("Max", "own_checkpoint")]
    sealed(second, "0.80", ledger_writer(), hours=30)
    assert set(mailed(48)) == {
        ("Max", "own_checkpoint"),
        ("Noor", "own_checkpoint"),
        ("Max", "other_checkpoint"),
        ("Noor", "other_checkpoint"),
    }
    block = Notification.objects.get(person=people.max, kind="other_checkpoint").facts["block"]
    assert block.startswith(people.noor.ledger.origin + "\n1\n")
