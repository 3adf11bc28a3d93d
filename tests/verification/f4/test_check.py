"""F4 against hosts in memory: what everybody can read, and what only looks like it."""

import gzip
import socket
import zlib

import pytest

from jobtwin.core.check import Reason
from jobtwin.core.errors import BadInput
from jobtwin.verification.f4.check import Outside, check_f4
from jobtwin.verification.f4.settings import ArtifactSettings
from tests.verification.f4.hosts import ORIGIN, PROSE, START, Host, answer, looked_at, settings, subject

SIGN_IN = '<title>Sign in</title><form><input type="password"></form>'


def test_a_public_page_is_confirmed_with_its_facts() -> None:
    host = Host(a=answer())
    result = looked_at(host)
    assert result.reason is Reason.OK
    assert result.summary == "everybody can open it: a page titled 'Kerbside'"
    assert result.facts["declared"] == START
    assert result.facts["final"] == START
    assert result.facts["connected_to"] == "127.0.0.1"
    assert (result.facts["status"], result.facts["title"]) == (200, "Kerbside")
    assert result.facts["bytes"] == len(PROSE)
    assert result.facts["development_list_used"] is True
    assert result.facts["log_in_signs"] == []
    assert str(result.facts["text"]).startswith("How a report")


def test_the_request_carries_no_cookie_and_no_credential() -> None:
    host = Host(a=answer(302, "", Location="/b", Set_Cookie="session=1"), b=answer())
    check_f4(subject(), address=START, settings=settings(), outside=host.outside)
    requests = host.asked
    assert [one.split("\r\n")[0] for one in requests] == ["GET / HTTP/1.1", "GET /b HTTP/1.1"]
    for one in requests:
        assert "cookie" not in one.lower()
        assert "authorization" not in one.lower()
        assert f"Host: {ORIGIN}\r\n" in one


def test_each_hop_is_looked_up_once_and_connected_to_what_was_judged() -> None:
    host = Host(a=answer(302, "", Location="/b"), b=answer())
    looked_at(host)
    assert host.looked_up == ["127.0.0.1", "127.0.0.1"]
    assert host.dialled == [("127.0.0.1", 8000)] * 2


def test_without_an_address_it_says_where_to_name_one() -> None:
    result = check_f4(subject(), settings=settings())
    assert result.reason is Reason.NOT_PUBLIC
    assert "[artifact] url" in result.summary


def test_the_address_of_the_form_comes_before_that_of_the_file() -> None:
    host = Host(a=answer())
    files = {"jobtwin.toml": '[artifact]\nurl = "https://10.0.0.1/"\n'}
    by_form = looked_at(host, START, files)
    by_file = looked_at(host, None, files)
    assert (by_form.reason, by_form.facts["declared_in"]) == (Reason.OK, "form")
    assert (by_file.reason, by_file.facts["declared_in"]) == (Reason.NOT_PUBLIC, "jobtwin.toml")
    assert by_file.facts["private_address"] is True


def test_a_wrong_declaration_is_told_and_an_address_of_the_form_helps() -> None:
    files = {"jobtwin.toml": "[artifact]\nurl = 3\n"}
    told = check_f4(subject(files), settings=settings())
    assert (told.reason, "artifact.url" in told.summary) == (Reason.NOT_PUBLIC, True)
    host = Host(a=answer())
    assert looked_at(host, START, files).reason is Reason.OK


@pytest.mark.parametrize(
    ("content", "reason", "words"),
    [
        (answer(404), Reason.NOT_PUBLIC, "nothing at this address"),
        (answer(410), Reason.NOT_PUBLIC, "gone"),
        (answer(401, WWW_Authenticate="Basic"), Reason.NOT_PUBLIC, "asks for a password"),
        (answer(403), Reason.NOT_PUBLIC, "forbidden"),
        (answer(500), Reason.NOT_PUBLIC, "status 500"),
        (answer(429), Reason.INFRASTRUCTURE, "stops programs"),
        (answer(403, "<title>Just a moment...</title>"), Reason.INFRASTRUCTURE, "stops programs"),
        (answer(403, cf_mitigated="challenge"), Reason.INFRASTRUCTURE, "stops programs"),
        (answer(204, ""), Reason.NOT_PUBLIC, "empty"),
        (answer(200, ""), Reason.NOT_PUBLIC, "empty"),
        (answer(200, "<div id=root></div>"), Reason.NOT_PUBLIC, "next to nothing"),
        (answer(200, SIGN_IN), Reason.NOT_PUBLIC, "log-in"),
        (
            answer(200, b"PK\x03\x04xxxx", Content_Type="application/zip"),
            Reason.NOT_PUBLIC,
            "nobody can read",
        ),
        (
            answer(200, b"\x7fELF\x00", Content_Type="application/octet-stream"),
            Reason.NOT_PUBLIC,
            "nobody can read",
        ),
        (answer(200, "no", Content_Type="application/pdf"), Reason.NOT_PUBLIC, "is not"),
        (answer(302, "", Location="https://192.168.0.1/"), Reason.NOT_PUBLIC, "not a public address"),
        (answer(302, "", Location="https://x:y@a.dev/"), Reason.NOT_PUBLIC, "password"),
        (answer(302, "", Location="gopher://a.dev/"), Reason.NOT_PUBLIC, "not an https"),
        (answer(302, ""), Reason.NOT_PUBLIC, "status 302"),
        (b"SSH-2.0-OpenSSH\r\n", Reason.NOT_PUBLIC, "web server"),
        (b"", Reason.NOT_PUBLIC, "closed the connection"),
        (answer(200, "x", Content_Encoding="br"), Reason.NOT_PUBLIC, "not asked for"),
        (answer(200, "x", Content_Encoding="gzip"), Reason.NOT_PUBLIC, "is not"),
    ],
)
def test_what_nobody_or_not_everybody_can_read_is_not_public(
    content: bytes, reason: Reason, words: str
) -> None:
    result = looked_at(Host(a=content))
    assert result.reason is reason, result.summary
    assert words in result.summary


