"""VC-JWT: a credential as a compact token with ES256 (Open Badges 3.0, section 8.2; RFC 7515, 7519).

The payload is the credential itself with `iss, jti, nbf, sub` (and `exp` where it ends) beside it. The
header has alg, kid and typ and nothing else: a key that a token brings along vouches for nobody.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from jobtwin.core.errors import BadDocument
from jobtwin.proofs.data_integrity import Signer
from jobtwin.proofs.encoding import base64url_decode, base64url_encode
from jobtwin.proofs.key import KeyKind, PublicKey, low_s
from jobtwin.proofs.second import parse_second
from jobtwin.proofs.strict_json import parse_object

ALGORITHM = "ES256"
TYPE = "JWT"
CLAIMS = ("iss", "jti", "sub", "nbf", "exp")
HEADER_LIMIT = 4096

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_KEY_HEADERS = ("jwk", "jku", "x5c", "x5u", "x5t", "x5t#S256")


@dataclass(frozen=True, slots=True)
class Token:
    """A token taken apart: whose key signed, the signed bytes, the payload's bytes, the signature."""

    kid: str
    signed: bytes
    payload: bytes
    signature: bytes


def sign_token(document: Mapping[str, object], key: Signer, *, did: str) -> str:
    """The compact token of a credential that has no proof. Raises ValueError for a key that is not P-256."""
    if key.kind is not KeyKind.P256:
        raise ValueError(f"{ALGORITHM} signs with P-256")
    header = {"alg": ALGORITHM, "kid": f"{did}#{key.key_id}", "typ": TYPE}
    signed = f"{_part(header)}.{_part({**document, **claims_of(document)})}"
    return f"{signed}.{base64url_encode(low_s(key.sign(signed.encode())))}"


def claims_of(document: Mapping[str, object]) -> dict[str, object]:
    """The registered claims that repeat a credential's own members. Raises ValueError without these."""
    issuer, subject = document["issuer"], document["credentialSubject"]
    if not isinstance(issuer, dict) or not isinstance(subject, dict):
        raise ValueError("a credential has an issuer and a subject")
    claims: dict[str, object] = {
        "iss": issuer["id"],
        "jti": document["id"],
        "nbf": int(parse_second(document["validFrom"]).timestamp()),
        "sub": subject["id"],
    }
    if "validUntil" in document:
        claims["exp"] = int(parse_second(document["validUntil"]).timestamp())
    return claims


def read_token(data: bytes, *, max_bytes: int) -> Token:
    """A token taken apart, nothing verified but its header.

    Raises BadDocument: TOO_LARGE, MALFORMED, SIGNATURE where it has none, BAD_ALGORITHM, UNKNOWN_KEY for
    a header that brings a key along, BAD_HEADER for other members than alg, kid and typ, DUPLICATE_KEY.
    """
    if len(data) > max_bytes:
        raise BadDocument(f"over {max_bytes} bytes are not read", code="TOO_LARGE")
    text = data.decode("ascii", errors="replace").removesuffix("\n")
    if not _COMPACT.fullmatch(text):
        raise BadDocument("neither a JSON document nor a compact token", code="MALFORMED")
    signed, _, signature = text.rpartition(".")
    head, _, body = signed.partition(".")
    try:
        raw_header, payload, raw = (base64url_decode(part) for part in (head, body, signature))
    except ValueError as error:
        raise BadDocument(f"the token is not base64url: {error}", code="MALFORMED") from error
    header = parse_object(raw_header, max_bytes=HEADER_LIMIT, max_depth=4)
    if header.get("alg") != ALGORITHM:
        raise BadDocument(
            f"the token says alg {str(header.get('alg'))[:20]!r}, not {ALGORITHM}", code="BAD_ALGORITHM"
        )
    if any(name in header for name in _KEY_HEADERS):
        raise BadDocument("the token brings its own key; keys come from the issuer alone", code="UNKNOWN_KEY")
    kid = header.get("kid")
    if set(header) != {"alg", "kid", "typ"} or header["typ"] != TYPE or not isinstance(kid, str):
        raise BadDocument("the token's header is not alg, kid and typ JWT", code="BAD_HEADER")
    if len(raw) != 64:
        raise BadDocument("the token carries no signature of 64 bytes", code="SIGNATURE")
    return Token(kid, signed.encode(), payload, raw)


def require_signature(token: Token, key: PublicKey) -> None:
    """Raises BadDocument: BAD_ALGORITHM for a key of another kind, SIGNATURE where it does not hold."""
    if key.kind is not KeyKind.P256:
        raise BadDocument(f"{ALGORITHM} is verified with a P-256 key", code="BAD_ALGORITHM")
    if not key.holds(token.signature, token.signed):
        raise BadDocument("the signature does not hold: the token was changed", code="SIGNATURE")


def split_claims(payload: Mapping[str, object]) -> dict[str, object]:
    """The credential of a payload, whose claims repeat it. Raises BadDocument (CLAIM_MISMATCH)."""
    credential = {name: value for name, value in payload.items() if name not in CLAIMS}
    try:
        expected = claims_of(credential)
    except (ValueError, KeyError) as error:
        raise BadDocument("the credential has no dates, issuer or subject", code="MALFORMED") from error
    given = {name: payload[name] for name in CLAIMS if name in payload}
    if given != expected:
        wrong = sorted(name for name in CLAIMS if given.get(name) != expected.get(name))
        raise BadDocument(f"the token's {', '.join(wrong)} differ from its credential", code="CLAIM_MISMATCH")
    return credential


def _part(value: Mapping[str, object]) -> str:
    return base64url_encode(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
