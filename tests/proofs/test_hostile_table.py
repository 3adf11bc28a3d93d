"""The documentation's table of hostile documents: every row is made and refused here, in the time it says."""

import json
import re
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from jobtwin.cli.public_fetch import PublicFetch
from jobtwin.proofs import verify_online
from jobtwin.proofs.verification import Verification
from jobtwin.verification.f4.settings import ArtifactSettings
from tests.proofs.exam import HOUSE, NOW, STRANGER, issued, verify
from tests.proofs.forge import changed, header, hs256, payload, put, rename, token
from tests.proofs.test_hostile_documents import HONEST, last_key_twice, poison
from tests.proofs.test_status_lists import bits, list_with, packed

SECONDS, BYTES = 1.0, 32 * 1024 * 1024
TABLE = Path(__file__).parents[2] / "docs/credentials.md"
BOMB: bytes = list_with(bits(packed(bytes(400_000_000))))
LARGE: bytes = b'{"a":"' + b"x" * 50_000_000 + b'"}'


def online(did: str) -> Verification:
    """What the verifier answers that may fetch, about a credential in that issuer's name."""
    document = json.dumps(changed(put("issuer.id", did))).encode()
    return verify_online(document, fetch=PublicFetch(ArtifactSettings()), now=NOW)


ROWS: dict[str, Callable[[], Verification]] = {
    "a term that no context defines": lambda: verify(changed(put("grade", "A+"))),
    "a term spelled as its address": lambda: verify(changed(rename("name", "https://schema.org/name"))),
    "a context written into the document": lambda: verify(
        changed(lambda d: d["@context"].append({"name": "https://schema.org/alternateName"}))
    ),
    "a context at an address of its own": lambda: verify(
        changed(lambda d: d["@context"].append("https://evil.example/context.json"))
    ),
    "a key twice in one object": lambda: verify(HONEST.replace('"name":', '"name":"x","name":', 1).encode()),
    "20,000 keys, of which the last stands twice": lambda: verify(last_key_twice(20_000)),
    "nested 40,000 deep": lambda: verify(b'{"a":' * 40_000 + b"1" + b"}" * 40_000),
    "a poison graph for canonicalization": lambda: verify(
        changed(lambda d: d["evidence"][0].update(evidence=poison(12)))
    ),
    "a document of 50 MB": lambda: verify(LARGE),
    "a status list that unpacks to 400 MB": lambda: verify(issued().document, status=lambda: BOMB),
    "a status list of 50 MB": lambda: verify(issued().document, status=lambda: LARGE),
    "alg none": lambda: verify(token(header(alg="none"), payload(), lambda _: b"")),
    "the public key taken for a shared secret": lambda: verify(
        token(
            header(alg="HS256"), payload(), hs256(json.dumps(HOUSE.p256.public.jwk()).encode())
        )
    ),
    "a token by the key of the other envelope": lambda: verify(
        token(header(kid=f"{HOUSE.profile.did}#{HOUSE.ed25519.key_id}"), payload(), HOUSE.ed25519.sign)
    ),
    "a token that brings its own key": lambda: verify(
        token(header(jwk=STRANGER.p256.public.jwk()), payload(), STRANGER.p256.sign)
    ),
    "an issuer at a private address": lambda: online("did:web:169.254.169.254"),
    "an issuer at this machine": lambda: online("did:web:localhost%3A5432"),
}  # fmt: skip


def described() -> dict[str, str]:
    """The rows of the documentation: what is handed over, and the code."""
    section = TABLE.read_text().split("## Hostile documents")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| ([^|`]+?) \| `([A-Z_]+)` \|", section, re.MULTILINE))


def test_the_table_names_what_is_tried_here() -> None:
    assert list(described()) == list(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_a_hostile_document_is_refused_with_its_code_in_bounded_time_and_memory(name: str) -> None:
    verify(issued().document)
    started = time.process_time()
    tracemalloc.start()
    outcome = ROWS[name]()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert outcome.code == described()[name]
    assert time.process_time() - started < SECONDS
    assert peak < BYTES
