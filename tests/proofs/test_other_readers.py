"""Readers not written here: the official JSON Schema, openbadgeslib, and an auditor's own few lines."""

import base64
import hashlib
import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jsonschema import Draft201909Validator
from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError, OB3Verifier, add_data_integrity_proof
from openbadgeslib.ob3.status import check_credential_status
from referencing import Registry

from jobtwin.proofs.credential import IssuedCredential, document_bytes, issue_credential
from tests.proofs.book import honest
from tests.proofs.exam import HOUSE, LEVELS, claims, issued
from tests.proofs.forge import Change, changed, house_token, put, resigned, unsigned

SCHEMA = Path(__file__).parent / "data" / "ob_v3p0_achievementcredential_schema.json"
SCHEMA_DIGEST = "859e405b592d93c3261fe899362f4128801140d4d20c01502a066b3540483d95"
TODAY = datetime.now(UTC)  # openbadgeslib has a clock of its own


def of_today(*, ends: timedelta | None = None) -> IssuedCredential:
    """A credential that another reader's clock finds valid."""
    what = claims(
        awarded_at=TODAY - timedelta(hours=2),
        issued_at=TODAY - timedelta(hours=1),
        rubric=(LEVELS,),
        valid_until=TODAY + ends if ends else None,
    )
    now = TODAY - timedelta(minutes=30)
    return issue_credential(what, HOUSE.profile, ed25519=HOUSE.ed25519, p256=HOUSE.p256, now=now)


def served(address: str) -> bytes:
    """The two addresses that the house serves; any other is an error."""
    return {
        "https://exam.example/.well-known/did.json": document_bytes(HOUSE.did()),
        "https://exam.example/status/0": document_bytes(HOUSE.status_list(9, now=TODAY)),
        "https://exam.example/status/revoked": document_bytes(HOUSE.status_list(4711, now=TODAY)),
    }[address]


def accepted_document(document: dict[str, Any]) -> Any:
    return OB3LdpVerifier.for_issuer_did(HOUSE.profile.did).verify(json.dumps(document), download=served)


def accepted_token(token: str) -> Any:
    return OB3Verifier.for_issuer_did(HOUSE.profile.did, download=served).verify(token)


# -- the official JSON Schema


def problems(document: dict[str, Any]) -> list[str]:
    """What the official schema finds wrong; a reference to another file would raise."""
    data = SCHEMA.read_bytes()
    assert hashlib.sha256(data).hexdigest() == SCHEMA_DIGEST
    validator = Draft201909Validator(
        json.loads(data), registry=Registry(), format_checker=Draft201909Validator.FORMAT_CHECKER
    )
    return [error.message for error in validator.iter_errors(document)]


def test_the_official_schema_finds_nothing_wrong() -> None:
    ends = HOUSE.issue(claims(valid_until=TODAY)).document

    for document in (issued().document, unsigned(), HOUSE.issue(claims()).document, ends):
        assert problems(document) == []


def test_the_official_schema_is_able_to_find_something() -> None:
    assert problems(changed(lambda d: d.update(proof=d["proof"][0])))
    assert problems(changed(lambda d: d.pop("validFrom")))
    assert problems(changed(put("credentialSubject.result.1.value", 0.85)))


# -- openbadgeslib


def test_openbadgeslib_accepts_both_envelopes() -> None:
    both = of_today()

    for read in (accepted_document(both.document), accepted_token(both.token)):
        assert read.id == "https://exam.example/credentials/3f0a"
        assert read.issuer.id == HOUSE.profile.did
        assert {result.value for result in read.results} >= {"0.70", "0.85"}


def test_openbadgeslib_reads_the_status_list() -> None:
    read = accepted_document(of_today().document)

    check_credential_status(read, download=served)
    read.credential_status[0]["statusListCredential"] = "https://exam.example/status/revoked"
    with pytest.raises(OB3VerificationError, match="revocation"):
        check_credential_status(read, download=served)


