"""A launch: the signed message by which a platform sends somebody here.

LTI 1.3, section 5, and 1EdTech Security Framework 1.0, section 5.1.3. Every claim is checked before one is
believed; what is wrong is told in one sentence with a stable code, and nothing of a refused message is used.
"""

import json
import re
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from jobtwin.core.errors import NotAllowed
from jobtwin.lti.names import (
    ALGORITHM,
    CLAIM,
    DEEP_LINK,
    DEEP_LINKING,
    ENDPOINT,
    RESOURCE_LINK,
    ROLE,
    SCORE,
    VERSION,
)

_SLUG = re.compile(r"[A-Za-z0-9_-]+")
MAX_TOKEN = 64 * 1024
"""Longest message in characters."""
MAX_TEXT = 255
"""Longest subject and deployment id (LTI 1.3, 5.3)."""
MAX_URL = 2_000
MAX_NAME = 120
MAX_DATA = 4_000
LEEWAY = timedelta(seconds=60)
"""How far a platform's clock may be off."""
OLDEST = timedelta(minutes=10)
MIN_KEY_BITS = 2048


class BadLaunch(NotAllowed):
    """A message that is not believed. Codes: lti_token, lti_signature, lti_issuer, lti_audience, lti_time,
    lti_nonce, lti_deployment, lti_message, lti_subject."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What was registered of a platform, and the nonce that this launch was begun with."""

    issuer: str
    client_id: str
    deployments: frozenset[str]
    nonce: str


@dataclass(frozen=True, slots=True)
class Launch:
    """What a believed message says.

    `roles` are short names (`Learner`, `Instructor`). `brief` is the exam that the link was made for, if any;
    `lineitem` where a score may be sent. `return_url` and `data` belong to deep linking.
    """

    subject: str
    name: str
    roles: frozenset[str]
    deployment: str
    deep_linking: bool
    brief: str
    lineitem: str
    return_url: str
    data: str


def key_id(token: str) -> str:
    """The id of the key that a message says it is signed with. Raises BadLaunch for another algorithm."""
    if len(token) > MAX_TOKEN or token.count(".") != 2 or not token.isascii():
        raise BadLaunch("the platform's message is no signed token", code="lti_token")
    head = token.partition(".")[0]
    try:
        header = json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (NotBase64, ValueError, RecursionError) as error:
        raise BadLaunch("the platform's message is no signed token", code="lti_token") from error
    if not isinstance(header, dict) or header.get("alg") != ALGORITHM or "crit" in header:
        raise BadLaunch(f"the platform's message is not signed with {ALGORITHM}", code="lti_signature")
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= MAX_TEXT:
        raise BadLaunch("the platform's message does not say which key signed it", code="lti_signature")
    return kid


def read_launch(token: str, *, key: Mapping[str, Any], expected: Expected, now: datetime) -> Launch:
    """The launch, once signature and claims hold; `key` is the public key of `key_id`. Raises BadLaunch."""
    claims = _signed(token, key)
    _require_addressed(claims, expected)
    _require_timely(claims, now)
    if claims.get("nonce") != expected.nonce:
        raise BadLaunch("this launch does not belong to the one that was begun here", code="lti_nonce")
    deployment = claims.get(f"{CLAIM}deployment_id")
    if deployment not in expected.deployments:
        raise BadLaunch("this launch is from a deployment that is not registered", code="lti_deployment")
    message = claims.get(f"{CLAIM}message_type")
    if claims.get(f"{CLAIM}version") != VERSION or message not in (RESOURCE_LINK, DEEP_LINK):
        raise BadLaunch("this kind of launch is not known here", code="lti_message")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_TEXT or "\0" in subject:
        raise BadLaunch("the platform does not say who is launching; anonymous launches", code="lti_subject")
    linking = _table(claims, f"{DEEP_LINKING}deep_linking_settings")
    return Launch(
        subject=subject,
        name=_text(claims.get("name"), MAX_NAME).strip(),
        roles=_roles(claims.get(f"{CLAIM}roles")),
        deployment=deployment,
        deep_linking=message == DEEP_LINK,
        brief=_brief(_table(claims, f"{CLAIM}custom")),
        lineitem=_lineitem(_table(claims, ENDPOINT)),
        return_url=_text(linking.get("deep_link_return_url"), MAX_URL),
        data=_text(linking.get("data"), MAX_DATA),
    )


def _signed(token: str, key: Mapping[str, Any]) -> dict[str, Any]:
    try:
        public = RSAKey.import_key({name: key[name] for name in ("kty", "n", "e")})
        if public.raw_value.key_size < MIN_KEY_BITS:
            raise BadLaunch("the platform's key is too short", code="lti_signature")
        claims = jwt.decode(token, public, algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadLaunch(
            "the signature of the platform's message does not hold", code="lti_signature"
        ) from error
    if not isinstance(claims, dict):
        raise BadLaunch("the platform's message holds no claims", code="lti_token")
    return claims


def _require_addressed(claims: Mapping[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise BadLaunch("this launch is from another platform than it was begun with", code="lti_issuer")
    told = claims.get("aud")
    audience = told if isinstance(told, list) else [told]
    party = claims.get("azp", expected.client_id if len(audience) == 1 else None)
    if expected.client_id not in audience or party != expected.client_id:
        raise BadLaunch("this launch is meant for another tool", code="lti_audience")


def _require_timely(claims: Mapping[str, Any], now: datetime) -> None:
    """`exp` and `iat` are seconds; a message is taken for OLDEST at most, whatever it says."""
    at, numbers = now.timestamp(), [claims.get("iat"), claims.get("exp")]
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in numbers):
        raise BadLaunch("this launch does not say until when it is valid", code="lti_time")
    issued, expires = numbers
    slack, oldest = LEEWAY.total_seconds(), OLDEST.total_seconds()
    if not (at - oldest - slack <= issued <= at + slack and at - slack < expires):  # type: ignore[operator]
        raise BadLaunch("this launch is over, or not yet valid; go back and open it again", code="lti_time")


def _table(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = claims.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: object, most: int) -> str:
    """The text where it is one of at most `most` characters; a name is cut."""
    if not isinstance(value, str) or "\0" in value:
        return ""
    return value[:most] if most == MAX_NAME else value if len(value) <= most else ""


def _roles(value: object) -> frozenset[str]:
    """Roles in the context, by their short names; both long and short ones are told (LTI 1.3, A.2.2)."""
    told = value if isinstance(value, list) else []
    return frozenset(
        one.removeprefix(ROLE)
        for one in told
        if isinstance(one, str) and (one.startswith(ROLE) or one.isalpha())
    )


def _brief(custom: Mapping[str, Any]) -> str:
    told = _text(custom.get("brief"), 64)
    return told if _SLUG.fullmatch(told) else ""


def _lineitem(endpoint: Mapping[str, Any]) -> str:
    scopes = endpoint.get("scope")
    return _text(endpoint.get("lineitem"), MAX_URL) if isinstance(scopes, list) and SCORE in scopes else ""
