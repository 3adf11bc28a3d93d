"""Status lists: whose they are, how long they speak, how they are packed, and what a bit in them says."""

import base64
import gzip
import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from jobtwin.proofs.credential import document_bytes
from jobtwin.proofs.status_list import LIST_ENTRIES, StatusPlace
from jobtwin.proofs.verification import CODES
from jobtwin.proofs.verify import CredentialLimits, verify_credential
from tests.proofs.exam import HOUSE, NOW, STRANGER, current_list, issued, verify
from tests.proofs.forge import Change, Json, drop, fresh, put, signed

WEEK = timedelta(days=7)


def list_with(change: Change, *, sign: bool = True) -> bytes:
    """The house's list after a change, signed again or as it was."""
    document: Json = HOUSE.status_list(9)
    if not sign:
        change(document)
        return document_bytes(document)
    bare = {name: value for name, value in document.items() if name != "proof"}
    change(bare)
    return document_bytes(signed(bare))


def packed(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(gzip.compress(data, mtime=0)).rstrip(b"=").decode()


def bits(text: str) -> Change:
    return put("credentialSubject.encodedList", text)


LISTS: list[tuple[str, Callable[[], bytes | None], str]] = [
    ("none", lambda: None, "STATUS_MISSING"),
    ("no JSON", lambda: b"<html>", "STATUS_MALFORMED"),
    ("empty", lambda: b"", "STATUS_MALFORMED"),
    ("the credential itself", lambda: document_bytes(issued().document), "STATUS_MALFORMED"),
    ("revoked", lambda: fresh(NOW, 4711), "REVOKED"),
    ("revoked among all", lambda: fresh(NOW, *range(LIST_ENTRIES)), "REVOKED"),
    ("a stranger's", lambda: document_bytes(STRANGER.status_list()), "STATUS_MISMATCH"),
    ("unsigned", lambda: list_with(drop("proof"), sign=False), "STATUS_SIGNATURE"),
    (
        "un-revoked by hand",
        lambda: json.dumps(
            json.loads(fresh(NOW, 4711)) | {"credentialSubject": HOUSE.status_list(9)["credentialSubject"]}
        ).encode(),
        "STATUS_SIGNATURE",
    ),
    (
        "dated later by hand",
        lambda: list_with(put("validUntil", "2036-01-01T00:00:00Z"), sign=False),
        "STATUS_SIGNATURE",
    ),
    (
        "signed by a stranger",
        lambda: document_bytes(
            signed({n: v for n, v in HOUSE.status_list().items() if n != "proof"}, STRANGER.ed25519)
        ),
        "STATUS_SIGNATURE",
    ),
    (
        "two proofs",
        lambda: list_with(lambda d: d["proof"].append(d["proof"][0]), sign=False),
        "STATUS_SIGNATURE",
    ),
    (
        "of another purpose",
        lambda: list_with(put("credentialSubject.statusPurpose", "suspension")),
        "STATUS_MISMATCH",
    ),
    ("of another address", lambda: list_with(put("id", "https://exam.example/status/1")), "STATUS_MISMATCH"),
    ("out of date", lambda: fresh(NOW - WEEK), "STATUS_STALE"),
    ("yet to come", lambda: fresh(NOW + timedelta(hours=1)), "STATUS_STALE"),
    ("out of date, and revoked", lambda: fresh(NOW - 2 * WEEK, 4711), "REVOKED"),
    ("without an end", lambda: list_with(drop("validUntil")), "STATUS_MALFORMED"),
    ("with a date that is none", lambda: list_with(put("validUntil", "never")), "STATUS_MALFORMED"),
    ("with an undefined term", lambda: list_with(put("note", "x"), sign=False), "STATUS_MALFORMED"),
    (
        "with two bits an entry",
        lambda: list_with(put("credentialSubject.statusSize", "2"), sign=False),
        "STATUS_MALFORMED",
    ),
    (
        "with another context",
        lambda: list_with(put("@context", ["https://exam.example/c"]), sign=False),
        "STATUS_MALFORMED",
    ),
    (
        "with a key twice",
        lambda: fresh(NOW).replace(b'"issuer":', b'"issuer": "x", "issuer":'),
        "STATUS_MALFORMED",
    ),
    ("too few entries", lambda: list_with(bits(packed(bytes(LIST_ENTRIES // 8 - 1)))), "STATUS_MALFORMED"),
    ("a bomb", lambda: list_with(bits(packed(bytes(400_000_000)))), "STATUS_MALFORMED"),
    ("no gzip", lambda: list_with(bits("u" + "A" * 100)), "STATUS_MALFORMED"),
    ("cut short", lambda: list_with(bits(packed(bytes(LIST_ENTRIES // 8))[:-6])), "STATUS_MALFORMED"),
    (
        "two packets in one",
        lambda: list_with(
            bits(
                "u"
                + base64.urlsafe_b64encode(gzip.compress(bytes(LIST_ENTRIES // 8)) + gzip.compress(b"x"))
                .rstrip(b"=")
                .decode()
            )
        ),
        "STATUS_MALFORMED",
    ),
    ("of another multibase", lambda: list_with(bits("z11"), sign=False), "STATUS_MALFORMED"),
    ("too large", lambda: b'{"a": "' + b"x" * 5_000_000 + b'"}', "STATUS_MALFORMED"),
]


@pytest.mark.parametrize(("make", "code"), [pytest.param(*case[1:], id=case[0]) for case in LISTS])
def test_a_status_list_that_vouches_for_nothing_is_refused(
    make: Callable[[], bytes | None], code: str
) -> None:
    outcome = verify(issued().document, status=make())

    assert outcome.code == code
    assert outcome.code in CODES


def test_a_neighbour_revoked_is_nobody_else_revoked() -> None:
    assert verify(issued().document, status=fresh(NOW, 4710, 4712)).valid
    assert verify(issued().token, status=fresh(NOW, 4710, 4712)).valid


def test_a_larger_list_is_read_too() -> None:
    assert verify(issued().document, status=list_with(bits(packed(bytes(LIST_ENTRIES // 4))))).valid


def test_running_indexes_fill_one_list_after_the_other() -> None:
    assert StatusPlace.of(LIST_ENTRIES - 1) == StatusPlace(0, LIST_ENTRIES - 1)
    assert StatusPlace.of(LIST_ENTRIES) == StatusPlace(1, 0)
    with pytest.raises(ValueError, match="from 0"):
        StatusPlace.of(-1)


def test_the_limits_are_settings() -> None:
    outcome = verify_credential(
        document_bytes(issued().document),
        did=document_bytes(HOUSE.did()),
        status_list=current_list(),
        now=NOW,
        limits=CredentialLimits(max_bytes=1000),
    )

    assert outcome.code == "TOO_LARGE"
    assert outcome.as_json()["valid"] is False
