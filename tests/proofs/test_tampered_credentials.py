"""Credentials changed after they were signed: each refused with its code, none with an exception."""

import json
from copy import deepcopy

import pytest

from jobtwin.proofs.verification import CODES
from tests.proofs.exam import HOUSE, STRANGER, claims, issued, verify
from tests.proofs.forge import (
    MAX,
    VALUE,
    Change,
    achievement,
    changed,
    drop,
    put,
    rename,
    signed,
    subject,
    unsigned,
)

SCHEMA_NAME = "https://schema.org/name"


TAMPERED: list[tuple[str, Change, str]] = [
    # values
    ("a higher weight", put(VALUE, "0.95"), "SIGNATURE"),
    ("a weight above the ceiling", put(VALUE, "1.50"), "SIGNATURE"),
    ("a higher ceiling", put(MAX, "5.00"), "SIGNATURE"),
    ("the same number with another zero", put(VALUE, "0.850"), "SIGNATURE"),
    ("a weight as a number", put(VALUE, 1), "MALFORMED"),
    (
        "another learner",
        put("credentialSubject.id", "urn:uuid:00000000-0000-4000-8000-000000000000"),
        "SIGNATURE",
    ),
    (
        "another name behind the hash",
        put("credentialSubject.identifier.0.identityHash", "sha256$00"),
        "SIGNATURE",
    ),
    (
        "a hash that claims to be plain",
        put("credentialSubject.identifier.0.hashed", value=False),
        "SIGNATURE",
    ),
    ("true as a text", put("credentialSubject.identifier.0.hashed", "true"), "MALFORMED"),
    (
        "another exam",
        put("credentialSubject.achievement.id", "https://exam.example/achievements/x/1"),
        "SIGNATURE",
    ),
    (
        "a better kind of achievement",
        put("credentialSubject.achievement.achievementType", "Degree"),
        "SIGNATURE",
    ),
    ("other evidence", put("evidence.0.narrative", "jobtwin-evidence/1"), "SIGNATURE"),
    ("an earlier start", put("validFrom", "2026-11-22T11:00:00Z"), "SIGNATURE"),
    ("the same instant in another zone", put("validFrom", "2026-11-23T12:00:00+01:00"), "SIGNATURE"),
    ("another issuer's name", put("issuer.name", "A better house"), "SIGNATURE"),
    ("another issuer", put("issuer.id", STRANGER.profile.did), "WRONG_ISSUER"),
    ("an issuer without a profile", put("issuer", HOUSE.profile.did), "MALFORMED"),
    ("no issuer", drop("issuer"), "WRONG_ISSUER"),
    ("another place in the status list", put("credentialStatus.statusListIndex", "9999"), "SIGNATURE"),
    (
        "another status list",
        put("credentialStatus.statusListCredential", "https://exam.example/s"),
        "SIGNATURE",
    ),
    ("no status", drop("credentialStatus"), "SIGNATURE"),
    ("no evidence", drop("evidence"), "SIGNATURE"),
    ("no result", drop("credentialSubject.result"), "SIGNATURE"),
    ("one result less", lambda d: subject(d)["result"].pop(), "SIGNATURE"),
    ("an end that it never had", put("validUntil", "2036-01-01T00:00:00Z"), "SIGNATURE"),
    (
        "a skill more",
        lambda d: subject(d)["result"].append(
            {"type": ["Result"], "resultDescription": "https://exam.example/z", "value": "1.00"}
        ),
        "SIGNATURE",
    ),
    # what a signature over statements does not cover
    ("an undefined term", put("grade", "A+"), "UNDEFINED_TERM"),
    ("an undefined term in the subject", put("credentialSubject.grade", "A+"), "UNDEFINED_TERM"),
    ("an undefined term in a result", put("credentialSubject.result.1.grade", "A+"), "UNDEFINED_TERM"),
    (
        "a term of the context where it means nothing",
        put("credentialSubject.valueMax", "1.00"),
        "UNDEFINED_TERM",
    ),
    ("a keyword that is none", put("@comment", "A+"), "UNDEFINED_TERM"),
    ("@graph beside it", put("@graph", []), "UNDEFINED_TERM"),
    ("@included beside it", put("@included", [{"id": "urn:x:y", "type": "Profile"}]), "UNDEFINED_TERM"),
    ("@reverse in the subject", put("credentialSubject.@reverse", {}), "UNDEFINED_TERM"),
    ("@id beside id", put("@id", "urn:x:y"), "UNDEFINED_TERM"),
    ("a term spelled as its address", rename("name", SCHEMA_NAME), "UNDEFINED_TERM"),
    ("@type for type", rename("credentialSubject.type", "@type"), "UNDEFINED_TERM"),
    ("@id for id", rename("credentialSubject.id", "@id"), "UNDEFINED_TERM"),
    (
        "a type spelled as its address",
        put("issuer.type", ["https://purl.imsglobal.org/spec/vc/ob/vocab.html#Profile"]),
        "UNDEFINED_TERM",
    ),
    ("an unknown type more", put("issuer.type", ["Profile", "University"]), "UNDEFINED_TERM"),
    ("a type twice", put("issuer.type", ["Profile", "Profile"]), "UNDEFINED_TERM"),
    ("types turned round", put("type", ["OpenBadgeCredential", "VerifiableCredential"]), "UNDEFINED_TERM"),
    (
        "the type's other name",
        put("type", ["VerifiableCredential", "AchievementCredential"]),
        "UNDEFINED_TERM",
    ),
    ("null for a member", put("credentialSubject.role", None), "UNDEFINED_TERM"),
    ("an empty list", put("credentialSubject.achievement.tag", []), "UNDEFINED_TERM"),
    ("a value object", put("name", {"@value": "Capstone — Production AI service"}), "MALFORMED"),
    ("a list for a text", put("name", ["Capstone — Production AI service"]), "MALFORMED"),
    (
        "the one subject in a list",
        lambda d: d.update(credentialSubject=[d["credentialSubject"]]),
        "MALFORMED",
    ),
    ("two subjects", lambda d: d.update(credentialSubject=[d["credentialSubject"]] * 2), "MALFORMED"),
    ("evidence out of its list", lambda d: d.update(evidence=d["evidence"][0]), "MALFORMED"),
    ("results turned round", lambda d: subject(d)["result"].reverse(), "REORDERED"),
    ("descriptions turned round", lambda d: achievement(d)["resultDescription"].reverse(), "REORDERED"),
    (
        "a result twice",
        lambda d: subject(d)["result"].insert(1, deepcopy(subject(d)["result"][1])),
        "REORDERED",
    ),
    ("an identifier for a nameless node", put("evidence.0.id", "_:b0"), "UNDEFINED_TERM"),
    ("a relative identifier", put("credentialSubject.id", "ada"), "MALFORMED"),
    (
        "an identifier with statements in it",
        put("credentialSubject.id", "urn:a> <https://schema.org/name> <urn:b> .\n<urn:c"),
        "MALFORMED",
    ),
    ("one identifier for two nodes", put("credentialSubject.id", HOUSE.profile.did), "MALFORMED"),
    ("a control character", put("name", "Capstone\x08"), "MALFORMED"),
    # contexts
    ("no context", drop("@context"), "BAD_CONTEXT"),
    (
        "an inline context",
        lambda d: d["@context"].append({"grade": "https://schema.org/name"}),
        "BAD_CONTEXT",
    ),
    (
        "a context more",
        lambda d: d["@context"].append("https://www.w3.org/ns/credentials/examples/v2"),
        "BAD_CONTEXT",
    ),
    ("a context less", lambda d: d["@context"].pop(), "BAD_CONTEXT"),
    ("contexts turned round", lambda d: d["@context"].reverse(), "BAD_CONTEXT"),
    ("a context twice", lambda d: d["@context"].append(d["@context"][0]), "BAD_CONTEXT"),
    (
        "the older context",
        lambda d: d["@context"].__setitem__(1, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"),
        "BAD_CONTEXT",
    ),
    ("a context inside", put("credentialSubject.@context", {"name": "urn:x:y"}), "UNDEFINED_TERM"),
    # proofs
    ("no proof", drop("proof"), "SIGNATURE"),
    ("an empty list of proofs", put("proof", []), "SIGNATURE"),
    ("the proof out of its list", lambda d: d.update(proof=d["proof"][0]), "BAD_PROOF"),
    ("two proofs", lambda d: d["proof"].append(d["proof"][0]), "BAD_PROOF"),
    ("a chained proof", put("proof.0.previousProof", "urn:x:y"), "BAD_PROOF"),
    ("another proof's id", put("proof.0.id", "urn:x:y"), "BAD_PROOF"),
    ("a word in the proof", put("proof.0.note", "checked by hand"), "BAD_PROOF"),
    ("a context in the proof", put("proof.0.@context", "https://www.w3.org/ns/credentials/v2"), "BAD_PROOF"),
    ("an expiry in the proof", put("proof.0.expires", "2036-01-01T00:00:00Z"), "BAD_PROOF"),
    ("another purpose", put("proof.0.proofPurpose", "authentication"), "BAD_PROOF"),
    (
        "the purpose's address",
        put("proof.0.proofPurpose", "https://w3id.org/security#assertionMethod"),
        "BAD_PROOF",
    ),
    ("another date of the proof", put("proof.0.created", "2026-11-23T11:10:01Z"), "SIGNATURE"),
    ("no date in the proof", drop("proof.0.created"), "BAD_PROOF"),
    ("another suite", put("proof.0.cryptosuite", "eddsa-jcs-2022"), "BAD_ALGORITHM"),
    ("an older suite", put("proof.0.type", "Ed25519Signature2020"), "BAD_ALGORITHM"),
    ("an unknown key", put("proof.0.verificationMethod", f"{HOUSE.profile.did}#key"), "UNKNOWN_KEY"),
    (
        "the issuer's key for tokens",
        put("proof.0.verificationMethod", f"{HOUSE.profile.did}#{HOUSE.p256.key_id}"),
        "BAD_ALGORITHM",
    ),
    (
        "a key of another issuer",
        put("proof.0.verificationMethod", f"{STRANGER.profile.did}#{STRANGER.ed25519.key_id}"),
        "WRONG_ISSUER",
    ),
    (
        "another key's signature",
        lambda d: d["proof"][0].update(
            proofValue=signed(unsigned(), STRANGER.ed25519)["proof"][0]["proofValue"]
        ),
        "SIGNATURE",
    ),
    (
        "another credential's proof",
        lambda d: d.update(proof=HOUSE.issue(claims(learner_name="Max")).document["proof"]),
        "SIGNATURE",
    ),
    ("a proof value of another base", put("proof.0.proofValue", "u" + "A" * 86), "BAD_PROOF"),
    ("a short proof value", put("proof.0.proofValue", "z3Jfpo"), "BAD_PROOF"),
    ("a long proof value", put("proof.0.proofValue", "z" + "3" * 1500), "BAD_PROOF"),
    ("a number as proof value", put("proof.0.proofValue", 7), "BAD_PROOF"),
]


@pytest.mark.parametrize(("change", "code"), [pytest.param(*case[1:], id=case[0]) for case in TAMPERED])
def test_a_tampered_credential_is_refused_with_its_code(change: Change, code: str) -> None:
    outcome = verify(changed(change))

    assert outcome.code == code
    assert not outcome.valid
    assert not outcome.checks[-1].ok
    assert outcome.summary is None
    assert code in CODES


def test_there_are_more_than_39_tampered_variants() -> None:
    assert len({name for name, _, _ in TAMPERED}) == len(TAMPERED) >= 39


def test_the_untouched_credential_is_valid() -> None:
    outcome = verify(changed(lambda _: None))

    assert outcome.valid
    assert outcome.sentence == "The credential is valid."
    assert outcome.summary is not None
    assert [skill.weight for skill in outcome.summary.skills] == ["0.85", "0.70"]


def test_white_space_and_the_order_of_members_say_nothing() -> None:
    turned = {name: issued().document[name] for name in reversed(list(issued().document))}

    assert verify(b"\n " + json.dumps(turned, indent=4, ensure_ascii=False).encode() + b"\n").valid
