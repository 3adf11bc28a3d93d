"""A host that lives in memory: each connection is one end of a socket pair with its answer waiting."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobtwin.core.check import CheckResult
from jobtwin.source.tree import MemoryTree
from jobtwin.verification.engine import Job, Outcome
from jobtwin.verification.events import Progress, ignore
from jobtwin.verification.f4.check import Outside, check_f4
from jobtwin.verification.f4.settings import ArtifactLimits, ArtifactSettings
from jobtwin.verification.settings import VerificationSettings
from jobtwin.verification.subject import Subject

ORIGIN = "127.0.0.1:8000"
START = f"http://{ORIGIN}/"
PROSE = "<title>Kerbside</title><p>" + "How a report finds the right department. " * 10


def answer(status: int = 200, body: bytes | str = PROSE, **headers: str) -> bytes:
    """The bytes of an answer; names of headers are written with _ for -."""
    content = body.encode() if isinstance(body, str) else body
    named = {"Content_Type": "text/html; charset=utf-8", "Content_Length": str(len(content)), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items() if value != "-")
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode("latin-1") + content


class Host:
    """Answers by path. `asked` keeps the requests, `dialled` the addresses, `looked_up` the names."""

    def __init__(self, **pages: bytes) -> None:
        self.pages = {f"/{path}": content for path, content in pages.items()}
        self.dialled: list[tuple[str, int]] = []
        self.looked_up: list[str] = []
        self.ends: list[socket.socket] = []
        self.clock: Callable[[], float] = lambda: 0.0
        self.addresses: Callable[[str], str] = lambda _host: "127.0.0.1"

    def resolve(self, host: str, port: int, **_more: object) -> list[tuple[Any, Any, Any, Any, Any]]:
        self.looked_up.append(host)
        found = self.addresses(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

    def connect(self, place: tuple[str, int], _seconds: float) -> socket.socket:
        self.dialled.append(place)
        ours, theirs = socket.socketpair()
        self.ends.append(theirs)
        content = list(self.pages.values())[min(len(self.dialled), len(self.pages)) - 1]
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2_000_000)
        theirs.sendall(content)
        theirs.shutdown(socket.SHUT_WR)
        return ours

    @property
    def asked(self) -> list[str]:
        found = []
        for end in self.ends:
            end.settimeout(5)
            found.append(end.recv(65536).decode("latin-1"))
            end.close()
        self.ends.clear()
        return found

    @property
    def outside(self) -> Outside:
        return Outside(self.resolve, self.connect, self.clock)


class NoEngine:
    """For a check that runs nothing."""

    name = "none"

    def run(self, job: Job) -> Outcome:
        raise AssertionError(f"F4 runs nothing, and was about to run {job.argv}")


def settings(**limits: Any) -> ArtifactSettings:
    return ArtifactSettings(ArtifactLimits(**limits), development=frozenset({ORIGIN}), controls=())


def subject(files: dict[str, str] | None = None) -> Subject:
    tree = MemoryTree({path: text.encode() for path, text in (files or {}).items()})
    nowhere = Path("/nonexistent")
    return Subject(
        tree, NoEngine(), VerificationSettings(nowhere, nowhere), Progress("F4", ignore, {}), nowhere
    )


def looked_at(
    host: Host, address: str | None = START, files: dict[str, str] | None = None, **limits: Any
) -> CheckResult:
    """F4 on an address, with a host in memory; its facts hold nothing that a database or a terminal minds."""
    result = check_f4(subject(files), address=address, settings=settings(**limits), outside=host.outside)
    for end in host.ends:
        end.close()
    text = json.dumps(result.as_json())
    assert "\\u0000" not in text
    assert "\\u001b" not in text
    return result
