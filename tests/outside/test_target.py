"""Which addresses may be asked: decided before anything is resolved or connected to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.outside.settings import RequestLimits, RequestSettings
from jobtwin.outside.target import BadTarget, parse_target, redirected

PUBLIC = "https://ada.pages.dev/capstone?x=1"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (PUBLIC, PUBLIC),
        (" https://Ada.Pages.DEV ", "https://ada.pages.dev/"),
        ("https://ada.pages.dev:443/a#part", "https://ada.pages.dev/a"),
        ("https://ada.pages.dev:8443/a", "https://ada.pages.dev:8443/a"),
        ("https://ada.pages.dev?q=1", "https://ada.pages.dev/?q=1"),
        ("https://ada.pages.dev/ä b", "https://ada.pages.dev/%C3%A4%20b"),
        ("https://ada.pages.dev/a%20b", "https://ada.pages.dev/a%20b"),
        ("https://1.1.1.1/", "https://1.1.1.1/"),
        ("https://[2606:4700::1]/", "https://[2606:4700::1]/"),
    ],
)
def test_a_public_address_is_taken_in_one_form(text: str, url: str) -> None:
    assert parse_target(text).url == url


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "127.0.0.1:8080"),
        *(
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",  # noqa: S104 - it is refused here
            "255.255.255.255",
        ),
        *(
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fc00::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:10.0.0.1]",
            "[64:ff9b::7f00:1]",
        ),
        *("[2002:7f00:1::]", "[2001::1]", "168.63.129.16", "3232235777", "0xa9fea9fe", "224.0.0.1"),
        *("localhost", "printer", "db.internal", "router.lan", "x.local", "a.localhost"),
    ],
)
def test_an_address_inside_a_network_is_told_as_private(host: str) -> None:
    with pytest.raises(BadTarget) as refused:
        parse_target(f"https://{host}/")
    assert refused.value.private


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://user:pass@ada.pages.dev/", "password"),
        ("https://token@ada.pages.dev/", "password"),
        ("https://ada.pages.dev\\@127.0.0.1/", "password"),
        ("https://ada.pages.dev%2f@x/", "password"),
        ("http://ada.pages.dev/", "https://"),
        ("ftp://ada.pages.dev/", "not an https"),
        ("file:///etc/passwd", "not an https"),
        ("javascript:alert(1)", "not an https"),
        ("ada.pages.dev", "not an https"),
        ("", "not an https"),
        ("https:///path", "names no host"),
        ("https://ada.pages.dev:0/", "port"),
        ("https://ada.pages.dev:99999/", "port"),
        ("https://ada.pages.dev:٨/", "port"),
        ("https://ada.pages.dev./", "host name"),
        ("https://ädä.dev/", "host name"),
        ("https://ada%2epages.dev/", "not a host name"),
        ("https://ada.pages.dev/\r\nHost: evil", "control"),
        ("https://ada.pages.dev/\u202e", "control"),
        ("https://ada.pages.dev/" + "a" * 2000, "2000"),
        ("https://kerbside.example/writeup", "RFC 2606"),
        ("https://www.example.com/", "RFC 2606"),
        ("https://x.invalid/", "RFC 2606"),
        ("https://1.2.3.4.5/", "number that is no address"),
        ("https://[::1/", "IPv6"),
        ("https://0x01010101/", "write the address as 1.1.1.1"),
    ],
)
def test_an_address_at_which_nothing_public_can_be_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadTarget, match=words) as refused:
        parse_target(text)
    assert not refused.value.private
    assert refused.value.message.isprintable()


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/b", "https://ada.pages.dev/b"),
        ("b?x#y", "https://ada.pages.dev/b?x"),
        ("//other.dev/", "https://other.dev/"),
        ("HTTPS://other.dev", "https://other.dev/"),
        ("/ä", "https://ada.pages.dev/%C3%A4"),
    ],
)
def test_a_redirect_is_followed_like_a_browser_does(location: str, url: str) -> None:
    assert redirected(parse_target(PUBLIC), location).url == url


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("http://ada.pages.dev/", "down to http"),
        ("https://127.0.0.1/", "not a public address"),
        ("//169.254.169.254/latest/meta-data", "not a public address"),
        ("https://2130706433/", "not a public address"),
        ("https://a:b@other.dev/", "password"),
        ("file:///etc/passwd", "not an https"),
        ("data:text/html,x", "not an https"),
        ("https://[::1", "no address"),
        ("x" * 3000, "2000"),
    ],
)
def test_a_redirect_is_judged_like_the_first_address(location: str, words: str) -> None:
    with pytest.raises(BadTarget, match=words):
        redirected(parse_target(PUBLIC), location)


def test_only_the_development_list_opens_loopback_and_plain_http() -> None:
    allowed = frozenset({"127.0.0.1:8000"})
    assert parse_target("http://127.0.0.1:8000/x", development=allowed).development
    for other in ("http://127.0.0.1:8001/", "http://localhost:8000/", "http://127.1:8000/"):
        with pytest.raises(BadTarget):
            parse_target(other, development=allowed)


@pytest.mark.parametrize("origin", ["127.0.0.1", "HTTP://127.0.0.1:80", "*:80", ""])
def test_an_origin_in_another_form_is_refused_at_the_start(origin: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        RequestSettings(development=frozenset({origin}))


def test_a_limit_is_above_zero() -> None:
    with pytest.raises(ValueError, match="body_bytes"):
        RequestLimits(body_bytes=0)


@given(st.text(max_size=60))
def test_whatever_is_written_a_target_is_plain_and_public(text: str) -> None:
    for candidate in (text, f"https://{text}", f"https://ada.pages.dev/{text}"):
        try:
            target = parse_target(candidate)
        except BadTarget as error:
            assert error.message  # noqa: PT017 - both outcomes are right, and each has its claim
        else:
            assert target.url.isascii()
            assert target.url.isprintable()
            assert " " not in target.url
            assert "@" not in target.authority