@pytest.mark.parametrize(
    "content",
    [
        answer(200, "A talk about routing, as text.", Content_Type="text/plain"),
        answer(200, "# Write-up", Content_Type="application/octet-stream"),
        answer(200, '{"cells": []}', Content_Type="application/json"),
        answer(200, b"%PDF-1.7 ...", Content_Type="application/pdf"),
        answer(200, b"\x00\x00", Content_Type="video/mp4"),
        answer(
            200, b"PK\x03\x04", Content_Type="application/vnd.openxmlformats-officedocument.presentationml.x"
        ),
        answer(200, "<title>Talk</title><script src=a></script>"),
        answer(200, "<video src=a></video>"),
        answer(200, PROSE * 8 + SIGN_IN),
        answer(200, PROSE, Content_Type="-"),
        answer(200, gzip.compress(PROSE.encode()), Content_Encoding="gzip"),
        answer(200, zlib.compress(PROSE.encode()), Content_Encoding="deflate"),
        answer(
            200,
            "5\r\nhello\r\n3c\r\n" + "x" * 60 + "\r\n0\r\n\r\n",
            Transfer_Encoding="chunked",
            Content_Length="-",
        ),
    ],
)
def test_what_everybody_can_read_is_public(content: bytes) -> None:
    result = looked_at(Host(a=content))
    assert result.reason is Reason.OK, result.summary


def test_a_page_that_needs_javascript_says_so() -> None:
    result = looked_at(Host(a=answer(200, "<title>Talk</title><script src=a></script>")))
    assert result.facts["needs_javascript"] is True


def test_a_redirect_to_a_sign_in_page_is_a_wall() -> None:
    result = looked_at(Host(a=answer(302, "", Location="/users/sign_in?next=/"), b=answer(200, PROSE)))
    assert result.reason is Reason.NOT_PUBLIC
    assert result.facts["log_in_signs"] == ["a redirect leads to a sign-in page of 127.0.0.1"]
    assert result.facts["redirects"] == [f"302 {START}"]


def test_a_form_on_a_page_full_of_text_is_a_sign_and_no_wall() -> None:
    result = looked_at(Host(a=answer(200, PROSE * 8 + SIGN_IN)))
    assert result.reason is Reason.OK
    assert result.facts["log_in_signs"]


def test_redirects_in_a_circle_and_without_end_are_refused() -> None:
    circle = looked_at(Host(a=answer(302, "", Location="/b"), b=answer(302, "", Location="/")))
    assert "circle" in circle.summary
    hops = {f"h{n}": answer(302, "", Location=f"/{n}") for n in range(9)}
    endless = looked_at(Host(**hops))
    assert endless.reason is Reason.NOT_PUBLIC
    assert "more than 5 redirects" in endless.summary


def test_five_redirects_are_followed() -> None:
    hops = {f"h{n}": answer(302, "", Location=f"/{n}") for n in range(5)}
    assert looked_at(Host(**hops, end=answer())).reason is Reason.OK


@pytest.mark.parametrize("failure", [socket.gaierror(-2, "no"), TimeoutError(), OSError(113, "no route")])
def test_a_host_that_nobody_can_reach_while_others_cannot_be_reached_either_is_our_fault(
    failure: OSError,
) -> None:
    def fail(*_place: object, **_more: object) -> None:
        raise failure

    host = Host()
    host.addresses = lambda _name: "93.184.215.14"
    resolver = fail if isinstance(failure, socket.gaierror) else host.resolve
    outside = Outside(resolver, fail, lambda: 0.0)  # type: ignore[arg-type]  # neither ever returns
    settled = ArtifactSettings(controls=("control.dev",))
    result = check_f4(subject(), address="https://ada.dev/", settings=settled, outside=outside)
    assert result.reason is Reason.INFRASTRUCTURE
    assert "nor can any other host" in result.summary
    assert result.facts["network_tried_with"] == ["control.dev"]


def test_the_operators_settings_are_read_from_the_environment() -> None:
    environ = {
        "SSL_CERT_FILE": "/etc/ca.pem",
        "https_proxy": "http://proxy:3128",
        "JOBTWIN_LOOPBACK_ARTIFACTS": "127.0.0.1:8000, [::1]:8443",
        "JOBTWIN_CONTROL_HOSTS": "a.dev,b.dev",
    }
    found = ArtifactSettings.from_environment(environ)
    assert (found.network.ca_file, found.network.proxy) == ("/etc/ca.pem", "http://proxy:3128")
    assert found.development == {"127.0.0.1:8000", "[::1]:8443"}
    assert found.controls == ("a.dev", "b.dev")
    with pytest.raises(BadInput, match="JOBTWIN_LOOPBACK_ARTIFACTS"):
        ArtifactSettings.from_environment({"JOBTWIN_LOOPBACK_ARTIFACTS": "everything"})
