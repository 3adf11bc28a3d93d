"""Receipts: signed over one spelling, believed only whole, dated before their deadline."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.errors import BadInput
from jobtwin.proofs.did import did_document
from jobtwin.proofs.key_source import records_document
from jobtwin.proofs.keys import ISSUER_ED25519, ISSUER_P256, LEDGER, PLATFORM_PURPOSES, RECEIPT, KeyRing
from jobtwin.proofs.receipt import DOMAIN, Receipt, Receipted, content_digest, sign_receipt
from jobtwin.proofs.receipt_verify import CODES, verify_receipt
from tests.proofs.exam import HOUSE, NOW, seeded

CONTENT = {"source": "https://git.example.org/x", "notes": "Hello.", "answers": {"F1": "yes"}}
LATER = NOW + timedelta(days=400)


def receipt(**changes: Any) -> Receipt:
    """The receipt of a saved draft."""
    said = Receipt(
        id="6f1c1e6e-3b1d-4b0a-9d4e-0a6f5b1f2c3d",
        issuer=HOUSE.profile.did,
        what=Receipted.DRAFT,
        attempt="0b6f3a52-9f7e-4b5e-8d0c-0f9a3f7d1c11",
        at=NOW,
        deadline=NOW + timedelta(days=14),
        brief="sha256:" + "ab" * 32,
        draft=3,
        content=content_digest(CONTENT),
    )
    return replace(said, **changes)


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    """A ring with the platform's keys."""
    made = KeyRing(tmp_path_factory.mktemp("ring") / "keys")
    made.init(PLATFORM_PURPOSES, now=NOW, random=seeded("receipts"))
    return made


def did(ring: KeyRing) -> bytes:
    return json.dumps(did_document(HOUSE.profile, ring.list())).encode()


def listed(ring: KeyRing) -> bytes:
    return json.dumps(records_document(ring.list())).encode()


def signed(ring: KeyRing, purpose: str = RECEIPT, **changes: Any) -> bytes:
    return json.dumps(sign_receipt(receipt(**changes), ring.load(purpose))).encode()


@pytest.mark.parametrize("keys", [did, listed])
def test_a_receipt_holds_against_either_list_of_keys(ring: KeyRing, keys: Callable[[KeyRing], bytes]) -> None:
    report = verify_receipt(signed(ring), keys=keys(ring), now=LATER)
    assert (report.valid, report.receipt) == (True, receipt())
    assert report.sentence.startswith("version 3 of the draft was saved at 2026-11-23T12:00:00.000000Z")
    start = signed(ring, what=Receipted.START, draft=0, content="")
    assert verify_receipt(start, keys=keys(ring), now=LATER).valid
    submit = signed(ring, what=Receipted.SUBMIT, commit="c" * 40)
    assert "commit cccc" in verify_receipt(submit, keys=keys(ring), now=LATER).sentence


def test_any_changed_word_is_noticed(ring: KeyRing) -> None:
    document = json.loads(signed(ring))
    keys = did(ring)
    changes: dict[str, object] = {
        "id": "0b6f3a52-9f7e-4b5e-8d0c-0f9a3f7d1c12",
        "attempt": "0b6f3a52-9f7e-4b5e-8d0c-0f9a3f7d1c12",
        "at": "2026-11-23T12:00:00.000001Z",
        "deadline": "2027-11-23T12:00:00.000000Z",
        "brief": "sha256:" + "ac" * 32,
        "draft": 4,
        "content": "sha256:" + "ac" * 32,
    }
    for name, value in changes.items():
        changed = {**document, "receipt": {**document["receipt"], name: value}}
        report = verify_receipt(json.dumps(changed).encode(), keys=keys, now=LATER)
        assert report.code == "SIGNATURE", name


@given(data=st.data())
def test_no_changed_byte_is_believed(ring: KeyRing, data: st.DataObject) -> None:
    document = bytearray(signed(ring))
    place = data.draw(st.integers(0, len(document) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != document[place]))
    document[place] = byte
    report = verify_receipt(bytes(document), keys=did(ring), now=LATER)
    white = byte in b" \t\r\n" and chr(signed(ring)[place]) in " \t\r\n"
    assert report.valid == white
    assert report.code in CODES or white


@pytest.mark.parametrize("purpose", [ISSUER_ED25519, LEDGER])
def test_a_key_of_another_purpose_signs_no_receipt(ring: KeyRing, purpose: str) -> None:
    for keys in (did(ring), listed(ring)):
        assert verify_receipt(signed(ring, purpose), keys=keys, now=LATER).code == "UNKNOWN_KEY"
    with pytest.raises(ValueError, match="Ed25519"):
        sign_receipt(receipt(), ring.load(ISSUER_P256))


