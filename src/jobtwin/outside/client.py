"""Small requests to other people's interfaces: one GET or POST, no redirect, bounded, one kind of error."""

import json
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jobtwin.core.errors import OutsideFailure
from jobtwin.outside.connect import Connect, Deadline, Dialler, Overtime, OwnNetwork, Unreachable
from jobtwin.outside.request import NONE, Answer, BadAnswer, Post, ask
from jobtwin.outside.settings import RequestLimits, RequestSettings
from jobtwin.outside.target import parse_target
from jobtwin.source.host import Resolver

LIMITS = RequestLimits(
    seconds=10.0, look_up_seconds=5.0, connect_seconds=5.0, silence_seconds=5.0,
    body_bytes=256 * 1024, decoded_bytes=256 * 1024,
)  # fmt: skip
AGAIN = frozenset({408, 425, 429})
"""Statuses below 500 after which a later try can help."""


@dataclass(frozen=True)
class Client:
    """Asks public addresses alone, and whatever loopback `settings` allow in development."""

    settings: RequestSettings
    resolver: Resolver = socket.getaddrinfo
    connect: Connect = socket.create_connection
    clock: Callable[[], float] = time.monotonic

    def json(self, url: str, headers: Mapping[str, str] = NONE) -> Any:
        """What a GET gives, parsed. Raises BadInput for an address that is not public, OutsideFailure."""
        answer = self._ask(url, None, headers)
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise OutsideFailure("the answer is not JSON", retry=True) from error

    def post(self, url: str, post: Post) -> Answer:
        """The answer to a POST that was taken (2xx). Raises BadInput, and OutsideFailure for any other."""
        return self._ask(url, post, NONE)

    def _ask(self, url: str, post: Post | None, headers: Mapping[str, str]) -> Answer:
        target = parse_target(url, development=self.settings.development)
        deadline = Deadline(self.clock() + self.settings.limits.seconds, self.clock, self.settings.limits)
        dialler = Dialler(self.settings, self.resolver, self.connect, deadline)
        try:
            answer, _ = ask(target, dialler, accept="application/json", headers=headers, post=post)
        except (Unreachable, OwnNetwork, Overtime, BadAnswer) as error:
            raise OutsideFailure(f"{target.host} gave no answer: {error}", retry=True) from error
        if not 200 <= answer.status < 300 or answer.cut:
            told = "more than is read" if answer.cut else f"status {answer.status}"
            again = answer.status >= 500 or answer.status in AGAIN
            raise OutsideFailure(f"{target.host} answered with {told}", retry=again, status=answer.status)
        return answer
