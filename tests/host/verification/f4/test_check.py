"""F4 against real servers: TLS, redirects, rebinding, and hosts that want to keep us."""

import socket
import ssl
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobtwin.core.check import CheckResult, Reason
from jobtwin.source.git import GitSettings
from jobtwin.verification.f4.check import Outside, check_f4
from jobtwin.verification.f4.settings import ArtifactSettings
from tests.host.verification.f4.net import ADA, NAME, PUBLIC, QUICK, Net, settings
from tests.host.verification.f4.web import WebServer
from tests.verification.f4.hosts import subject

pytestmark = pytest.mark.host


def listed(server: WebServer, path: str, chosen: ArtifactSettings) -> CheckResult:
    """A look at a loopback server that the development list names, through the real network functions."""
    origin = f"127.0.0.1:{server.port}"
    scheme = "https" if isinstance(server.socket, ssl.SSLSocket) else "http"
    allowed = replace(chosen, development=frozenset({origin}))
    return check_f4(subject(), address=f"{scheme}://{origin}{path}", settings=allowed, outside=Outside())


def test_a_page_over_tls_is_confirmed_where_the_operator_trusts_its_certificate(
    secure: WebServer, folder: Path
) -> None:
    result = listed(secure, "/page", settings(folder))
    assert result.reason is Reason.OK, result.summary
    assert result.facts["title"] == "Kerbside"
    assert result.facts["development_list_used"] is True


def test_a_certificate_that_nobody_vouches_for_is_not_public(secure: WebServer, folder: Path) -> None:
    result = listed(secure, "/page", settings(folder, network=GitSettings()))
    assert result.reason is Reason.NOT_PUBLIC
    assert "certificate" in result.summary


def test_a_certificate_of_another_host_is_not_public_while_our_own_network_works(
    secure: WebServer, folder: Path
) -> None:
    net = Net(secure.port)
    chosen = settings(folder, controls=(NAME,))
    result = check_f4(subject(), address=f"https://{ADA}/page", settings=chosen, outside=net.outside)
    assert result.reason is Reason.NOT_PUBLIC
    assert "certificate of ada.dev is not valid" in result.summary
    assert net.dialled == [(PUBLIC, 443)] * 2
    assert secure.handshakes[-2:] == [ADA, NAME]


def test_the_same_failure_is_ours_where_no_host_can_be_trusted(secure: WebServer, folder: Path) -> None:
    chosen = settings(folder, network=GitSettings(), controls=(NAME,))
    net = Net(secure.port)
    result = check_f4(subject(), address=f"https://{ADA}/page", settings=chosen, outside=net.outside)
    assert result.reason is Reason.INFRASTRUCTURE


def test_a_host_that_speaks_no_tls_is_not_public(plain: WebServer, folder: Path) -> None:
    allowed = settings(folder, development=frozenset({f"127.0.0.1:{plain.port}"}))
    address = f"https://127.0.0.1:{plain.port}/page"
    result = check_f4(subject(), address=address, settings=allowed, outside=Outside())
    assert result.reason is Reason.NOT_PUBLIC
    assert "TLS" in result.summary


def test_a_loopback_address_is_refused_without_the_list_and_nothing_is_asked(
    secure: WebServer, folder: Path
) -> None:
    before = len(secure.requests)
    for host in ("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"):
        address = f"https://{host}:{secure.port}/page"
        result = check_f4(subject(), address=address, settings=settings(folder), outside=Outside())
        assert (result.reason, result.facts["private_address"]) == (Reason.NOT_PUBLIC, True)
    assert len(secure.requests) == before


@pytest.mark.parametrize(
    "where",
    [
        "https://127.0.0.1:1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "//2130706433/",
        "https://0177.0.0.1/",
    ],
)
def test_a_redirect_into_a_private_network_is_not_followed(
    secure: WebServer, folder: Path, where: str
) -> None:
    result = listed(secure, f"/to?{where}", settings(folder))
    assert (result.reason, result.facts["private_address"]) == (Reason.NOT_PUBLIC, True)
    assert result.summary.startswith("a redirect leads elsewhere")
    assert result.facts["status"] == 302


