"""Settings of F4: limits by name, and what the operator's network needs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from jobtwin.core.errors import BadInput
from jobtwin.outside.settings import MIB, RequestLimits, RequestSettings
from jobtwin.source.git import GitSettings


@dataclass(frozen=True, slots=True)
class ArtifactLimits(RequestLimits):
    """What one look at an artifact may cost: its requests, `page_bytes` that are parsed of a page, and
    `text_characters` that are kept of its text.
    """

    page_bytes: int = 1 * MIB
    text_characters: int = 8000


DEFAULT_LIMITS = ArtifactLimits()

CONTROLS = ("example.com", "example.org")
"""Hosts that answer over https wherever the network works; reserved for documentation by RFC 2606."""


@dataclass(frozen=True)
class ArtifactSettings(RequestSettings):
    """`controls` are hosts that tell our own dead network from an artifact that is not there."""

    limits: ArtifactLimits = DEFAULT_LIMITS
    controls: tuple[str, ...] = CONTROLS

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
