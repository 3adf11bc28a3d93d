"""Child processes of `serve` and `demo`: this same program, with its environment, ended together."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

GRACE_SECONDS = 35
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


def jobtwin_process(*arguments: str) -> subprocess.Popen[bytes]:
    """Starts `jobtwin ARGUMENTS` as a child in a process group of its own."""
    return python_process("-m", "jobtwin.cli.main", *arguments)


def python_process(*arguments: str) -> subprocess.Popen[bytes]:
    """Starts our own interpreter as a child in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_end_with_parent,  # noqa: PLW1509  the parent has one thread when it starts children
    )


def _end_with_parent() -> None:
    """The kernel sends SIGTERM to this child when its parent dies, even by SIGKILL (Linux, prctl(2))."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def ended_together(*children: subprocess.Popen[bytes]) -> Iterator[None]:
    """Ends the children when the block ends: SIGTERM, then SIGKILL for those that ignore it."""
    try:
        yield
    finally:
        for child in children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in children:
            try:
                child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