def test_a_redirect_from_https_down_to_http_is_not_followed(
    secure: WebServer, plain: WebServer, folder: Path
) -> None:
    before = len(plain.requests)
    both = frozenset({f"127.0.0.1:{one.port}" for one in (secure, plain)})
    address = f"https://127.0.0.1:{secure.port}/to?http://127.0.0.1:{plain.port}/page"
    chosen = settings(folder, development=both)
    result = check_f4(subject(), address=address, settings=chosen, outside=Outside())
    assert result.reason is Reason.NOT_PUBLIC
    assert "down to http" in result.summary
    assert len(plain.requests) == before


def test_cookies_that_a_redirect_sets_are_not_sent(secure: WebServer, folder: Path) -> None:
    secure.requests.clear()
    assert listed(secure, "/to?/page", settings(folder)).reason is Reason.OK
    assert [path for path, _ in secure.requests] == ["/to?/page", "/page"]
    assert all("cookie" not in headers for _, headers in secure.requests)


def test_a_circle_of_redirects_ends(secure: WebServer, folder: Path) -> None:
    result = listed(secure, "/to?/to?/to", settings(folder))
    assert result.reason is Reason.NOT_PUBLIC


@pytest.mark.parametrize(
    ("path", "words"), [("/silent", "silent for 0.5 s (limit silence_seconds)"), ("/loris", "limit seconds")]
)
def test_a_host_that_wants_to_keep_us_is_left(plain: WebServer, folder: Path, path: str, words: str) -> None:
    result = listed(plain, path, settings(folder))
    assert result.reason is Reason.NOT_PUBLIC
    assert words in result.summary
    assert float(str(result.facts["seconds"])) < 3


def test_an_endless_page_is_cut_and_readable(plain: WebServer, folder: Path) -> None:
    limits = replace(QUICK, seconds=10, body_bytes=200_000)
    result = listed(plain, "/endless", settings(folder, limits=limits))
    assert result.reason is Reason.OK, result.summary
    assert (result.facts["bytes"], result.facts["cut"]) == (200_000, True)


def test_a_name_that_changes_its_address_after_the_look_up_gains_nothing(
    secure: WebServer, folder: Path
) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    net = Net(secure.port, lambda _name: next(answers))
    check_f4(subject(), address=f"https://{ADA}/", settings=settings(folder), outside=net.outside)
    assert (net.looked_up, net.dialled) == ([ADA], [(PUBLIC, 443)])


def test_a_name_with_one_private_address_among_public_ones_is_refused(folder: Path) -> None:
    net = Net(1, lambda _name: [PUBLIC, "10.0.0.1"])
    result = check_f4(subject(), address=f"https://{ADA}/", settings=settings(folder), outside=net.outside)
    assert (result.facts["private_address"], net.dialled) == (True, [])


def test_a_look_up_that_never_ends_is_left(folder: Path) -> None:
    waiting = threading.Event()

    def slow(*_place: object, **_more: object) -> list[tuple[Any, Any, Any, Any, Any]]:
        waiting.wait(30)
        return []

    outside = Outside(slow, socket.create_connection)
    result = check_f4(subject(), address=f"https://{ADA}/", settings=settings(folder), outside=outside)
    waiting.set()
    assert result.reason is Reason.INFRASTRUCTURE
    assert "was not found" in result.summary


def test_a_port_that_nobody_listens_on_is_not_public(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        origin = f"127.0.0.1:{taken.getsockname()[1]}"
        allowed = settings(folder, development=frozenset({origin}))
        result = check_f4(subject(), address=f"https://{origin}/", settings=allowed, outside=Outside())
    assert result.reason is Reason.NOT_PUBLIC
    assert "cannot be connected to" in result.summary
