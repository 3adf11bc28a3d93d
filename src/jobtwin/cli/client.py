"""The terminal's side of the API: one address, one token, problems as errors of ours, writes done once."""

import http.client
import json
import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from jobtwin.core.errors import (
    BadInput,
    Conflict,
    JobTwinError,
    NotAllowed,
    NotFound,
    OutsideFailure,
    Refused,
)

SECONDS = 90
"""Longest wait for one answer: a submission resolves a commit at another host."""
TRIES = 4
"""How often a request is sent where the connection breaks or the server says that waiting helps."""
MAX_ANSWER = 8 * 1024 * 1024
PAGE = 100
LOOPBACK = ("127.0.0.1", "localhost", "::1")

Answer = TypeVar("Answer")

_ERRORS: dict[int, type[JobTwinError]] = {
    400: BadInput,
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    409: Refused,
}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An answer that leads elsewhere is refused: the token would go along."""

    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        return None


@dataclass(frozen=True)
class Client:
    """Requests to one server. `token` is not shown by `repr`."""

    url: str
    token: str = field(repr=False)
    open: Callable[..., Any] = field(repr=False)
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def at(cls, url: str, token: str) -> "Client":
        """A client of a server; what listens on this machine is not asked through a proxy."""
        direct = [urllib.request.ProxyHandler({})] if urlsplit(url).hostname in LOOPBACK else []
        return cls(url, token, urllib.request.build_opener(_NoRedirect, *direct).open)

    def get(self, path: str) -> Any:
        """The JSON at a path. Raises as `write` does."""
        return self._send("GET", path, None, {})

    def write(self, method: str, path: str, body: object = None) -> Any:
        """Does a write once: it is sent again under one Idempotency-Key where the connection breaks.

        Raises BadInput, NotAllowed, NotFound, Refused and Conflict as the server says, OutsideFailure
        where it cannot be reached or fails.
        """
        return self._send(method, path, body, {"Idempotency-Key": str(uuid4())})

    def upload(self, path: str, file: Path) -> Any:
        """Sends a file as it is, streamed; the same file again is the same upload. Raises as `write` does,
        and BadInput where the file cannot be read."""
        try:
            length = file.stat().st_size
            with file.open("rb") as content:
                headers = {"Content-Type": "application/octet-stream", "Content-Length": str(length)}
                return self._once("PUT", path, content, headers)
        except FileNotFoundError as error:
            raise BadInput(f"{file} is not there") from error

    def download(self, path: str, into: Path) -> int:
        """Asks for a file and writes it, streamed, where only its owner reads it; how many bytes it has.

        Raises as `write` does, and BadInput where the file is there already or cannot be written.
        """
        try:
            handle = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise BadInput(f"{into} is there already; name another file") from error
        except OSError as error:
            raise BadInput(f"{into} cannot be written: {error.strerror}") from error
        try:
            with os.fdopen(handle, "wb") as file:
                return self._answered("POST", path, None, {}, lambda answer: _copied(answer, file))
        except BaseException:
            into.unlink(missing_ok=True)
            raise

    def _send(self, method: str, path: str, body: object, headers: dict[str, str]) -> Any:
        data = None if body is None else json.dumps(body).encode()
        for turn in range(TRIES):
            try:
                return self._once(method, path, data, {"Content-Type": "application/json", **headers})
            except OutsideFailure as error:
                if not error.retry or turn == TRIES - 1:
                    raise
                self.sleep(2.0**turn)
        raise AssertionError("unreachable")

    def _once(self, method: str, path: str, data: bytes | IO[bytes] | None, headers: dict[str, str]) -> Any:
        return self._answered(method, path, data, headers, lambda answer: _json(answer.read(MAX_ANSWER + 1)))

    def _answered(
        self,
        method: str,
        path: str,
        data: bytes | IO[bytes] | None,
        headers: dict[str, str],
        read: Callable[[IO[bytes]], Answer],
    ) -> Answer:
        request = urllib.request.Request(  # noqa: S310  `require_server` let https and loopback through only
            f"{self.url}/api/v1{path}",
            data=data,
            method=method,
            headers={
                **headers,
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/json",
            },
        )
        try:
            with self.open(request, timeout=SECONDS) as answer:
                return read(answer)
        except urllib.error.HTTPError as error:
            with error:
                _raise(error.code, error.read(MAX_ANSWER))
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise OutsideFailure(f"{self.url} cannot be reached: {reason}", retry=True) from error


def connect() -> Client:
    """A client for the server that `jobtwin login` kept. Raises BadInput where nobody logged in."""
    from jobtwin.cli.login import read_login

    return Client.at(*read_login())


def every(client: Client, path: str) -> Iterator[dict[str, Any]]:
    """All items of a list, page after page."""
    offset = 0
    while True:
        page = client.get(f"{path}?limit={PAGE}&offset={offset}")
        yield from page["items"]
        offset += PAGE
        if offset >= page["count"]:
            return


def require_server(url: str) -> str:
    """The address without what follows the host. Raises BadInput unless it is https, or http on loopback."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadInput(f"not an address of a server: {url!r}") from error
    local = parts.scheme == "http" and host in LOOPBACK
    if not host or "@" in parts.netloc or not (parts.scheme == "https" or local):
        raise BadInput("a server's address is https://host; http is for this machine alone (127.0.0.1)")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}"


def _copied(answer: IO[bytes], file: IO[bytes]) -> int:
    shutil.copyfileobj(answer, file)
    if getattr(answer, "length", None):
        raise OutsideFailure("the download broke off before its end", retry=True)
    return file.tell()


def _json(data: bytes) -> Any:
    if len(data) > MAX_ANSWER:
        raise OutsideFailure("the server's answer is larger than what is read", retry=False)
    try:
        return json.loads(data)
    except ValueError as error:
        raise OutsideFailure("the server did not answer in JSON; is this a Job Twin?", retry=False) from error


def _raise(status: int, data: bytes) -> NoReturn:
    """The problem of an answer as an error of ours."""
    if 300 <= status < 400:
        raise OutsideFailure("the server leads elsewhere; log in with its own address", retry=False)
    try:
        problem = json.loads(data)
        detail, code = str(problem["detail"]), str(problem["code"])
        detail = "; ".join([detail, *map(str, problem.get("problems", []))])
        retry = bool(problem.get("retry"))
    except (ValueError, KeyError, TypeError):
        detail, code = f"the server answered {status}", "outside_failure"
        retry = status in (502, 503, 504)
    if status == 401:
        detail = "the token opens nothing; make one on the page /account/tokens, then `jobtwin login`"
    kind = Conflict if code in ("conflict", "draft_conflict") else _ERRORS.get(status)
    if kind is None:
        raise OutsideFailure(detail, retry=retry, code=code)
    raise kind(detail, code=code)
