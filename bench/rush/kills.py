"""Killing processes in the middle of a rush: a web process, and a worker with all that it runs."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """`jobtwin worker` in a process group of its own."""
    command = [sys.executable, "-m", "jobtwin.cli.main", "worker"]
    process = subprocess.Popen(
        command, start_new_session=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def kill_at(web: int, working: subprocess.Popen[bytes], at: float) -> threading.Thread:
    """Kills a web process and the worker at that instant of `time.perf_counter`; gunicorn starts another."""

    def strike() -> None:
        time.sleep(max(0.0, at - time.perf_counter()))
        os.kill(children(web)[0], signal.SIGKILL)
        os.killpg(working.pid, signal.SIGKILL)

    thread = threading.Thread(target=strike)
    thread.start()
    return thread


def children(parent: int) -> list[int]:
    """The processes that a process has started, the oldest first."""
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return sorted(int(one) for one in found)
