"""The issuer's documents: every key that ever was, no private one, one DID an address."""

import json
from pathlib import Path

import pytest

from jobtwin.core.errors import BadInput
from jobtwin.proofs.did import IssuerProfile, did_document, did_web, jwks, profile_document
from jobtwin.proofs.keys import ISSUER_ED25519, ISSUER_P256, LEDGER, PLATFORM_PURPOSES, KeyRing
from tests.proofs.exam import HOUSE, NOW, seeded


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """A ring with the platform's keys."""
    made = KeyRing(tmp_path / "keys")
    made.init(PLATFORM_PURPOSES, now=NOW, random=seeded("ring"))
    return made


def test_the_did_document_keeps_every_issuer_key_and_no_other(ring: KeyRing) -> None:
    retired = ring.load(ISSUER_P256).key_id
    bad = ring.load(ISSUER_ED25519).key_id
    ring.rotate(ISSUER_P256, now=NOW)
    ring.revoke(bad, at=NOW)
    profile = HOUSE.profile

    document = did_document(profile, ring.list())

    methods = {method["id"].partition("#")[2]: method for method in document["verificationMethod"]}  # type: ignore[attr-defined]  # plain JSON
    assert set(methods) == {record.id for record in ring.list() if record.purpose != LEDGER}
    assert retired in methods
    assert methods[bad]["revoked"] == "2026-11-23T12:00:00Z"
    assert ring.load(LEDGER).key_id not in json.dumps(document)
    kids = [key["kid"].partition("#")[2] for key in jwks(profile, ring.list())["keys"]]  # type: ignore[attr-defined]  # plain JSON
    assert kids == [record.id for record in ring.list() if record.purpose == ISSUER_P256]
    assert '"d"' not in json.dumps(jwks(profile, ring.list()))


@pytest.mark.parametrize(
    ("url", "did"),
    [
        ("https://exam.example", "did:web:exam.example"),
        ("https://exam.example/", "did:web:exam.example"),
        ("https://localhost:8443", "did:web:localhost%3A8443"),
        ("https://exam.example/job/twin/", "did:web:exam.example:job:twin"),
    ],
)
def test_an_address_has_one_did(url: str, did: str) -> None:
    assert did_web(url) == did


@pytest.mark.parametrize(
    "url",
    [
        "http://exam.example",
        "exam.example",
        "https://",
        "https://ada:secret@exam.example",
        "https://exam.example?x=1",
        "https://exam.example#x",
        "https://exam.example:99999",
        "https://ex am.example",
        "https://[::1]",
    ],
)
def test_what_is_no_plain_https_address_has_none(url: str) -> None:
    with pytest.raises(BadInput):
        did_web(url)


def test_an_issuer_names_its_addresses() -> None:
    issuer = IssuerProfile.at("https://exam.example/", name="Exam house")

    assert issuer.achievement_url("a/b", 2) == "https://exam.example/achievements/a%2Fb/2"
    assert issuer.skill_url("llm.ops") == "https://exam.example/skills/llm.ops"
    assert profile_document(issuer)["url"] == "https://exam.example"
