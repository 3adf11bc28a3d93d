"""Verifying by what an issuer publishes, over a real connection with TLS."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobtwin.cli.public_fetch import LIMITS, PublicFetch
from jobtwin.core.errors import OutsideFailure
from jobtwin.proofs import verify_online
from jobtwin.proofs.credential import document_bytes
from jobtwin.source.git import GitSettings
from jobtwin.verification.f4.settings import ArtifactSettings
from tests.host.verification.f4.web import WebServer, serving
from tests.proofs.exam import NOW, Issuer, claims, make_issuer

pytestmark = pytest.mark.host


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificate")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[WebServer]:
    with serving(folder) as server:
        yield server


@pytest.fixture
def issuer(server: WebServer) -> Issuer:
    """An issuer at the server's address, with its keys and a status list in which nobody is revoked."""
    found = make_issuer(f"https://127.0.0.1:{server.port}", "online")
    server.documents = {
        "/.well-known/did.json": json.dumps(found.did()).encode(),
        "/status/0": document_bytes(found.status_list()),
    }
    server.requests.clear()
    return found


def fetch(server: WebServer, authority: Path | None) -> PublicFetch:
    """The fetch of a verifier who allows this one loopback origin and trusts the certificates of a file."""
    network = GitSettings(ca_file=str(authority / "cert.pem")) if authority else GitSettings()
    return PublicFetch(ArtifactSettings(LIMITS, network, frozenset({f"127.0.0.1:{server.port}"})))


def credential(issuer: Issuer, server: WebServer) -> bytes:
    address = f"https://127.0.0.1:{server.port}/credentials/3f0a"
    return json.dumps(issuer.issue(claims(credential_id=address)).document).encode()


def test_keys_and_status_come_over_tls_from_the_issuer(
    issuer: Issuer, server: WebServer, folder: Path
) -> None:
    found = verify_online(credential(issuer, server), fetch=fetch(server, folder), now=NOW)
    assert found.valid
    assert [path for path, _ in server.requests] == ["/.well-known/did.json", "/status/0"]


def test_a_revocation_that_is_published_is_seen(issuer: Issuer, server: WebServer, folder: Path) -> None:
    server.documents["/status/0"] = document_bytes(issuer.status_list(4711))
    assert verify_online(credential(issuer, server), fetch=fetch(server, folder), now=NOW).code == "REVOKED"


def test_an_issuer_whose_certificate_nobody_vouches_for_is_not_believed(
    issuer: Issuer, server: WebServer
) -> None:
    with pytest.raises(OutsideFailure, match="certificate"):
        verify_online(credential(issuer, server), fetch=fetch(server, None), now=NOW)
    assert not server.requests


def test_a_page_in_place_of_the_keys_is_no_answer(issuer: Issuer, server: WebServer, folder: Path) -> None:
    del server.documents["/.well-known/did.json"]
    found = verify_online(credential(issuer, server), fetch=fetch(server, folder), now=NOW)
    assert not found.valid
