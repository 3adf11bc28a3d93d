"""Whether other work on the machine held a run up: what others used, and how often the run wanted more."""

import itertools
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_IDLE = slice(3, 5)
_ALL = slice(0, 8)
_TICK_SECONDS = 0.1
_MAX_THREADS = 300
_WANTS = "R"
"""The state of a thread that runs or waits for a processor (proc(5))."""


@dataclass(frozen=True, slots=True)
class Busy:
    """A look at the kernel's counters: processor seconds that all work has used, the number of
    processors, and the moment in seconds."""

    used: float
    processors: int
    at: float


def look(table: Path = Path("/proc/stat"), *, clock: Callable[[], float] = time.monotonic) -> Busy | None:
    """None where the kernel does not say. Source: proc(5), /proc/stat."""
    try:
        lines = table.read_text().splitlines()
        ticks = [int(one) for one in lines[0].split()[1:]]
    except (OSError, ValueError, IndexError):
        return None
    processors = sum(line.startswith("cpu") for line in lines) - 1
    used = (sum(ticks[_ALL]) - sum(ticks[_IDLE])) / os.sysconf("SC_CLK_TCK")
    return Busy(used, max(1, processors), clock())


def others_share(before: Busy | None, after: Busy | None, own: float | None) -> float | None:
    """The share (0 to 1) of all processors that others used between two looks; `own` are the processor
    seconds of the run itself, so that it cannot make the machine look busy."""
    if before is None or after is None or own is None or after.at <= before.at:
        return None
    capacity = (after.at - before.at) * after.processors
    return round(min(1.0, max(0.0, (after.used - before.used - own) / capacity)), 3)


class Wanting:
    """Samples processes: in which share of the looks did any of their threads want a processor? `members`
    gives their ids at each look."""

    def __init__(
        self,
        members: Callable[[], Iterable[str]],
        *,
        processes: Path = Path("/proc"),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._members, self._processes, self._clock = members, processes, clock
        self._next = clock()
        self._looks = self._wanted = 0

    def look(self) -> None:
        """One sample; does nothing where the last one was just now."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + _TICK_SECONDS
        self._looks += 1
        self._wanted += any(_state(one) == _WANTS for one in self._threads())

    @property
    def share(self) -> float | None:
        """0 to 1; None where nothing was sampled."""
        return round(self._wanted / self._looks, 3) if self._looks else None

    def _threads(self) -> Iterator[Path]:
        found = (one for pid in self._members() for one in self._threads_of(pid))
        return itertools.islice(found, _MAX_THREADS)

    def _threads_of(self, pid: str) -> list[Path]:
        """Empty where the process has ended meanwhile."""
        try:
            return [one / "stat" for one in (self._processes / pid / "task").iterdir()]
        except OSError:
            return []


def _state(stat: Path) -> str:
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, IndexError):
        return ""
