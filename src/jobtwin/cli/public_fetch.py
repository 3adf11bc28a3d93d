"""Fetching one public document for a verifier: no redirect, no private address, bounded in time and size."""

import os
import socket
import time
from dataclasses import dataclass, replace

from jobtwin.core.errors import OutsideFailure
from jobtwin.outside.connect import Connect, Deadline, Dialler, Overtime, OwnNetwork, Unreachable
from jobtwin.outside.request import BadAnswer, ask
from jobtwin.outside.target import parse_target
from jobtwin.verification.f4.settings import ArtifactLimits, ArtifactSettings

LIMITS = ArtifactLimits(seconds=20.0, body_bytes=4 * 1024 * 1024, decoded_bytes=4 * 1024 * 1024)
ACCEPT = "application/vc, application/did+json, application/json;q=0.9, */*;q=0.1"


@dataclass(frozen=True)
class PublicFetch:
    """Asks as F4 asks for an artifact: the host is looked up once, and only the address judged is asked."""

    settings: ArtifactSettings
    connect: Connect = socket.create_connection

    @classmethod
    def from_environment(cls) -> "PublicFetch":
        """With the operator's proxy and certificates, where the environment names them."""
        return cls(replace(ArtifactSettings.from_environment(os.environ), limits=LIMITS))

    def __call__(self, address: str) -> bytes:
        """The bytes of the answer. Raises BadInput for an address that is not public, OutsideFailure."""
        target = parse_target(address, development=self.settings.development)
        limits = self.settings.limits
        deadline = Deadline(time.monotonic() + limits.seconds, time.monotonic, limits)
        dialler = Dialler(self.settings, socket.getaddrinfo, self.connect, deadline)
        try:
            answer, _ = ask(target, dialler, accept=ACCEPT)
        except (Unreachable, OwnNetwork, Overtime, BadAnswer) as error:
            raise OutsideFailure(f"{target.url} gave no answer: {error}", retry=True) from error
        if answer.status != 200 or answer.cut:
            told = "more than is read" if answer.cut else f"status {answer.status}"
            raise OutsideFailure(f"{target.url} gave no document ({told})", retry=answer.status >= 500)
        return answer.body
