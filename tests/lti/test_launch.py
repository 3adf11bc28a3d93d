"""A launch is believed only whole: every claim that is changed refuses it."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from jobtwin.lti.launch import BadLaunch, Expected, Launch, key_id, read_launch
from jobtwin.lti.names import CLAIM, ENDPOINT
from tests.lti.platform import CLIENT, DEPLOYMENT, ISSUER, LINEITEM, FakePlatform, claims_at, made_key

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
EXPECTED = Expected(ISSUER, CLIENT, frozenset({DEPLOYMENT}), "n1")
PLATFORM = FakePlatform()
PUBLIC: dict[str, Any] = PLATFORM.key.as_dict(private=False)


def read(claims: dict[str, Any], now: datetime = NOW, key: RSAKey | None = None) -> Launch:
    return read_launch(PLATFORM.signed(claims, key=key), key=PUBLIC, expected=EXPECTED, now=now)


def test_a_whole_launch_says_who_comes_and_where_the_score_goes() -> None:
    said = read(claims_at(NOW, "n1"))
    assert (said.subject, said.name, said.roles) == ("lea-9", "Lea", frozenset({"Learner"}))
    assert (said.brief, said.lineitem, said.deep_linking) == ("small", LINEITEM, False)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://evil.school"}, "lti_issuer"),
        ({"aud": "another-tool"}, "lti_audience"),
        ({"aud": [CLIENT, "another"]}, "lti_audience"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "lti_audience"),
        ({"aud": None}, "lti_audience"),
        ({"exp": int(NOW.timestamp()) - 61}, "lti_time"),
        ({"exp": None}, "lti_time"),
        ({"exp": True}, "lti_time"),
        ({"exp": "tomorrow"}, "lti_time"),
        ({"iat": int(NOW.timestamp()) + 61}, "lti_time"),
        ({"iat": int(NOW.timestamp()) - 3600, "exp": int(NOW.timestamp()) + 10**9}, "lti_time"),
        ({"nonce": "n2"}, "lti_nonce"),
        ({"nonce": None}, "lti_nonce"),
        ({f"{CLAIM}deployment_id": "2"}, "lti_deployment"),
        ({f"{CLAIM}deployment_id": None}, "lti_deployment"),
        ({f"{CLAIM}version": "1.1.0"}, "lti_message"),
        ({f"{CLAIM}message_type": "LtiStartProctoring"}, "lti_message"),
        ({"sub": None}, "lti_subject"),
        ({"sub": ""}, "lti_subject"),
        ({"sub": "x" * 256}, "lti_subject"),
    ],
)
def test_each_changed_claim_refuses_the_launch(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(BadLaunch) as refused:
        read(claims_at(NOW, "n1", **changes))
    assert refused.value.code == code


def test_several_audiences_need_the_party_to_be_us() -> None:
    assert read(claims_at(NOW, "n1", aud=[CLIENT, "another"], azp=CLIENT)).subject == "lea-9"


def test_a_signature_by_another_key_is_refused() -> None:
    with pytest.raises(BadLaunch, match="signature"):
        read(claims_at(NOW, "n1"), key=made_key())


def test_a_changed_byte_is_refused() -> None:
    head, body, signature = PLATFORM.signed(claims_at(NOW, "n1")).split(".")
    forged = base64.urlsafe_b64encode(json.dumps(claims_at(NOW, "n1", sub="max-1")).encode()).decode()
    for token in (f"{head}.{forged.rstrip('=')}.{signature}", f"{head}.{body}.{'A' * len(signature)}"):
        with pytest.raises(BadLaunch, match="signature"):
            read_launch(token, key=PUBLIC, expected=EXPECTED, now=NOW)


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {"kid": None}, {"crit": ["exp"]}])
def test_a_header_that_asks_for_less_is_refused(header: dict[str, Any]) -> None:
    told = {"alg": "RS256", "kid": "k1"} | header
    head = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
    body = PLATFORM.signed(claims_at(NOW, "n1")).split(".")[1]
    with pytest.raises(BadLaunch):
        key_id(f"{head}.{body}.")


def test_the_public_key_is_no_secret_of_an_hmac() -> None:
    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).decode().rstrip("=")

    head = part(json.dumps({"alg": "HS256", "kid": "k1"}).encode())
    signed = f"{head}.{part(json.dumps(claims_at(NOW, 'n1')).encode())}"
    secret = PLATFORM.key.as_pem(private=False)
    token = f"{signed}.{part(hmac.digest(secret, signed.encode(), 'sha256'))}"
    with pytest.raises(BadLaunch):
        key_id(token)
    with pytest.raises(BadLaunch):
        read_launch(token, key=PUBLIC, expected=EXPECTED, now=NOW)


@pytest.mark.parametrize("key", [{}, {"kty": "oct", "k": "AAAA"}, {"kty": "RSA", "n": "AQAB", "e": "AQAB"}])
def test_a_key_that_is_none_believes_nothing(key: dict[str, str]) -> None:
    with pytest.raises(BadLaunch):
        read_launch(PLATFORM.signed(claims_at(NOW, "n1")), key=key, expected=EXPECTED, now=NOW)


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "ä.b.c", "W10.e30.", "." * 70_000])
def test_what_is_no_token_is_told_so(token: str) -> None:
    with pytest.raises(BadLaunch):
        key_id(token)


def test_a_clock_that_is_a_minute_off_is_forgiven() -> None:
    assert read(claims_at(NOW + timedelta(seconds=59), "n1")).subject == "lea-9"


def test_odd_shapes_of_what_is_optional_are_as_if_they_were_not_there() -> None:
    odd = {f"{CLAIM}roles": "Learner", f"{CLAIM}custom": ["brief"], ENDPOINT: {"scope": "all"}, "name": 7}
    said = read(claims_at(NOW, "n1", **odd))
    assert (said.roles, said.brief, said.lineitem, said.name) == (frozenset(), "", "", "")
    assert read(claims_at(NOW, "n1", **{f"{CLAIM}custom": {"brief": "../x"}})).brief == ""
