"""Webhooks: how a delivery is signed (Standard Webhooks), when it is tried again, what an answer means."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from standardwebhooks import Webhook

from jobtwin.core.canonical import canonical_json

SECRET_PREFIX = "whsec_"  # noqa: S105  what Standard Webhooks begins secrets with
SECRET_BYTES = 32
"""Standard Webhooks asks for 24 to 64."""

WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after each try the next one comes; after the last of them a delivery is given up."""

SPREAD = 5
"""A wait is longer by up to a fifth, so that what failed together does not come back together."""

MAX_EXCERPT = 500
"""Letters of an answer that the log keeps."""


@dataclass(frozen=True, slots=True)
class WebhookRules:
    """`seconds` is the time for one delivery, `answer_bytes` what is read of the answer.

    After `off_days` of failing an endpoint is turned off; the former secret signs for `overlap_hours` more; a
    programme has at most `endpoints`. `development` lists loopback origins.
    """

    seconds: int = 15
    answer_bytes: int = 2_000
    off_days: int = 5
    overlap_hours: int = 24
    endpoints: int = 10
    development: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Tried:
    """What one try came to: a status, or `error` where there was no answer; `excerpt` is for people."""

    status: int | None
    milliseconds: int
    error: str = ""
    excerpt: str = ""

    @property
    def taken(self) -> bool:
        """True where the receiver took it: any 2xx. A redirect is no answer to a signed message."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """True where the receiver wants no more: 410 Gone."""
        return self.status == 410


def new_secret(random: bytes) -> str:
    """A secret as its receiver is given it. Raises ValueError for another number of random bytes."""
    if len(random) != SECRET_BYTES:
        raise ValueError(f"a secret is made of {SECRET_BYTES} random bytes")
    return SECRET_PREFIX + b64encode(random).decode()


def signed_headers(*, message: UUID, at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers of a delivery, one signature a secret: during a rotation either one verifies.

    Signed is `id.timestamp.body`; the id stays the same over all tries, the timestamp is that of the try.
    """
    moment = at.astimezone(UTC)
    signatures = [Webhook(secret).sign(str(message), moment, body.decode()) for secret in secrets]
    return {
        "webhook-id": str(message),
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def body_bytes(event: Mapping[str, object]) -> bytes:
    """The body, the same bytes at every try."""
    return canonical_json(dict(event))


def wait_after(tries: int, message: UUID) -> timedelta | None:
    """How long to wait after so many tries (1 is the first); None where it is given up."""
    if tries > len(WAITS):
        return None
    wait = WAITS[tries - 1]
    return wait + wait / SPREAD * ((message.int % 1_000) / 1_000)


def excerpt_of(body: bytes) -> str:
    """The first letters of an answer, without anything that drives a terminal or a page."""
    text = body[: 4 * MAX_EXCERPT].decode(errors="replace")
    return "".join(one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in text)[
        :MAX_EXCERPT
    ]
