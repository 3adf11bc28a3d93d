"""Settings of F4: limits by name, and what the operator's network needs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from jobtwin.core.errors import BadInput
from jobtwin.source.address import SourcePolicy
from jobtwin.source.git import GitSettings

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ArtifactLimits:
    """What one look at an artifact may cost. Every field is a limit of its own name.

    `seconds` is wall time for everything, redirects included; `look_up_seconds` for one name,
    `connect_seconds` for one connection, `silence_seconds` between two pieces of an answer. `head_bytes`
    bounds what comes before a body, `body_bytes` what is read of it as it travels, `decoded_bytes` what it
    may unpack to, `page_bytes` what is parsed of a page, `text_characters` what is kept of its text.
    """

    seconds: float = 30.0
    look_up_seconds: float = 10.0
    connect_seconds: float = 10.0
    silence_seconds: float = 10.0
    redirects: int = 5
    head_bytes: int = 64 * 1024
    body_bytes: int = 5 * MIB
    decoded_bytes: int = 10 * MIB
    page_bytes: int = 1 * MIB
    text_characters: int = 8000

    def __post_init__(self) -> None:
        for one in fields(self):
            if getattr(self, one.name) <= 0:
                raise ValueError(f"the limit {one.name} must be above zero")


DEFAULT_LIMITS = ArtifactLimits()

CONTROLS = ("example.com", "example.org")
"""Hosts that answer over https wherever the network works; reserved for documentation by RFC 2606."""


@dataclass(frozen=True)
class ArtifactSettings:
    """`network` holds the operator's certificates and proxy, the same as for a source. `development`
    lists loopback origins (`127.0.0.1:8443`) that an operator allows on a development machine.
    `controls` are hosts that tell our own dead network from an artifact that is not there."""

    limits: ArtifactLimits = DEFAULT_LIMITS
    network: GitSettings = field(default_factory=GitSettings)
    development: frozenset[str] = frozenset()
    controls: tuple[str, ...] = CONTROLS

    def __post_init__(self) -> None:
        SourcePolicy(loopback=self.development)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "ArtifactSettings":
        """The network of GitSettings, JOBTWIN_LOOPBACK_ARTIFACTS and JOBTWIN_CONTROL_HOSTS.

        Both are lists separated by commas; an empty list of control hosts asks none. Raises BadInput
        for an origin in another form than host:port.
        """
        controls = environ.get("JOBTWIN_CONTROL_HOSTS")
        try:
            return cls(
                network=GitSettings.from_environment(environ),
                development=frozenset(_listed(environ.get("JOBTWIN_LOOPBACK_ARTIFACTS", ""))),
                controls=CONTROLS if controls is None else _listed(controls),
            )
        except ValueError as error:
            raise BadInput(f"JOBTWIN_LOOPBACK_ARTIFACTS: {error}") from error


def operator_settings() -> ArtifactSettings:
    """The settings of this process's environment."""
    return ArtifactSettings.from_environment(os.environ)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
