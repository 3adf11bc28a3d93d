"""What the host is told while a box is at work: which phase has begun, and the last line of its log."""

import json
import os
import time
from collections.abc import Callable

_LINE_SECONDS = 1.0
_MAX_LINES = 500
_MAX_CHARACTERS = 200


def no_log() -> str:
    """The log of a phase that has none."""
    return ""


class Teller:
    """Writes one JSON object a line to an inherited pipe. What is told of logs is bounded: a line a second,
    500 in all, 200 characters of each."""

    def __init__(self, number: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._number, self._clock = number, clock
        self._log = no_log
        self._next = 0.0
        self._lines = 0
        self._last = ""

    def phase(self, name: str, log: Callable[[], str] = no_log) -> None:
        """A phase begins, with its log; of the one before the last line is told."""
        self._tell()
        self._log = log
        self._write({"phase": name})
        self._next = self._clock() + _LINE_SECONDS

    def look(self) -> None:
        """Tells the last line of the log where it is time."""
        if self._clock() >= self._next:
            self._tell()

    def _tell(self) -> None:
        self._next = self._clock() + _LINE_SECONDS
        lines = (_shown(line) for line in reversed(self._log().splitlines()))
        line = next((one for one in lines if one), self._last)
        if line != self._last and self._lines < _MAX_LINES:
            self._last = line
            self._lines += 1
            self._write({"log": line})

    def _write(self, said: dict[str, str]) -> None:
        os.write(self._number, json.dumps(said, ensure_ascii=False).encode() + b"\n")


def _shown(line: str) -> str:
    return "".join(one for one in line if one.isprintable()).strip()[:_MAX_CHARACTERS]
