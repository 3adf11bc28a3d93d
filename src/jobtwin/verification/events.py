"""Live progress: what a verification is doing, for the page and the terminal."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from jobtwin.telemetry.meters import PHASE_SECONDS
from jobtwin.telemetry.tracing import span


@dataclass(frozen=True, slots=True)
class Event:
    """`check` is the id of the check, `phase` a short name; `seconds` since that phase began."""

    check: str
    phase: str
    kind: Literal["start", "end", "log"]
    text: str = ""
    seconds: float = 0.0


OnEvent = Callable[[Event], None]


def ignore(event: Event) -> None:
    """For callers that do not watch."""


@dataclass(frozen=True)
class Progress:
    """Tells the phases of one check to whoever listens, and keeps how long each took."""

    check: str
    listener: OnEvent
    seconds: dict[str, float]
    clock: Callable[[], float] = time.monotonic

    @contextmanager
    def phase(self, name: str, text: str = "") -> Iterator[Callable[[str], None]]:
        """A phase; the value is a function that tells a line of its log."""
        started = self.clock()

        def log(line: str) -> None:
            self.listener(Event(self.check, name, "log", line[:500], self.clock() - started))

        self.listener(Event(self.check, name, "start", text))
        try:
            with span(f"phase {name}", {"jobtwin.check": self.check, "jobtwin.phase": name}):
                yield log
        finally:
            self.seconds[name] = round(self.clock() - started, 3)
            PHASE_SECONDS.labels(self.check, name).observe(self.seconds[name])
            self.listener(Event(self.check, name, "end", "", self.seconds[name]))
