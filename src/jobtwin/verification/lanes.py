"""Checks at the same time: each lane in a thread, everything that is told in the caller's own."""

import os
import queue
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from jobtwin.core.check import CheckResult
from jobtwin.core.errors import BadInput
from jobtwin.verification.events import Event, OnEvent
from jobtwin.verification.f2.settings import MIB, ContainerSettings
from jobtwin.verification.settings import VerificationSettings

RunOne = Callable[[str, OnEvent], CheckResult]
SPARE_BYTES = 1024 * MIB
"""What is left to the machine beside two checks at their limits."""


def in_lanes(lanes: Sequence[Sequence[str]], run: RunOne, on_event: OnEvent) -> dict[str, CheckResult]:
    """The results by check. One lane needs no thread. `on_event` is called by the calling thread alone:
    a listener may hold a connection or a terminal. Where it raises, the lanes end first."""
    if len(lanes) == 1:
        return {check_id: run(check_id, on_event) for check_id in lanes[0]}
    told: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
    results: dict[str, CheckResult] = {}
    threads = [threading.Thread(target=_lane, args=(lane, run, told, results)) for lane in lanes]
    for thread in threads:
        thread.start()
    try:
        open_lanes = len(lanes)
        while open_lanes:
            event = told.get()
            if event is None:
                open_lanes -= 1
            else:
                on_event(event)
    finally:
        for thread in threads:
            thread.join()
    return results


def _lane(
    lane: Sequence[str],
    run: RunOne,
    told: "queue.SimpleQueue[Event | None]",
    results: dict[str, CheckResult],
) -> None:
    try:
        for check_id in lane:
            results[check_id] = run(check_id, told.put)
    finally:
        told.put(None)


def may_overlap(settings: VerificationSettings, *, available: int | None = None) -> bool:
    """Whether two lanes may run: `overlap` is set, and both fit into the free memory at their limits."""
    try:
        box = ContainerSettings.from_environment(os.environ, cache=settings.cache)
    except BadInput:  # the container check says so itself
        return False
    free = free_memory() if available is None else available
    return settings.overlap and free >= settings.limits.memory_bytes + box.memory_bytes + SPARE_BYTES


def free_memory(table: Path = Path("/proc/meminfo")) -> int:
    """Bytes that the kernel could give to new programs; 0 where it does not say."""
    try:
        lines = table.read_text().splitlines()
    except OSError:
        return 0
    amounts = [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")]
    return amounts[0] if amounts else 0
