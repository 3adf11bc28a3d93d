"""One GET or POST, without cookies; redirects of a GET are followed by hand, each judged like the first."""

import http.client
import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jobtwin import __version__
from jobtwin.outside.connect import Dialler, Link, Overtime, Unreachable
from jobtwin.outside.target import BadTarget, Target, redirected

AGENT = f"Mozilla/5.0 (compatible; jobtwin/{__version__}; public artifact check)"
PAGES = "text/html,application/xhtml+xml,text/*;q=0.9,*/*;q=0.8"
_MOVED = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024
NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Post:
    """What a POST carries: `headers` are ASCII on one line each, and name the content's type."""

    body: bytes
    headers: Mapping[str, str]


class BadAnswer(Exception):
    """The host answered with something that is no answer of HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: `body` as unpacked and cut to the limits, `travelled` its bytes on the way, `cut` whether
    there was more. Header names are lower case; `challenge` is the header by which some hosts stop robots."""

    status: int
    headers: dict[str, str]
    body: bytes = b""
    travelled: int = 0
    cut: bool = False

    @property
    def location(self) -> str | None:
        """Where a redirect leads, or None where the answer is none."""
        return self.headers.get("location") if self.status in _MOVED else None

    @property
    def content_type(self) -> str:
        """The media type in lower case without parameters; empty where none is named."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a journey: what was asked, the address that was connected to, the answer's status."""

    target: Target
    address: str
    status: int


@dataclass
class Journey:
    """The steps so far; kept when a later one fails."""

    steps: list[Step]

    @property
    def last(self) -> Target | None:
        return self.steps[-1].target if self.steps else None


def follow(target: Target, dialler: Dialler, journey: Journey) -> Answer:
    """The answer at the end of the redirects.

    Raises BadTarget, BadAnswer, Unreachable, OwnNetwork and Overtime; `journey` keeps the steps before.
    """
    limits = dialler.settings.limits
    # A public page must not lead to what an operator opened on a development machine.
    development = dialler.settings.development if target.development else frozenset()
    seen = {target.url}
    while True:
        answer, address = ask(target, dialler)
        journey.steps.append(Step(target, address, answer.status))
        if answer.location is None:
            return answer
        if len(journey.steps) > limits.redirects:
            raise BadTarget(f"there are more than {limits.redirects} redirects (limit redirects)")
        target = redirected(target, _header_text(answer.location), development=development)
        if target.url in seen:
            raise BadTarget("the redirects lead in a circle")
        seen.add(target.url)


def ask(
    target: Target,
    dialler: Dialler,
    *,
    accept: str = PAGES,
    headers: Mapping[str, str] = NONE,
    post: Post | None = None,
) -> tuple[Answer, str]:
    """One GET with `headers`, or the POST given, on a connection of its own, and the address it went to.

    Raises as `follow` does; a redirect is an answer.
    """
    connection, address = dialler.open(target)
    try:
        link = Link(connection, dialler.deadline, dialler.settings.limits.head_bytes)
        connection.settimeout(dialler.deadline.left(dialler.settings.limits.silence_seconds))
        connection.sendall(_posted(target, post) if post else _request(target, accept, headers))
        return _answer(link, dialler), address
    except TimeoutError as error:
        raise Overtime("it does not take the request") from error
    except OSError as error:
        raise Unreachable(f"{target.host} closed the connection without an answer") from error
    except http.client.HTTPException as error:
        raise BadAnswer(f"{target.host} does not answer as a web server: {_kind(error)}") from error
    finally:
        connection.close()


def _request(target: Target, accept: str, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"GET {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        f"User-Agent: {AGENT}",
        f"Accept: {accept}",
        *(f"{name}: {value}" for name, value in headers.items()),
        "Accept-Language: en",
        "Accept-Encoding: gzip, identity;q=0.5",
        "Connection: close",
    ]
    return _head(lines)


def _posted(target: Target, post: Post) -> bytes:
    lines = [
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        *(f"{name}: {value}" for name, value in post.headers.items()),
        f"Content-Length: {len(post.body)}",
        "Accept-Encoding: identity",
        "Connection: close",
    ]
    return _head(lines) + post.body


def _head(lines: list[str]) -> bytes:
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a header is one line")
    return "\r\n".join([*lines, "", ""]).encode("ascii")


class _Socket:
    """What http.client needs of a socket: a file to read from."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._link, _CHUNK)


def _answer(link: Link, dialler: Dialler) -> Answer:
    limits = dialler.settings.limits
    response = http.client.HTTPResponse(_Socket(link), method="GET")  # type: ignore[arg-type]  # reads only
    response.begin()
    if link.capped:
        raise BadAnswer(f"the head of the answer is larger than {limits.head_bytes} bytes (limit head_bytes)")
    headers = {name.lower(): value for name, value in response.getheaders()}
    if response.status in _MOVED and "location" in headers:
        return Answer(response.status, headers)
    link.allow(limits.body_bytes)
    raw, cut = _body(response, limits.body_bytes)
    body, more = _unpacked(raw, headers.get("content-encoding", ""), limits.decoded_bytes)
    return Answer(response.status, headers, body, len(raw), cut or more)


def _body(response: http.client.HTTPResponse, most: int) -> tuple[bytes, bool]:
    """At most `most` bytes, and whether there was more or the connection broke off."""
    pieces, size = [], 0
    try:
        for piece in _pieces(response):
            pieces.append(piece[: most - size])
            size += len(piece)
            if size > most:
                return b"".join(pieces), True
    except (http.client.HTTPException, OSError):
        return b"".join(pieces), True
    return b"".join(pieces), size >= most


def _pieces(response: http.client.HTTPResponse) -> Iterator[bytes]:
    while piece := response.read1(_CHUNK):
        yield piece


def _unpacked(raw: bytes, encoding: str, most: int) -> tuple[bytes, bool]:
    """The unpacked content, cut to `most` bytes, and whether there was more. Raises BadAnswer."""
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return raw, False
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise BadAnswer("the answer is packed in a way that was not asked for")
    packed, made = bool(raw), b""
    try:
        while raw and len(made) <= most:
            unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
            made += unpacker.decompress(raw, most + 1 - len(made))
            raw = unpacker.unused_data
    except zlib.error:
        raw = b""
    if packed and not made:
        raise BadAnswer("the answer says that it is packed, and is not")
    return made[:most], len(made) > most


def _header_text(value: str) -> str:
    """A header as UTF-8 where it is that: http.client reads every one as Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _kind(error: http.client.HTTPException) -> str:
    return "a line or a head that is too long" if "got more than" in str(error) else type(error).__name__
