"""F4 against hosts in memory that mean harm: bombs, names that lead inside, text that drives terminals."""

import gzip
import json
import socket

import pytest

from jobtwin.core.check import Reason
from jobtwin.outside.connect import Deadline, Dialler
from jobtwin.outside.request import Journey, follow
from jobtwin.outside.target import BadTarget, Target, parse_target, redirected
from tests.verification.f4.hosts import PROSE, START, Host, answer, looked_at, settings

SIGN_IN = '<title>Sign in</title><form><input type="password"></form>'


def test_a_large_answer_is_cut_and_still_public() -> None:
    result = looked_at(Host(a=answer(200, PROSE + "x" * 100_000)), body_bytes=10_000)
    assert result.reason is Reason.OK
    assert (result.facts["bytes"], result.facts["cut"]) == (10_000, True)


def test_a_gzip_bomb_unpacks_to_its_limit_and_no_further() -> None:
    bomb = gzip.compress(b"<p>word </p>" * 10_000_000, compresslevel=9)
    assert len(bomb) < 500_000
    result = looked_at(Host(a=answer(200, bomb, Content_Encoding="gzip")), decoded_bytes=100_000)
    assert result.facts["cut"] is True
    assert int(str(result.facts["text_characters"])) <= 100_000


def test_a_bomb_of_many_gzip_members_is_cut_too() -> None:
    bomb = gzip.compress(b"word " * 10_000) * 200
    result = looked_at(Host(a=answer(200, bomb, Content_Encoding="gzip")), decoded_bytes=100_000)
    assert result.facts["cut"] is True


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(5000)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000,
        b"HTTP/1.1 200 OK\r\n"
        + b"X: y\r\n" * 90
        + b"Y: "
        + b"z" * 60_000
        + b"\r\nZ: "
        + b"z" * 60_000
        + b"\r\n\r\n",
    ],
    ids=["many", "long", "continue", "both"],
)
def test_a_bomb_of_headers_is_refused(head: bytes) -> None:
    result = looked_at(Host(a=head))
    assert result.reason is Reason.NOT_PUBLIC
    assert "web server" in result.summary or "head" in result.summary


def test_titles_and_text_arrive_without_escapes_and_markup() -> None:
    page = (
        "<title>\x1b]0;owned\x07 \u202egnp.exe</title><p>\x00\x9b31m" + "&#27;[31m text of some length " * 5
    )
    result = looked_at(Host(a=answer(200, page)))
    shown = f"{result.summary}{result.facts['title']}{result.facts['text']}"
    assert all(letter == "\n" or letter.isprintable() for letter in shown)


def test_time_that_runs_out_is_named_as_its_limit() -> None:
    times = iter([0.0, *[1.0] * 3, *[99.0] * 50])
    host = Host(a=answer())
    host.clock = lambda: next(times)
    result = looked_at(host, seconds=30)
    assert result.reason is Reason.NOT_PUBLIC
    assert "limit seconds" in result.summary


def test_a_name_that_leads_inside_is_refused_before_any_connection() -> None:
    for address in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fe80::1"):
        host = Host(a=answer())
        host.addresses = lambda _name, found=address: found  # type: ignore[misc]  # bound at once
        result = looked_at(host, "https://ada.dev/")
        assert (result.reason, result.facts["private_address"]) == (Reason.NOT_PUBLIC, True)
        assert host.dialled == []


def test_a_second_look_up_is_never_made_so_rebinding_changes_nothing() -> None:
    answers = iter(["93.184.215.14", "127.0.0.1", "127.0.0.1"])
    host = Host(a=b"")
    host.addresses = lambda _name: next(answers)
    looked_at(host, "https://ada.dev/")
    assert (host.looked_up, host.dialled) == (["ada.dev"], [("93.184.215.14", 443)])


def test_a_public_page_may_not_lead_to_what_the_development_list_opens() -> None:
    listed = settings().development
    public = parse_target("https://ada.dev/")
    assert redirected(public, START.replace("http:", "https:"), development=listed).development
    host = Host(a=answer(302, "", Location=START.replace("http:", "https:")))
    host.addresses = lambda _name: "93.184.215.14"
    deadline = Deadline(30.0, lambda: 0.0, settings().limits)
    dialler = PlainDialler(settings(), host.resolve, host.connect, deadline)
    with pytest.raises(BadTarget) as refused:
        follow(public, dialler, Journey([]))
    assert refused.value.private
    assert len(host.asked) == 1


class PlainDialler(Dialler):
    """Leaves the TLS out: the host in memory speaks none."""

    def open(self, target: Target) -> tuple[socket.socket, str]:
        address = self._look_up(target)
        return self.connect((address, target.port), 1.0), address


def test_a_secret_in_the_address_is_not_shown() -> None:
    result = looked_at(Host(a=answer()), "https://ada:s3cret@ada.dev/")
    assert result.reason is Reason.NOT_PUBLIC
    assert "s3cret" not in json.dumps(result.as_json())


def test_a_listed_origin_that_leads_beyond_this_machine_is_refused() -> None:
    host = Host(a=answer())
    host.addresses = lambda _name: "93.184.215.14"
    result = looked_at(host)
    assert (result.reason, host.dialled) == (Reason.NOT_PUBLIC, [])
