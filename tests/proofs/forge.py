"""Tools of whoever forges: documents signed as they are, with no look at what they say."""

import base64
import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac

from jobtwin.proofs.credential import document_bytes
from jobtwin.proofs.data_integrity import _signed_bytes
from jobtwin.proofs.encoding import base58_encode, base64url_decode, base64url_encode
from jobtwin.proofs.key import SigningKey
from jobtwin.proofs.vc_jwt import claims_of
from tests.proofs.exam import HOUSE, NOW, STRANGER, claims, issued

Json = dict[str, Any]
Change = Callable[[Json], object]


def changed(change: Change) -> Json:
    """Ada's signed credential after a change; the proof is left as it was."""
    document: Json = deepcopy(issued().document)
    change(document)
    return document


def unsigned() -> Json:
    """Ada's credential without its proof, to be changed and signed again."""
    return {name: value for name, value in deepcopy(issued().document).items() if name != "proof"}


def signed(document: Mapping[str, Any], key: SigningKey = HOUSE.ed25519, **proof: Any) -> Json:
    """A document with a proof by a key, whatever it says; `proof` overrides options before signing."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-11-23T11:10:00Z",
        "verificationMethod": f"{HOUSE.profile.did}#{key.key_id}",
        "proofPurpose": "assertionMethod",
        **proof,
    }
    value = "z" + base58_encode(key.sign(_signed_bytes(document, options)))
    return {**document, "proof": [{**options, "proofValue": value}]}


def resigned(change: Change) -> Json:
    """A changed credential, signed by the issuer itself: a fault of its own, or of whoever has its key."""
    document = unsigned()
    change(document)
    return signed(document)


def token(header: Json, payload: Json | bytes, sign: Callable[[bytes], bytes]) -> str:
    """A compact token of any header and payload, signed by any function."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    parts = f"{base64url_encode(json.dumps(header).encode())}.{base64url_encode(body)}"
    return f"{parts}.{base64url_encode(sign(parts.encode()))}"


def header(**changes: Any) -> Json:
    """The header of an honest token, with changes; None takes a member away."""
    honest = {"alg": "ES256", "kid": f"{HOUSE.profile.did}#{HOUSE.p256.key_id}", "typ": "JWT"}
    return {name: value for name, value in (honest | changes).items() if value is not None}


def payload(change: Change = lambda _: None) -> Json:
    """The payload of Ada's token after a change."""
    document = unsigned()
    document |= claims_of(document)
    change(document)
    return document


def house_token(change: Change = lambda _: None, **headers: Any) -> str:
    """A changed token, signed by the issuer itself."""
    return token(header(**headers), payload(change), HOUSE.p256.sign)


def hs256(key: bytes) -> Callable[[bytes], bytes]:
    """The signature that a careless verifier accepts where the public key is taken for a shared secret."""

    def sign(message: bytes) -> bytes:
        mac = hmac.HMAC(key, hashes.SHA256())
        mac.update(message)
        return mac.finalize()

    return sign


def with_bytes(text: str, part: int, change: Callable[[bytes], bytes]) -> str:
    """A token with one part's bytes changed."""
    parts = text.split(".")
    parts[part] = base64url_encode(change(base64url_decode(parts[part])))
    return ".".join(parts)


def padded(text: str) -> str:
    """The same token with padding: another spelling of the same bytes."""
    return ".".join(base64.urlsafe_b64encode(base64url_decode(part)).decode() for part in text.split("."))


def expiring() -> Json:
    """A credential with an end, signed by the issuer."""
    return HOUSE.issue(claims(valid_until=NOW)).document


STRANGER_DID = STRANGER.profile.did


VALUE, MAX = "credentialSubject.result.1.value", "credentialSubject.achievement.resultDescription.1.valueMax"


def subject(document: Json) -> Json:
    return document["credentialSubject"]  # type: ignore[no-any-return]  # the test's own document


def achievement(document: Json) -> Json:
    return subject(document)["achievement"]  # type: ignore[no-any-return]  # as above


def put(path: str, value: object) -> Change:
    """Set the value at a dotted path; numbers index lists."""

    def change(document: Any) -> None:
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in steps:
            document = document[step]
        document[last] = value

    return change


def drop(path: str) -> Change:
    """Delete the member at a dotted path."""

    def change(document: Any) -> None:
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in steps:
            document = document[step]
        del document[last]

    return change


def rename(path: str, name: str) -> Change:
    """Spell a member's name in another way."""

    def change(document: Any) -> None:
        *steps, last = path.split(".")
        for step in steps:
            document = document[int(step) if step.isdigit() else step]
        document[name] = document.pop(last)

    return change


def fresh(now: datetime, *revoked: int) -> bytes:
    """The house's status list as it is served at an instant."""
    return document_bytes(HOUSE.status_list(*revoked, now=now))
