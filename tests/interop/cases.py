"""What the other verifiers are asked: the demo's credential, revoked, and changed in every way we know."""

import base64
import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobtwin.proofs.credential import document_bytes
from jobtwin.proofs.did import IssuerProfile
from jobtwin.proofs.encoding import base64url_decode, base64url_encode
from jobtwin.proofs.key import KeyKind, SigningKey
from jobtwin.proofs.keys import ISSUER_ED25519, KeyRing
from jobtwin.proofs.status_list import build_status_list, sign_status_list
from jobtwin.proofs.transcript import build_transcript, is_transcript, verify_transcript
from jobtwin.proofs.verify import verify_credential
from tests.proofs.test_tampered_credentials import TAMPERED

SIGNED = ("SIGNATURE", "WRONG_ISSUER", "UNKNOWN_KEY", "BAD_ALGORITHM", "REVOKED")
"""Codes of what every verifier of signatures must refuse; the others are about spelling and form."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One credential in one envelope with the status list it is checked against."""

    name: str
    body: Json | str
    status: Json
    honest: bool = False

    def as_json(self) -> Json:
        """What verify.mjs reads."""
        kind = "token" if isinstance(self.body, str) else "document"
        return {"name": self.name, kind: self.body, "status": self.status}


@dataclass(frozen=True)
class Export:
    """What the demo wrote, and the folder of its keys (to sign a list that says revoked)."""

    out: Path
    keys: Path

    def json(self, name: str) -> Json:
        return dict(json.loads((self.out / name).read_bytes()))

    def token(self) -> str:
        return (self.out / "credential.jwt").read_text().strip()

    def revoked_list(self) -> Json:
        """The issuer's list with the demo's credential in it."""
        document = self.json("credential.json")
        issuer = IssuerProfile(
            document["issuer"]["id"], document["issuer"]["name"], document["issuer"]["url"]
        )
        index, now = int(document["credentialStatus"]["statusListIndex"]), datetime.now(UTC)
        unsigned = build_status_list(issuer, 0, [index], now=now)
        return sign_status_list(unsigned, KeyRing(self.keys).load(ISSUER_ED25519), did=issuer.did, now=now)


def cases(export: Export) -> Iterator[Case]:
    """All of them; honest ones first."""
    document, token, status = export.json("credential.json"), export.token(), export.json("status-list.json")
    yield Case("the document", document, status, honest=True)
    yield Case("the token", token, status, honest=True)
    yield Case("revoked: the document", document, export.revoked_list())
    yield Case("revoked: the token", token, export.revoked_list())
    yield Case("a transcript", build_transcript([document]), status, honest=True)
    yield Case("revoked: a transcript", build_transcript([document]), export.revoked_list())
    changed = deepcopy(document)
    changed["credentialSubject"]["result"][0]["value"] = "1.00"
    yield Case("a transcript with a higher weight in it", build_transcript([changed]), status)
    for name, change, _ in TAMPERED:
        changed = deepcopy(document)
        try:
            change(changed)
        except (LookupError, AttributeError):
            continue
        yield Case(f"document: {name}", changed, status)
    for name, forged in _tokens(token):
        yield Case(f"token: {name}", forged, status)


def ours(one: Case, export: Export) -> str:
    """The code that our own verifier gives: empty where it accepts."""
    data = one.body.encode() if isinstance(one.body, str) else document_bytes(one.body)
    did, now, status = (export.out / "did.json").read_bytes(), datetime.now(UTC), document_bytes(one.status)
    if is_transcript(data):
        (only,) = verify_transcript(data, did=did, status_list=status, now=now)
        return only.code
    return verify_credential(data, did=did, status_list=status, now=now).code


def _tokens(token: str) -> Iterator[tuple[str, str]]:
    """Tokens that were changed, or signed by somebody else, or by nobody."""
    head, body, signature = token.split(".")
    header, payload = json.loads(base64url_decode(head)), json.loads(base64url_decode(body))
    raw = base64url_decode(signature)
    stranger = SigningKey.generate(KeyKind.P256, lambda size: b"\x07" * size)

    def made(head: Json, body: Json, *, sign: bool = False) -> str:
        parts = ".".join(base64url_encode(json.dumps(one).encode()) for one in (head, body))
        return f"{parts}.{base64url_encode(stranger.sign(parts.encode())) if sign else signature}"

    changed = deepcopy(payload)
    changed["credentialSubject"]["result"][0]["value"] = "1.00"
    yield "a higher weight", made(header, changed)
    yield "another learner", made(header, {**payload, "sub": "urn:x:y"})
    yield "another issuer", made(header, {**payload, "iss": "did:web:stranger.example"})
    yield "a later date", made(header, {**payload, "nbf": 4102444800})
    yield "signed by a stranger", made(header, payload, sign=True)
    yield (
        "a stranger's own key in the header",
        made({**header, "jwk": stranger.public.jwk()}, payload, sign=True),
    )
    yield "alg none", f"{base64url_encode(json.dumps({**header, 'alg': 'none'}).encode())}.{body}."
    yield "alg HS256", made({**header, "alg": "HS256"}, payload)
    yield "alg RS256", made({**header, "alg": "RS256"}, payload)
    yield "an unknown kid", made({**header, "kid": header["kid"] + "x"}, payload)
    yield "no signature", f"{head}.{body}."
    yield "a cut signature", f"{head}.{body}.{base64url_encode(raw[:-1])}"
    yield "a changed signature", f"{head}.{body}.{base64url_encode(bytes([raw[0] ^ 1]) + raw[1:])}"
    yield "a signature of zeros", f"{head}.{body}.{base64url_encode(bytes(64))}"
    yield "another payload", f"{head}.{base64.urlsafe_b64encode(b'{}').decode()}.{signature}"
