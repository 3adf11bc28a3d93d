"""How busy the machine was with other work while a run went: what held it up may not be its own doing."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_IDLE = slice(3, 5)
_ALL = slice(0, 8)


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
