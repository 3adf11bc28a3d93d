"""Signatures that others can check, waits that grow and end, events that say exactly what they may."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.event import EVENTS, event_body, require_facts
from jobtwin.core.webhook import (
    MAX_EXCERPT,
    WAITS,
    Tried,
    body_bytes,
    excerpt_of,
    new_secret,
    signed_headers,
    wait_after,
)

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
ONE = UUID(int=7)


def checks(secret: str, headers: dict[str, str], body: bytes) -> list[bool]:
    """Whether each signature is right, by the specification's words alone."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return [one == f"v1,{right}" for one in headers["webhook-signature"].split(" ")]


def test_the_example_of_the_specification_is_signed_as_it_says() -> None:
    """The values are those of the specification's own libraries' tests."""
    headers = {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330"}
    headers["webhook-signature"] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert checks("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers, b'{"test": 2432232314}') == [True]


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.text(max_size=40))
def test_during_a_rotation_either_secret_verifies_and_no_other(one: bytes, other: bytes, text: str) -> None:
    body = body_bytes({"text": text})
    secrets = [new_secret(one), new_secret(other)]
    headers = signed_headers(message=ONE, at=NOW, body=body, secrets=secrets)
    assert any(checks(secrets[0], headers, body))
    assert any(checks(secrets[1], headers, body))
    assert not any(checks(new_secret(bytes(31) + b"x"), headers, body))
    assert not any(checks(secrets[0], headers, body + b" "))


def test_a_timestamp_is_of_the_instant_whatever_its_zone() -> None:
    from datetime import timezone

    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))
    secrets = [new_secret(bytes(32))]
    assert signed_headers(message=ONE, at=NOW, body=b"{}", secrets=secrets) == signed_headers(
        message=ONE, at=elsewhere, body=b"{}", secrets=secrets
    )


def test_a_secret_has_exactly_its_bytes() -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        new_secret(b"short")


@given(st.uuids())
def test_waits_grow_by_at_most_a_fifth_and_end_after_ten_tries(message: UUID) -> None:
    waits = [wait_after(tries, message) for tries in range(1, len(WAITS) + 1)]
    assert all(
        least <= (wait or timedelta(0)) < least * 1.2 for least, wait in zip(WAITS, waits, strict=True)
    )
    assert wait_after(len(WAITS) + 1, message) is None


def test_only_2xx_is_taken_and_410_wants_no_more() -> None:
    assert [Tried(status, 1).taken for status in (200, 204, 299, 301, 307, 400, 410, 500, None)] == (
        [True] * 3 + [False] * 6
    )
    assert [Tried(status, 1).gone for status in (410, 404, None)] == [True, False, False]


@given(st.binary(max_size=3_000))
def test_what_the_log_keeps_of_an_answer_drives_nothing(body: bytes) -> None:
    kept = excerpt_of(body)
    assert len(kept) <= MAX_EXCERPT
    assert all(one.isprintable() or one == "\n" for one in kept)


def test_an_event_has_the_facts_of_its_kind_and_no_other() -> None:
    for kind, known in EVENTS.items():
        require_facts(kind, dict.fromkeys(known.facts, "x"))
        with pytest.raises(ValueError, match="has the facts"):
            require_facts(kind, dict.fromkeys((*known.facts, "email"), "x"))
    with pytest.raises(ValueError, match="has the facts"):
        require_facts("attempt.started", {"started_at": "x"})
    with pytest.raises(ValueError, match="unknown kind"):
        require_facts("mark.sealed", {})


def test_only_what_is_told_after_the_release_names_a_result() -> None:
    named = {kind for kind, known in EVENTS.items() if {"passed", "overall"} & set(known.facts)}
    assert named == {"attempt.decided", "appeal.decided"}


def test_a_body_is_the_same_bytes_at_every_try() -> None:
    body = event_body("attempt.started", at=NOW, data={"b": 1, "a": "ä"})
    assert body_bytes(body) == body_bytes(dict(reversed(body.items())))
    assert body_bytes(body).decode() == (
        '{"data":{"a":"ä","b":1},"timestamp":"2026-11-01T09:00:00.000000Z","type":"attempt.started","version":1}'
    )
