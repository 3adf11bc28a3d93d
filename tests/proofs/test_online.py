"""Verifying by the issuer's own address: what is asked, what is not, and what a private address gives."""

import json
import socket
from collections.abc import Mapping
from typing import Any

import pytest

from jobtwin.cli.public_fetch import PublicFetch
from jobtwin.core.errors import BadInput, OutsideFailure
from jobtwin.proofs import verify_online
from jobtwin.proofs.baking import bake_svg
from jobtwin.proofs.credential import document_bytes
from jobtwin.proofs.did import did_address
from jobtwin.proofs.verification import Verification
from jobtwin.verification.f4.settings import ArtifactSettings
from tests.proofs.exam import HOUSE, NOW, STRANGER, current_list, issued
from tests.proofs.forge import changed, put, resigned

KEYS, LIST = "https://exam.example/.well-known/did.json", "https://exam.example/status/0"


class Web:
    """Addresses with what stands behind them; keeps what was asked for."""

    def __init__(self, **more: bytes) -> None:
        self.pages = {KEYS: json.dumps(HOUSE.did()).encode(), LIST: current_list(), **more}
        self.asked: list[str] = []

    def __call__(self, address: str) -> bytes:
        self.asked.append(address)
        if address not in self.pages:
            raise OutsideFailure(f"{address} gave no answer", retry=True)
        return self.pages[address]


def verify(document: Mapping[str, Any] | bytes, web: Web | None = None) -> Verification:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return verify_online(data, fetch=web or Web(), now=NOW)


def test_document_token_and_badge_are_verified_by_two_questions() -> None:
    document, token = issued().document, issued().token.encode()
    badge = bake_svg('<svg xmlns="http://www.w3.org/2000/svg"></svg>', json.dumps(document)).encode()
    for data in (document, token, badge):
        web = Web()
        assert verify(data, web).valid
        assert web.asked == [KEYS, LIST]


def test_a_revoked_credential_is_told() -> None:
    web = Web()
    web.pages[LIST] = document_bytes(HOUSE.status_list(4711))
    assert verify(issued().document, web).code == "REVOKED"


def test_nothing_but_the_keys_is_asked_before_the_signature_holds() -> None:
    web = Web()
    assert verify(changed(put("credentialStatus.statusListCredential", LIST + "9")), web).code == "SIGNATURE"
    assert web.asked == [KEYS]


def test_a_status_list_elsewhere_is_not_asked_for() -> None:
    web = Web()
    elsewhere = resigned(put("credentialStatus.statusListCredential", "https://elsewhere.example/status/0"))
    assert verify(elsewhere, web).code == "STATUS_MISMATCH"
    assert web.asked == [KEYS]


def test_an_address_that_gives_another_issuers_keys_is_refused() -> None:
    web = Web()
    web.pages[KEYS] = json.dumps(STRANGER.did()).encode()
    assert verify(issued().document, web).code == "WRONG_ISSUER"
    web.pages[KEYS] = b"<html>"
    assert verify(issued().document, web).code in ("MALFORMED", "UNKNOWN_KEY")


def test_an_issuer_that_cannot_be_reached_says_nothing_about_the_credential() -> None:
    web = Web()
    del web.pages[KEYS]
    with pytest.raises(OutsideFailure):
        verify(issued().document, web)


@pytest.mark.parametrize(
    "did",
    [
        "did:web:127.0.0.1",
        "did:web:localhost",
        "did:web:10.0.0.7",
        "did:web:169.254.169.254",
        "did:web:192.168.1.1%3A8443",
        "did:web:2130706433",
        "did:web:0x7f000001",
        "did:web:printer.local",
        "did:web:internal",
        "did:web:exam.example",
    ],
)
def test_no_connection_is_made_to_a_private_address(did: str) -> None:
    def connect(place: tuple[str, int], _seconds: float) -> socket.socket:
        raise AssertionError(f"connected to {place}")

    fetch = PublicFetch(ArtifactSettings(), connect)
    document = changed(put("issuer.id", did))
    outcome = verify_online(json.dumps(document).encode(), fetch=fetch, now=NOW)
    assert outcome.code == "ISSUER_ADDRESS"


@pytest.mark.parametrize(
    "did",
    [
        "did:key:z6Mk",
        "did:web:",
        "did:web:a/b",
        "did:web:user@a.example",
        "did:web:[::1]",
        "did:web:a.example:..:..",
        "did:web:a.example%2Fb",
        "did:web:a.example:b?c",
        "did:web:a.example%3A0",
        "did:web:" + "a" * 300,
        "https://a.example",
        "",
    ],
)
def test_an_issuer_without_an_address_is_refused(did: str) -> None:
    with pytest.raises(BadInput):
        did_address(did)
    assert verify(changed(put("issuer.id", did))).code == "ISSUER_ADDRESS"


def test_a_did_names_its_address() -> None:
    assert did_address("did:web:exam.example") == KEYS
    assert did_address("did:web:a.example%3A8443") == "https://a.example:8443/.well-known/did.json"
    assert did_address("did:web:a.example:exams:one") == "https://a.example/exams/one/did.json"
    assert did_address(HOUSE.profile.did) == KEYS


@pytest.mark.parametrize("data", [b"", b"{}", b"x", b"<svg/>", b'{"issuer": 1}', b"[1]"])
def test_what_is_no_credential_asks_nobody(data: bytes) -> None:
    web = Web()
    assert not verify(data, web).valid
    assert web.asked == []
