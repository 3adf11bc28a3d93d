"""A passed exam, an issuer with its keys, and everything that was issued: what the tests of proofs share."""

import functools
import hashlib
import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from jobtwin.core.credential import CredentialClaims, LedgerProof, RubricLevel, RubricResult
from jobtwin.core.skill_assertion import SkillAssertion
from jobtwin.proofs.credential import IssuedCredential, document_bytes, issue_credential
from jobtwin.proofs.did import IssuerProfile, did_document
from jobtwin.proofs.key import KeyKind, Random, SigningKey
from jobtwin.proofs.keys import ISSUER_ED25519, ISSUER_P256, KeyRecord
from jobtwin.proofs.status_list import build_status_list, sign_status_list
from jobtwin.proofs.verification import Verification
from jobtwin.proofs.verify import verify_credential

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CREATED = "2026-11-01T00:00:00.000000Z"


def seeded(seed: str) -> Random:
    """Random bytes that are the same in every run."""
    count = 0

    def draw(size: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{seed} {count}".encode()).digest(size)

    return draw


def claims(**changes: Any) -> CredentialClaims:
    """What Ada's passed attempt certifies."""
    values: dict[str, Any] = {
        "credential_id": "https://exam.example/credentials/3f0a",
        "subject": "urn:uuid:6f1c1e6e-3b1d-4b0a-9d4e-0a6f5b1f2c3d",
        "learner_name": "Ada Lovelace",
        "identity_salt": "5d2f0c",
        "brief_id": "capstone",
        "brief_version": 1,
        "brief_title": "Capstone — Production AI service",
        "brief_digest": "sha256:" + "ab" * 32,
        "scenario": "Ship an end-to-end production AI service.",
        "commit": "c0ffee" + "0" * 34,
        "overall": Decimal("0.8125"),
        "pass_mark": Decimal("0.75"),
        "skills": (
            SkillAssertion("llm.safety.security-review", "Security review", Decimal("0.70"), Decimal("0.90")),
            SkillAssertion("llm.ops.system-design", "System design", Decimal("0.85"), Decimal("1.00")),
        ),
        "ledgers": (
            LedgerProof("exam.example/ledgers/1", 0, 1),
            LedgerProof("exam.example/ledgers/2", 4, 5),
        ),
        "awarded_at": NOW - timedelta(hours=2),
        "issued_at": NOW - timedelta(hours=1),
        "status_index": 4711,
    }
    return CredentialClaims(**(values | changes))


LEVELS = RubricResult(
    "reflection",
    "Reflection",
    (RubricLevel("1-thin", "Thin", "0.25"), RubricLevel("2-honest", "Honest", "1.00")),
    "2-honest",
)


@dataclass(frozen=True)
class Issuer:
    """An issuer with its two keys."""

    profile: IssuerProfile
    ed25519: SigningKey
    p256: SigningKey

    def records(self) -> tuple[KeyRecord, ...]:
        """The public side, as a key ring lists it."""
        return tuple(
            KeyRecord(purpose, key.key_id, key.public.multikey(), CREATED)
            for purpose, key in ((ISSUER_ED25519, self.ed25519), (ISSUER_P256, self.p256))
        )

    def did(self) -> dict[str, Any]:
        """Its DID document, to be changed at will."""
        return deepcopy(did_document(self.profile, self.records()))

    def issue(self, what: CredentialClaims) -> IssuedCredential:
        """A credential in both envelopes."""
        return issue_credential(
            what, self.profile, ed25519=self.ed25519, p256=self.p256, now=NOW - timedelta(minutes=50)
        )

    def status_list(self, *revoked: int, now: datetime = NOW) -> dict[str, Any]:
        """The signed status list number 0."""
        document = build_status_list(self.profile, 0, revoked, now=now - timedelta(minutes=1))
        return sign_status_list(document, self.ed25519, did=self.profile.did, now=now - timedelta(minutes=1))


def make_issuer(url: str, seed: str) -> Issuer:
    """An issuer whose keys are the same in every run."""
    random = seeded(seed)
    return Issuer(
        IssuerProfile.at(url, name="Exam house"),
        SigningKey.generate(KeyKind.ED25519, random),
        SigningKey.generate(KeyKind.P256, random),
    )


HOUSE = make_issuer("https://exam.example", "house")
STRANGER = make_issuer("https://stranger.example", "stranger")


@functools.cache
def issued() -> IssuedCredential:
    """Ada's credential; copies are changed, never this one."""
    return HOUSE.issue(claims(rubric=(LEVELS,)))


@functools.cache
def current_list() -> bytes:
    """The status list of now, with nobody of this exam revoked."""
    return document_bytes(HOUSE.status_list(9))


def verify(
    document: Mapping[str, Any] | bytes | str,
    *,
    did: Mapping[str, Any] | None = None,
    status: bytes | Callable[[], bytes] | None = current_list,
    now: datetime = NOW,
) -> Verification:
    """Verify against the house's own documents unless others are given."""
    if isinstance(document, str):
        data = document.encode()
    else:
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return verify_credential(
        data,
        did=json.dumps(did or HOUSE.did()).encode(),
        status_list=status() if callable(status) else status,
        now=now,
    )
