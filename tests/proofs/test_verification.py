"""Verification: dates, ceilings, rotated and compromised keys, and what the issuer itself did wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from jobtwin.core.errors import BadDocument, Refused
from jobtwin.core.instant import utc_text
from jobtwin.core.skill_assertion import SkillAssertion
from jobtwin.proofs.credential import build_credential, document_bytes, sign_data_integrity
from jobtwin.proofs.did import did_document
from jobtwin.proofs.status_list import LIST_ENTRIES
from jobtwin.proofs.verify import verify_credential
from tests.proofs.exam import HOUSE, NOW, STRANGER, claims, current_list, issued, make_issuer, verify
from tests.proofs.forge import (
    MAX,
    VALUE,
    Change,
    Json,
    drop,
    expiring,
    fresh,
    put,
    resigned,
    signed,
    unsigned,
)

# -- what the issuer itself signed, and must not have


FAULTY: list[tuple[str, Change, str]] = [
    ("a weight above its ceiling", put(VALUE, "1.01"), "OVER_CEILING"),
    ("a weight far above", put(VALUE, "99999.00"), "OVER_CEILING"),
    ("a ceiling under the weight", put(MAX, "0.80"), "OVER_CEILING"),
    ("a weight under nothing", put(VALUE, "-0.10"), "BAD_RESULT"),
    ("not a number", put(VALUE, "NaN"), "BAD_RESULT"),
    ("endless", put(VALUE, "Infinity"), "BAD_RESULT"),
    ("a power of ten", put(VALUE, "1e-1"), "BAD_RESULT"),
    ("other digits", put(VALUE, "٠.٨٥"), "BAD_RESULT"),
    ("a space", put(VALUE, " 0.85"), "BAD_RESULT"),
    ("a word", put(VALUE, "good"), "BAD_RESULT"),
    ("an empty weight", put(VALUE, ""), "BAD_RESULT"),
    ("no weight", drop(VALUE), "BAD_RESULT"),
    ("no ceiling", drop(MAX), "BAD_RESULT"),
    ("a ceiling that is no number", put(MAX, "high"), "BAD_RESULT"),
    ("a floor above the weight", put(MAX.replace("valueMax", "valueMin"), "0.90"), "BAD_RESULT"),
    ("an unknown type of result", put(MAX.replace("valueMax", "resultType"), "LetterGrade"), "BAD_RESULT"),
    (
        "a result of something else",
        put("credentialSubject.result.0.resultDescription", "https://a.example/"),
        "BAD_RESULT",
    ),
    ("a description without a result", drop("credentialSubject.result.0"), "BAD_RESULT"),
    (
        "a result without a description",
        drop("credentialSubject.achievement.resultDescription.0"),
        "BAD_RESULT",
    ),
    (
        "a level that nobody published",
        put("credentialSubject.result.0.achievedLevel", "https://a.example/"),
        "BAD_RESULT",
    ),
    (
        "a level beside a weight",
        put("credentialSubject.result.1.achievedLevel", "https://a.example/"),
        "BAD_RESULT",
    ),
    ("a weight beside a level", put("credentialSubject.result.0.value", "1.00"), "BAD_RESULT"),
    ("no status", drop("credentialStatus"), "STATUS_MISSING"),
    ("no evidence", drop("evidence"), "MALFORMED"),
    ("no name", drop("issuer.name"), "MALFORMED"),
    ("no description", drop("credentialSubject.achievement.description"), "MALFORMED"),
    ("a date without a zone", put("validFrom", "2026-11-23T11:00:00"), "MALFORMED"),
    ("a day that is none", put("awardedDate", "2026-02-30T11:00:00Z"), "MALFORMED"),
    ("a start yet to come", put("validFrom", "2026-11-23T12:00:01Z"), "NOT_YET_VALID"),
    ("an award yet to come", put("awardedDate", "2027-11-23T12:00:01Z"), "NOT_YET_VALID"),
    (
        "another list",
        put("credentialStatus.statusListCredential", "https://exam.example/status/1"),
        "STATUS_MISMATCH",
    ),
    ("another purpose", put("credentialStatus.statusPurpose", "suspension"), "STATUS_MISMATCH"),
    ("an index beyond the list", put("credentialStatus.statusListIndex", str(LIST_ENTRIES)), "STATUS_RANGE"),
    ("an index under the list", put("credentialStatus.statusListIndex", "-1"), "STATUS_RANGE"),
    ("an index with a zero before it", put("credentialStatus.statusListIndex", "04711"), "STATUS_RANGE"),
    (
        "an index of a billion digits' sort",
        put("credentialStatus.statusListIndex", "9" * 5000),
        "STATUS_RANGE",
    ),
    ("an index of other digits", put("credentialStatus.statusListIndex", "４７１１"), "STATUS_RANGE"),
]


@pytest.mark.parametrize(("change", "code"), [pytest.param(*case[1:], id=case[0]) for case in FAULTY])
def test_a_signature_of_the_issuer_does_not_excuse_its_faults(change: Change, code: str) -> None:
    outcome = verify(resigned(change))

    assert outcome.code == code
    assert [check.ok for check in outcome.checks if check.name == "signature"] == [True]


def test_every_check_is_told_even_where_an_earlier_one_failed() -> None:
    outcome = verify(resigned(put(VALUE, "1.50")), status=fresh(NOW, 4711))

    assert [check.name for check in outcome.checks if not check.ok] == ["status", "results"]
    assert outcome.code == "REVOKED"


@pytest.mark.parametrize("weight", ["0.91", "0.00", "-0.10", "NaN", "Infinity"])
def test_no_weight_beyond_its_ceiling_is_ever_built(weight: str) -> None:
    above = SkillAssertion("a", "A", Decimal(weight), Decimal("0.90"))

    with pytest.raises(Refused) as refused:
        build_credential(claims(skills=(above,)), HOUSE.profile)

    assert refused.value.code == "OVER_CEILING"


def test_what_the_verifier_would_refuse_is_never_signed() -> None:
    for change in (put("grade", "A"), drop("evidence"), put("name", 7)):
        document = unsigned()
        change(document)
        with pytest.raises(BadDocument):
            sign_data_integrity(document, HOUSE.ed25519, did=HOUSE.profile.did, created=NOW)


# -- dates


def test_a_credential_holds_until_the_instant_it_ends() -> None:
    document = expiring()

    assert verify(document, now=NOW - timedelta(seconds=1)).valid
    assert verify(document, now=NOW).code == "EXPIRED"


def test_a_credential_does_not_hold_before_its_start() -> None:
    before = NOW - timedelta(hours=1, seconds=1)

    assert verify(issued().token, now=before, status=fresh(before)).code == "NOT_YET_VALID"
    assert verify(issued().document, now=before, status=fresh(before)).code == "NOT_YET_VALID"


def test_a_proof_dated_later_than_now_is_refused() -> None:
    assert verify(signed(unsigned(), created="2026-11-23T12:00:01Z")).code == "NOT_YET_VALID"
    assert verify(signed(unsigned(), created="today")).code == "BAD_PROOF"


def test_an_instant_without_a_zone_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="time zone"):
        verify(issued().document, now=NOW.replace(tzinfo=None))


# -- keys


def did_with(change: Change) -> Json:
    document = HOUSE.did()
    change(document)
    return document


DIDS: list[tuple[str, Callable[[], Json], str]] = [
    ("a stranger's", STRANGER.did, "WRONG_ISSUER"),
    ("renamed to a stranger", lambda: did_with(put("id", STRANGER.profile.did)), "WRONG_ISSUER"),
    ("without keys", lambda: did_with(drop("verificationMethod")), "UNKNOWN_KEY"),
    ("without keys that may issue", lambda: did_with(drop("assertionMethod")), "UNKNOWN_KEY"),
    (
        "with keys for signing in only",
        lambda: did_with(lambda d: d.update(authentication=d.pop("assertionMethod"))),
        "UNKNOWN_KEY",
    ),
    (
        "with the key for another's use",
        lambda: did_with(
            lambda d: [m.update(controller=STRANGER.profile.did) for m in d["verificationMethod"]]
        ),
        "UNKNOWN_KEY",
    ),
    (
        "with two keys of one id",
        lambda: did_with(lambda d: d["verificationMethod"].extend(d["verificationMethod"])),
        "UNKNOWN_KEY",
    ),
    (
        "with keys that are none",
        lambda: did_with(
            lambda d: [
                m.update(publicKeyMultibase="z6Mk", publicKeyJwk={"kty": "EC"})
                for m in d["verificationMethod"]
            ]
        ),
        "UNKNOWN_KEY",
    ),
    (
        "with a word as date of compromise",
        lambda: did_with(lambda d: [m.update(revoked="soon") for m in d["verificationMethod"]]),
        "UNKNOWN_KEY",
    ),
    (
        "with a stranger's keys under these ids",
        lambda: did_with(
            lambda d: d.update(
                verificationMethod=[
                    {**theirs, "id": ours["id"], "controller": HOUSE.profile.did}
                    for theirs, ours in zip(
                        STRANGER.did()["verificationMethod"], d["verificationMethod"], strict=True
                    )
                ]
            )
        ),
        "SIGNATURE",
    ),
]


@pytest.mark.parametrize("envelope", ["document", "token"])
@pytest.mark.parametrize(("make", "code"), [pytest.param(*case[1:], id=case[0]) for case in DIDS])
def test_keys_come_from_the_issuers_document_alone(
    make: Callable[[], Json], code: str, envelope: str
) -> None:
    assert verify(getattr(issued(), envelope), did=make()).code == code


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"id": "x"}',
        b'{"id": 7}',
        b"\xff",
        b'{"id":"did:web:a","id":"b"}',
        b'{"id": "did:web:exam.example", "verificationMethod": 7}',
    ],
)
def test_what_is_no_did_document_is_a_mistake_of_the_caller(data: bytes) -> None:
    with pytest.raises(BadDocument):
        verify_credential(document_bytes(issued().document), did=data, status_list=current_list(), now=NOW)


def test_rotation_keeps_what_the_former_key_signed() -> None:
    second = replace(make_issuer("https://exam.example", "second"), profile=HOUSE.profile)
    retired = tuple(replace(record, retired=utc_text(NOW)) for record in HOUSE.records())
    both = did_document(HOUSE.profile, (*retired, *second.records()))

    assert verify(issued().document, did=both).valid
    assert verify(issued().token, did=both).valid
    assert verify(second.issue(claims()).document, did=both).valid
    assert verify(second.issue(claims()).document).code == "UNKNOWN_KEY"


@pytest.mark.parametrize("envelope", ["document", "token"])
def test_a_compromised_key_is_believed_no_more_whatever_date_the_credential_gives(envelope: str) -> None:
    marked = tuple(replace(record, revoked=utc_text(NOW)) for record in HOUSE.records())
    did = did_document(HOUSE.profile, marked)
    before = NOW - timedelta(seconds=1)

    assert verify(getattr(issued(), envelope), did=did).code == "KEY_REVOKED"
    assert verify(getattr(issued(), envelope), did=did, now=before, status=fresh(before)).valid


def test_a_status_list_under_a_compromised_key_says_nothing() -> None:
    second = replace(make_issuer("https://exam.example", "second"), profile=HOUSE.profile)
    marked = tuple(replace(record, revoked=utc_text(NOW)) for record in HOUSE.records())
    did = did_document(HOUSE.profile, (*marked, *second.records()))
    document: dict[str, Any] = second.issue(claims()).document

    assert verify(document, did=did).code == "STATUS_SIGNATURE"
    assert verify(document, did=did, status=document_bytes(second.status_list())).valid