def test_openbadgeslib_signs_the_same_bytes() -> None:
    document: dict[str, Any] = deepcopy(issued().document)
    ours = document.pop("proof")[0]
    created = datetime.fromisoformat(ours["created"])

    theirs = add_data_integrity_proof(
        document, HOUSE.ed25519.pem(), ours["verificationMethod"], created=created
    )

    assert theirs["proof"] == ours


TAMPERED: dict[str, Change] = {
    "a higher weight": put("credentialSubject.result.1.value", "0.95"),
    "another learner": put("credentialSubject.id", "urn:uuid:00000000-0000-4000-8000-000000000000"),
    "an undefined term": put("grade", "A"),
    "an inline context": lambda d: d["@context"].append({"grade": "https://schema.org/name"}),
    "another date of the proof": put("proof.0.created", "2026-01-01T00:00:00Z"),
    "another purpose": put("proof.0.proofPurpose", "authentication"),
    "an unknown key": put("proof.0.verificationMethod", f"{HOUSE.profile.did}#x"),
    "no proof": lambda d: d.pop("proof"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_openbadgeslib_refuses_what_was_tampered_with_too(name: str) -> None:
    document = of_today().document
    accepted_document(document)
    TAMPERED[name](document)

    with pytest.raises(OB3VerificationError):
        accepted_document(document)


def test_openbadgeslib_refuses_other_tokens_too() -> None:
    for token in (
        house_token(alg="none"),
        of_today().token[:-4] + "AAAA",
        house_token(lambda p: p.update(iss="x")),
    ):
        with pytest.raises(OB3VerificationError):
            accepted_token(token)


def test_a_ceiling_is_something_that_only_our_verifier_holds() -> None:
    over = resigned(put("credentialSubject.result.1.value", "5.00"))
    over_today: dict[str, Any] = deepcopy(of_today().document)
    over_today["credentialSubject"] = over["credentialSubject"]
    over_today.pop("proof")
    theirs = add_data_integrity_proof(
        over_today, HOUSE.ed25519.pem(), f"{HOUSE.profile.did}#{HOUSE.ed25519.key_id}"
    )

    assert accepted_document(theirs).results[1].value == "5.00"


# -- an auditor's own lines, from RFC 6962 and the note format alone


def audited(folder: Path) -> bool:
    """Verify an export without any code of this project."""
    entries = (folder / "entries.jsonl").read_bytes().split(b"\n")[:-1]
    keys = json.loads((folder / "keys.json").read_text())
    last = (folder / "checkpoints.txt").read_text().split("=====\n")[-1]
    text, _, signatures = last.rpartition("\n\n")
    origin, size, root = text.split("\n")
    raw = {key.split("+")[0]: base64.b64decode(key.split("+", 2)[2])[1:] for key in keys["vkeys"]}
    signed = set()
    for line in signatures.strip().split("\n"):
        _, name, value = line.split(" ")
        try:
            Ed25519PublicKey.from_public_bytes(raw[name]).verify(
                base64.b64decode(value)[4:], f"{text}\n".encode()
            )
        except InvalidSignature:
            return False
        signed.add(name)
    whole = int(size) == len(entries) and base64.b64decode(root) == tree(entries)
    return whole and origin == keys["origin"] and set(keys["require"]) <= signed


def tree(entries: list[bytes]) -> bytes:
    """RFC 6962, 2.1."""
    if len(entries) == 1:
        return hashlib.sha256(b"\0" + entries[0]).digest()
    half = 1 << (len(entries) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree(entries[:half]) + tree(entries[half:])).digest()


def test_an_auditor_needs_a_few_lines_of_public_code(tmp_path: Path) -> None:
    folder = honest(tmp_path)
    assert audited(folder)

    data = (folder / "entries.jsonl").read_bytes()
    (folder / "entries.jsonl").write_bytes(data.replace(b'"0.25"', b'"0.95"'))

    assert not audited(folder)
