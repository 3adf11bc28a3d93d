"""The terminal's client: where a token may go, when a request is sent again, what a problem becomes."""

import io
import json
import urllib.error
import urllib.request
from http.client import HTTPMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from jobtwin.cli.client import TRIES, Client, require_server
from jobtwin.cli.login import command, read_login, write_login
from jobtwin.core.errors import (
    BadInput,
    Conflict,
    JobTwinError,
    NotAllowed,
    NotFound,
    OutsideFailure,
    Refused,
)


class Server:
    """Answers requests from a list: an exception is raised, a status becomes a problem, else it is JSON."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked: list[urllib.request.Request] = []
        self.waited: list[float] = []

    def client(self) -> Client:
        return Client("https://exam.example", "jt_x", self.open, self.waited.append)

    def open(self, request: urllib.request.Request, *, timeout: float) -> Any:  # noqa: ARG002  urllib passes it
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, tuple):
            status, problem = answer
            body = io.BytesIO(json.dumps(problem).encode())
            raise urllib.error.HTTPError(request.full_url, status, "", HTTPMessage(), body)
        return io.BytesIO(answer if isinstance(answer, bytes) else json.dumps(answer).encode())


def problem(code: str, **more: object) -> dict[str, object]:
    return {"detail": "No.", "code": code} | more


def test_a_write_is_sent_again_under_the_same_key_where_the_connection_breaks() -> None:
    server = Server(ConnectionResetError("gone"), (503, problem("outside", retry=True)), {"ok": 1})
    assert server.client().write("POST", "/attempts", {"brief": "x"}) == {"ok": 1}
    keys = {one.get_header("Idempotency-key") for one in server.asked}
    assert len(server.asked) == 3
    assert len(keys) == 1
    assert server.waited == [1.0, 2.0]


def test_two_writes_have_two_keys_and_a_read_has_none() -> None:
    server = Server({}, {}, {})
    client = server.client()
    client.write("POST", "/a")
    client.write("POST", "/a")
    client.get("/a")
    keys = [one.get_header("Idempotency-key") for one in server.asked]
    assert keys[0] != keys[1]
    assert keys[2] is None


def test_it_gives_up_after_some_tries_and_at_once_where_waiting_does_not_help() -> None:
    server = Server(*[ConnectionRefusedError("no")] * TRIES)
    with pytest.raises(OutsideFailure, match="cannot be reached"):
        server.client().get("/me")
    assert server.answers == []
    server = Server((503, problem("no_engine", retry=False)))
    with pytest.raises(OutsideFailure):
        server.client().write("POST", "/a")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "bad_source", BadInput),
        (401, "no_token", NotAllowed),
        (403, "scope", NotAllowed),
        (404, "not_found", NotFound),
        (409, "too_late", Refused),
        (409, "draft_conflict", Conflict),
        (500, "fault", OutsideFailure),
        (302, "moved", OutsideFailure),
    ],
)
def test_a_problem_becomes_the_error_that_it_was(status: int, code: str, kind: type[JobTwinError]) -> None:
    with pytest.raises(kind) as told:
        Server((status, problem(code))).client().get("/a")
    assert type(told.value) is kind
    assert told.value.code == (code if status != 302 else "outside_failure")


def test_what_is_no_job_twin_is_told_so() -> None:
    with pytest.raises(OutsideFailure, match="JSON"):
        Server(b"<html>").client().get("/me")


def test_a_token_goes_to_https_or_to_this_machine_alone() -> None:
    assert require_server("exam.example") == "https://exam.example"
    assert require_server("https://exam.example:8443/x?y#z") == "https://exam.example:8443"
    assert require_server("http://127.0.0.1:8000/") == "http://127.0.0.1:8000"
    assert require_server("http://[::1]:8000") == "http://[::1]:8000"
    for wrong in (
        "http://exam.example",
        "ftp://exam.example",
        "https://u:p@exam.example",
        "https://",
        "https://x:y",
    ):
        with pytest.raises(BadInput):
            require_server(wrong)


def test_a_redirect_is_never_followed_with_the_token() -> None:
    from jobtwin.cli.client import _NoRedirect

    opener = urllib.request.build_opener(_NoRedirect)
    handlers = [
        one for one in vars(opener)["handlers"] if isinstance(one, urllib.request.HTTPRedirectHandler)
    ]
    assert [type(one) for one in handlers] == [_NoRedirect]
    request, headers = urllib.request.Request("https://exam.example/"), HTTPMessage()
    headers["Location"] = "https://elsewhere.example/"
    assert handlers[0].http_error_302(request, io.BytesIO(), 302, "", headers) is None


def test_a_client_shows_nothing_of_its_token() -> None:
    assert "jt_" not in repr(Client.at("https://exam.example", "jt_secret"))


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty configuration folder."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "jobtwin"


def test_a_login_is_kept_for_its_owner_alone(config: Path) -> None:
    with pytest.raises(BadInput, match="log in first"):
        read_login()
    path = write_login("https://exam.example", "jt_x")
    assert (path.parent, path.stat().st_mode & 0o777) == (config, 0o600)
    assert read_login() == ("https://exam.example", "jt_x")
    write_login("https://exam.example", "jt_y")
    assert read_login() == ("https://exam.example", "jt_y")
    assert [one.name for one in config.iterdir()] == ["login.json"]


def test_a_login_that_others_can_read_is_not_used(config: Path) -> None:
    path = write_login("https://exam.example", "jt_x")
    path.chmod(0o640)
    with pytest.raises(BadInput, match="read by others"):
        read_login()
    path.chmod(0o600)
    path.write_text("{}")
    with pytest.raises(BadInput, match="log in again"):
        read_login()


@pytest.mark.parametrize("token", ["", "two words", "jt_\x1b[2J", "jt_\u00e9"])
def test_what_is_no_token_is_refused_before_anything_is_asked(token: str, config: Path) -> None:
    result = CliRunner().invoke(command, ["https://exam.example", "--token", "-"], input=f"{token}\n")
    assert isinstance(result.exception, BadInput)
    assert not config.exists()
