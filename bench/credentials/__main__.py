"""Issues and verifies credentials by the library alone, and prints CPU times; exit 1 over a goal."""

import json
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from jobtwin.core.credential import CredentialClaims, LedgerProof
from jobtwin.core.skill_assertion import SkillAssertion
from jobtwin.proofs.baking import bake_png, verify_presented
from jobtwin.proofs.credential import IssuedCredential, document_bytes, issue_credential
from jobtwin.proofs.did import IssuerProfile, did_document
from jobtwin.proofs.key import KeyKind, SigningKey
from jobtwin.proofs.keys import ISSUER_ED25519, ISSUER_P256, KeyRecord
from jobtwin.proofs.status_list import LIST_ENTRIES, build_status_list, sign_status_list
from jobtwin.web.pictures.badge import Shown, badge_png, card_png

ISSUED = 1000
LOOKS = 200
NOW = datetime.now(UTC)
ISSUER = IssuerProfile.at("https://exam.example", name="Job Twin")


@dataclass(frozen=True)
class Row:
    """One line: what, CPU time in seconds, and the goal in seconds, if there is one."""

    what: str
    seconds: float
    goal: float | None = None

    def text(self) -> str:
        """The line in Markdown."""
        shown = f"{self.seconds:.1f} s" if self.seconds >= 1 else f"{self.seconds * 1000:.1f} ms"
        goal = (
            "" if self.goal is None else f"{self.goal:g} s" if self.goal >= 1 else f"{self.goal * 1000:g} ms"
        )
        return f"| {self.what} | {shown} | {goal} |"


def claims(index: int) -> CredentialClaims:
    """A credential as the capstone issues it: two skills, two ledgers."""
    return CredentialClaims(
        credential_id=f"https://exam.example/credentials/{index}",
        subject=f"urn:uuid:00000000-0000-4000-8000-{index:012}",
        learner_name=f"Learner {index}",
        identity_salt=secrets.token_hex(16),
        brief_id="capstone",
        brief_version=1,
        brief_title="Capstone — Production AI service",
        brief_digest="sha256:" + "ab" * 32,
        scenario="Ship an end-to-end production AI service.",
        commit="c" * 40,
        overall=Decimal("0.8125"),
        pass_mark=Decimal("0.75"),
        skills=(
            SkillAssertion("llm.ops.system-design", "System design", Decimal("0.85"), Decimal("1.00")),
            SkillAssertion("llm.safety.security-review", "Security", Decimal("0.70"), Decimal("0.90")),
        ),
        ledgers=(
            LedgerProof("exam.example/1", index, index + 1),
            LedgerProof("exam.example/2", index, index + 1),
        ),
        awarded_at=NOW - timedelta(hours=2),
        issued_at=NOW - timedelta(hours=1),
        status_index=index,
    )


def median(step: Callable[[], object], count: int = LOOKS) -> float:
    """Seconds of CPU in the middle of `count` runs, after one to warm up."""
    step()
    found = []
    for _ in range(count):
        started = time.process_time()
        step()
        found.append(time.process_time() - started)
    return statistics.median(found)


def measured() -> list[Row]:
    """Every line of the table."""
    ed25519, p256 = (
        SigningKey.generate(kind, secrets.token_bytes) for kind in (KeyKind.ED25519, KeyKind.P256)
    )
    pairs = ((ISSUER_ED25519, ed25519), (ISSUER_P256, p256))
    created = "2026-01-01T00:00:00.000000Z"
    records = [KeyRecord(purpose, key.key_id, key.public.multikey(), created) for purpose, key in pairs]
    did = document_bytes(did_document(ISSUER, records))
    moment = NOW - timedelta(minutes=1)

    def issue(index: int) -> IssuedCredential:
        return issue_credential(claims(index), ISSUER, ed25519=ed25519, p256=p256, now=moment)

    def signed_list() -> dict[str, object]:
        revoked = range(1, LIST_ENTRIES, 7)
        return sign_status_list(
            build_status_list(ISSUER, 0, revoked, now=moment), ed25519, did=ISSUER.did, now=moment
        )

    started = time.process_time()
    issued = [issue(index * 7) for index in range(ISSUED)]
    total = time.process_time() - started
    status, shown = document_bytes(signed_list()), Shown("Capstone", "Passed", good=True, lines=("a", "b"))
    baked = bake_png(badge_png(shown), json.dumps(issued[0].document))

    def verify(data: bytes) -> None:
        if not verify_presented(data, did=did, status_list=status, now=NOW).valid:
            raise SystemExit("a credential of this run does not verify")

    return [
        Row(f"issue {ISSUED:,} credentials in both envelopes", total, 30),
        Row(
            "verify the document with its status list",
            median(lambda: verify(document_bytes(issued[0].document))),
            0.1,
        ),
        Row("verify the token with its status list", median(lambda: verify(issued[0].token.encode())), 0.1),
        Row("verify a baked PNG", median(lambda: verify(baked)), 0.1),
        Row(f"sign a status list with {len(range(1, LIST_ENTRIES, 7)):,} revoked", median(signed_list, 20)),
        Row("draw the badge", median(lambda: badge_png(shown), 20)),
        Row("draw the Open Graph card", median(lambda: card_png(shown), 20)),
    ]


def main() -> int:
    """Prints the table."""
    rows = measured()
    print("| what | CPU time | goal |\n|---|---|---|")
    for row in rows:
        print(row.text())
    return int(any(row.goal is not None and row.seconds >= row.goal for row in rows))


if __name__ == "__main__":
    sys.exit(main())
