"""A pretended outside for F4: public names and addresses that lead to servers on loopback."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jobtwin.source.git import GitSettings
from jobtwin.verification.f4.check import Outside
from jobtwin.verification.f4.settings import ArtifactLimits, ArtifactSettings

NAME = "git.example.org"
"""The name in the certificate of the tests; it serves as the control host."""
ADA = "ada.dev"
PUBLIC = "93.184.215.14"
QUICK = ArtifactLimits(seconds=1.0, silence_seconds=0.5, connect_seconds=0.8, look_up_seconds=0.5)


@dataclass
class Net:
    """A pretended outside: names lead to a public address, and that address to a server on loopback."""

    port: int
    names: Callable[[str], list[str]] = lambda _name: [PUBLIC]
    looked_up: list[str] = field(default_factory=list)
    dialled: list[tuple[str, int]] = field(default_factory=list)

    def resolve(self, host: str, port: int, **_more: object) -> list[tuple[Any, Any, Any, Any, Any]]:
        self.looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in self.names(host)]

    def connect(self, place: tuple[str, int], seconds: float) -> socket.socket:
        self.dialled.append(place)
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    @property
    def outside(self) -> Outside:
        return Outside(self.resolve, self.connect)


def settings(folder: Path, **more: Any) -> ArtifactSettings:
    network = GitSettings(ca_file=str(folder / "cert.pem"))
    return replace(ArtifactSettings(QUICK, network, controls=()), **more)
