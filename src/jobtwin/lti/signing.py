"""What is signed for a platform: the answer to deep linking, and the assertion that asks for a token."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from jobtwin.core.instant import utc_text
from jobtwin.lti.names import ALGORITHM, CLAIM, DEEP_LINK_ANSWER, DEEP_LINKING, SCORE, VERSION

VALID = timedelta(minutes=5)
KEY_BITS = 2048
SCORE_MAXIMUM = 100
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class ToolKey:
    """A private key of ours in PEM, and the id under which its public half is published."""

    kid: str
    pem: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An exam as content item: `address` is where its launches go."""

    brief: str
    title: str
    text: str
    address: str


def new_key() -> ToolKey:
    """A new key; its id is its thumbprint (RFC 7638)."""
    key = RSAKey.generate_key(KEY_BITS, auto_kid=False)
    return ToolKey(key.thumbprint(), key.as_pem(private=True).decode())


def public_jwk(key: ToolKey) -> dict[str, str]:
    """The public half as a platform reads it."""
    public: dict[str, Any] = RSAKey.import_key(key.pem).as_dict(private=False)
    return {**public, "kid": key.kid, "alg": ALGORITHM, "use": "sig"}


def deep_link_answer(
    key: ToolKey,
    *,
    issuer: str,
    client_id: str,
    deployment: str,
    data: str,
    choice: Choice | None,
    nonce: str,
    now: datetime,
) -> str:
    """The signed answer (Deep Linking 2.0, 4.2); None chooses nothing. `data` goes back as it came."""
    claims: dict[str, Any] = {
        "iss": client_id,
        "aud": issuer,
        **_times(now),
        "nonce": nonce,
        f"{CLAIM}deployment_id": deployment,
        f"{CLAIM}message_type": DEEP_LINK_ANSWER,
        f"{CLAIM}version": VERSION,
        f"{DEEP_LINKING}content_items": [_item(choice)] if choice else [],
    }
    if data:
        claims[f"{DEEP_LINKING}data"] = data
    return _sign(key, claims)


def token_request(key: ToolKey, *, client_id: str, token_url: str, jti: str, now: datetime) -> bytes:
    """The form that asks for a token to send scores with (Security Framework 1.0, 4.1)."""
    claims = {"iss": client_id, "sub": client_id, "aud": token_url, **_times(now), "jti": jti}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": _ASSERTION,
        "client_assertion": _sign(key, claims),
        "scope": SCORE,
    }
    return urlencode(form).encode()


def read_token(body: bytes) -> str:
    """The bearer token of an answer. Raises ValueError where there is none that fits a header."""
    found = json.loads(body)
    token = found.get("access_token") if isinstance(found, dict) else None
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise ValueError("the answer holds no token")
    return token


def scores_url(lineitem: str) -> str:
    """Where the scores of a line item go: its path and `/scores`, its query kept (AGS 2.0, 3.4)."""
    parts = urlsplit(lineitem)
    return urlunsplit(parts._replace(path=f"{parts.path}/scores"))


def score_body(*, subject: str, score: Decimal, at: datetime) -> bytes:
    """A final score between 0 and 1, told out of SCORE_MAXIMUM."""
    body = {
        "userId": subject,
        "scoreGiven": float(score * SCORE_MAXIMUM),
        "scoreMaximum": SCORE_MAXIMUM,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": utc_text(at),
    }
    return json.dumps(body).encode()


def _item(choice: Choice) -> Mapping[str, object]:
    return {
        "type": "ltiResourceLink",
        "title": choice.title,
        "text": choice.text,
        "url": choice.address,
        "custom": {"brief": choice.brief},
        "window": {"targetName": "jobtwin"},
        "lineItem": {"label": choice.title, "scoreMaximum": SCORE_MAXIMUM, "resourceId": choice.brief},
    }


def _times(now: datetime) -> dict[str, int]:
    return {"iat": int(now.timestamp()), "exp": int((now + VALID).timestamp())}


def _sign(key: ToolKey, claims: Mapping[str, Any]) -> str:
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": "JWT"}
    return jwt.encode(header, dict(claims), RSAKey.import_key(key.pem))
