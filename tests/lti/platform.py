"""A learning platform in memory: it signs launches with keys of its own, and answers requests in order."""

import json
import socket
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from jobtwin.lti.names import CLAIM, DEEP_LINK, DEEP_LINKING, ENDPOINT, RESOURCE_LINK, ROLE, SCORE, VERSION
from jobtwin.outside.client import Client
from jobtwin.outside.settings import RequestSettings
from tests.verification.f4.hosts import ORIGIN, START, answer

ISSUER, CLIENT, DEPLOYMENT = "https://moodle.school", "client-7", "1"
LINEITEM = f"{START}line/3?type=x"


def made_key(kid: str = "k1") -> RSAKey:
    """A key pair of the platform's."""
    return RSAKey.generate_key(2048, parameters={"kid": kid}, auto_kid=False)


@dataclass
class FakePlatform:
    """`queue` holds the answers to come; `heard` the requests that came, whole."""

    key: RSAKey = field(default_factory=made_key)
    queue: list[bytes] = field(default_factory=list)
    ends: list[socket.socket] = field(default_factory=list)

    @property
    def client(self) -> Client:
        return Client(
            RequestSettings(development=frozenset({ORIGIN})), self._resolve, self._connect, lambda: 0.0
        )

    @property
    def heard(self) -> list[str]:
        found = []
        for end in self.ends:
            end.settimeout(5)
            found.append(end.recv(65536).decode("latin-1"))
            end.close()
        self.ends.clear()
        return found

    def close(self) -> None:
        """Hangs up whatever is still open."""
        for end in self.ends:
            end.close()
        self.ends.clear()

    def publish(self, *keys: RSAKey) -> None:
        """The next request gets this key set."""
        told = {"keys": [one.as_dict(private=False) for one in keys or (self.key,)]}
        self.queue.append(answer(200, json.dumps(told), Content_Type="application/json"))

    def say(self, status: int, content: object = None) -> None:
        """The next request gets this."""
        self.queue.append(answer(status, json.dumps(content), Content_Type="application/json"))

    def signed(self, claims: dict[str, Any], *, key: RSAKey | None = None, **header: Any) -> str:
        used = key or self.key
        return jwt.encode({"alg": "RS256", "kid": used.kid} | header, claims, used)

    def _resolve(self, _host: str, port: int, **_more: object) -> list[tuple[Any, Any, Any, Any, Any]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    def _connect(self, _place: tuple[str, int], _seconds: float) -> socket.socket:
        if not self.queue:
            raise ConnectionRefusedError("the platform is down")
        ours, theirs = socket.socketpair()
        theirs.sendall(self.queue.pop(0))
        theirs.shutdown(socket.SHUT_WR)
        self.ends.append(theirs)
        return ours


def claims_at(now: datetime, nonce: str, /, **changes: Any) -> dict[str, Any]:
    """A whole launch of a learner into the small exam; a change to None leaves a claim out."""
    at = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "lea-9",
        "name": "Lea",
        "email": "ada@example.org",
        "iat": at,
        "exp": at + 300,
        "nonce": nonce,
        f"{CLAIM}message_type": RESOURCE_LINK,
        f"{CLAIM}version": VERSION,
        f"{CLAIM}deployment_id": DEPLOYMENT,
        f"{CLAIM}target_link_uri": "http://127.0.0.1:8000/lti/launch",
        f"{CLAIM}roles": [f"{ROLE}Learner"],
        f"{CLAIM}custom": {"brief": "small"},
        ENDPOINT: {"scope": [SCORE], "lineitem": LINEITEM},
    }
    changed = claims | changes
    return {name: value for name, value in changed.items() if value is not None}


def deep_linking(role: str = "Instructor") -> dict[str, Any]:
    """What a launch for deep linking says instead."""
    return {
        f"{CLAIM}message_type": DEEP_LINK,
        f"{CLAIM}roles": [f"{ROLE}{role}"],
        f"{DEEP_LINKING}deep_linking_settings": {
            "deep_link_return_url": f"{START}return",
            "data": "opaque",
            "accept_types": ["ltiResourceLink"],
        },
    }


def query_of(address: str) -> dict[str, str]:
    """The query of an address, each name once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