def test_a_receipt_key_may_issue_no_credential(ring: KeyRing) -> None:
    document = did_document(HOUSE.profile, ring.list())
    key = f"{HOUSE.profile.did}#{ring.load(RECEIPT).key_id}"
    assert key in [one["id"] for one in document["verificationMethod"]]  # type: ignore[attr-defined]  # plain JSON
    assert key not in document["assertionMethod"]  # type: ignore[operator]  # plain JSON


def test_the_signature_is_over_receipts_alone(ring: KeyRing) -> None:
    from jobtwin.core.canonical import canonical_json
    from jobtwin.proofs.encoding import base64url_encode

    document = json.loads(signed(ring))
    bare = ring.load(RECEIPT).sign(canonical_json(document["receipt"]))
    forged = {**document, "signature": base64url_encode(bare)}
    assert verify_receipt(json.dumps(forged).encode(), keys=did(ring), now=LATER).code == "SIGNATURE"
    assert DOMAIN.endswith(b"\n")


def test_a_compromised_key_is_believed_nothing_and_a_retired_one_everything(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys")
    ring.init(PLATFORM_PURPOSES, now=NOW, random=seeded("rotated"))
    old = signed(ring)
    former = ring.load(RECEIPT).key_id
    ring.rotate(RECEIPT, now=NOW + timedelta(days=1))
    for keys in (did, listed):
        assert verify_receipt(old, keys=keys(ring), now=LATER).valid
    ring.revoke(former, at=NOW + timedelta(days=2))
    for keys in (did, listed):
        assert verify_receipt(old, keys=keys(ring), now=LATER).code == "KEY_REVOKED"


def test_a_receipt_at_its_deadline_is_impossible(ring: KeyRing) -> None:
    at = receipt().deadline
    assert verify_receipt(signed(ring, at=at), keys=did(ring), now=LATER).code == "IMPOSSIBLE"
    before = at - timedelta(microseconds=1)
    assert verify_receipt(signed(ring, at=before), keys=did(ring), now=LATER).valid


def test_another_issuers_receipt_is_told(ring: KeyRing) -> None:
    other = signed(ring, issuer="did:web:other.example")
    assert verify_receipt(other, keys=did(ring), now=LATER).code == "WRONG_ISSUER"


def test_the_content_is_exactly_what_was_written(ring: KeyRing) -> None:
    def code(content: bytes) -> str:
        return verify_receipt(signed(ring), keys=did(ring), now=LATER, content=content).code

    assert code(json.dumps(CONTENT).encode()) == ""
    assert code(json.dumps(dict(reversed(CONTENT.items())), indent=3).encode()) == ""
    for wrong in (b"", b"{", json.dumps({**CONTENT, "notes": "Hello"}).encode(), b"[" * 9999):
        assert code(wrong) == "CONTENT"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"", "MALFORMED"),
        (b"[]", "MALFORMED"),
        (b"{}", "MALFORMED"),
        (b'{"a": 1, "a": 2}', "DUPLICATE_KEY"),
        (b"{" + b'"a":{' * 20 + b"}" * 21, "TOO_DEEP"),
        (b" " * 20_000, "TOO_LARGE"),
        (b'{"receipt": {}, "key": "x", "signature": "y"}', "MALFORMED"),
    ],
)
def test_what_is_no_receipt_is_told_so(ring: KeyRing, document: bytes, code: str) -> None:
    assert verify_receipt(document, keys=did(ring), now=LATER).code == code


@pytest.mark.parametrize(
    "changes",
    [
        {"commit": "c" * 40},
        {"what": Receipted.SUBMIT},
        {"what": Receipted.START},
        {"draft": 0},
        {"content": ""},
        {"id": "x"},
        {"brief": "x"},
        {"issuer": ""},
    ],
)
def test_a_signed_receipt_of_another_form_is_refused(ring: KeyRing, changes: dict[str, Any]) -> None:
    assert verify_receipt(signed(ring, **changes), keys=did(ring), now=LATER).code == "MALFORMED"


def test_keys_that_are_none_are_unreadable(ring: KeyRing) -> None:
    for keys in (b"", b"{}", b"[]", b'{"keys": 1}', b"\xff"):
        with pytest.raises(BadInput):
            verify_receipt(signed(ring), keys=keys, now=LATER)
