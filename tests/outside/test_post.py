"""One POST: what travels, and what of the answer is read."""

import pytest

from jobtwin.outside.connect import Deadline, Dialler, Overtime
from jobtwin.outside.request import Answer, Post, ask
from jobtwin.outside.settings import RequestLimits, RequestSettings
from jobtwin.outside.target import parse_target
from tests.verification.f4.hosts import ORIGIN, START, Host, answer


class Receiver(Host):
    """A host that keeps what it was sent."""

    heard: list[str]

    def keep_asked(self) -> None:
        try:
            self.heard = self.asked
        except ConnectionResetError:  # it was hung up before the answer was read
            self.heard = [""]
        for end in self.ends:
            end.close()


def posted(host: Receiver, post: Post, **limits: int) -> Answer:
    settings = RequestSettings(RequestLimits(**limits), development=frozenset({ORIGIN}))
    deadline = Deadline(30.0, host.clock, settings.limits)
    dialler = Dialler(settings, host.resolve, host.connect, deadline)
    target = parse_target(f"{START}hook", development=settings.development)
    try:
        return ask(target, dialler, post=post)[0]
    finally:
        host.keep_asked()


def test_a_post_carries_its_headers_and_every_byte_of_its_body() -> None:
    host = Receiver(a=answer(202, "taken"))
    found = posted(host, Post("ä".encode(), {"Content-Type": "application/json", "Webhook-Id": "one"}))
    head, body = host.heard[0].split("\r\n\r\n")
    assert (found.status, found.body) == (202, b"taken")
    assert head.splitlines()[0] == "POST /hook HTTP/1.1"
    assert {"Webhook-Id: one", "Content-Length: 2", "Connection: close"} < set(head.splitlines())
    assert body.encode("latin-1") == "ä".encode()


def test_a_redirect_of_a_post_is_an_answer_and_no_second_request() -> None:
    host = Receiver(a=answer(307, "", Location="http://169.254.169.254/"))
    found = posted(host, Post(b"{}", {}))
    assert (found.status, found.location, len(host.dialled)) == (307, "http://169.254.169.254/", 1)


def test_an_endless_answer_is_cut_at_its_limit() -> None:
    found = posted(Receiver(a=answer(200, b"x" * 100_000)), Post(b"{}", {}), body_bytes=100)
    assert (len(found.body), found.cut) == (100, True)


def test_a_header_of_two_lines_is_never_sent() -> None:
    host = Receiver(a=answer())
    with pytest.raises(ValueError, match="one line"):
        posted(host, Post(b"", {"X": "a\r\nWebhook-Id: forged"}))
    assert host.heard == [""]


def test_time_that_runs_out_is_told() -> None:
    times = iter([0.0, 0.0, *[99.0] * 9])
    host = Receiver(a=answer())
    host.clock = lambda: next(times)
    with pytest.raises(Overtime, match="limit seconds"):
        posted(host, Post(b"{}", {}))
