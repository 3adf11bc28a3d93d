"""Runs one prepared process to its end: reads its pipes within their caps, holds it to its times."""

import contextlib
import os
import re
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from jobtwin.verification.engine import Limit, Limits

TAIL_BYTES = 64 * 1024
STATUS_BYTES = 512 * 1024
_TICK = 0.1
_CHUNK = 64 * 1024
_ESCAPES = re.compile(
    r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-_])|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)


def clean_text(raw: bytes) -> str:
    """Log bytes as text without escape sequences and control characters; newlines and tabs stay."""
    return _ESCAPES.sub("", raw.decode("utf-8", "replace").replace("\r\n", "\n"))


@dataclass
class Stream:
    """What came through one pipe: its whole length, and either all of it or its tail."""

    cap: int
    keep_all: bool
    length: int = 0
    chunks: deque[bytes] = field(default_factory=deque)
    kept: int = 0

    def add(self, chunk: bytes) -> bool:
        """Take a chunk; False once more than the cap came."""
        self.length += len(chunk)
        if self.length > self.cap:
            chunk = chunk[: max(0, len(chunk) - (self.length - self.cap))]
        self.chunks.append(chunk)
        self.kept += len(chunk)
        while not self.keep_all and self.kept - len(self.chunks[0]) > TAIL_BYTES:
            self.kept -= len(self.chunks.popleft())
        return self.length <= self.cap

    def value(self) -> bytes:
        whole = b"".join(self.chunks)
        return whole if self.keep_all else whole[-TAIL_BYTES:]


@dataclass(frozen=True)
class Supervised:
    """How the process ended: `killed_for` names the limit for which it was killed."""

    killed_for: Limit | None
    wall_seconds: float
    stdout: bytes
    stderr: bytes
    result: bytes
    status: bytes


@dataclass(frozen=True)
class Watch:
    """What can be asked and done while a process runs; `hear` gets what comes through the status pipe."""

    cpu_seconds: Callable[[], float | None]
    kill: Callable[[], None]
    look: Callable[[], None] = lambda: None
    hear: Callable[[bytes], None] = lambda _: None


def supervise(
    command: Callable[[int, int], Sequence[str]],
    *,
    limits: Limits,
    stdin: bytes,
    watch: Watch,
    clock: Callable[[], float] = time.monotonic,
) -> Supervised:
    """Start a command with an empty environment and wait for it, and for nothing it left behind.

    `command` is told the numbers under which the child finds the pipes for results and for status.
    Raises OSError where it cannot start.
    """
    pipes = {name: os.pipe() for name in ("stdin", "stdout", "stderr", "result", "status")}
    started = clock()
    try:
        process = _spawn(command(pipes["result"][1], pipes["status"][1]), pipes)
    except OSError:
        for pair in pipes.values():
            _close(*pair)
        raise
    with contextlib.suppress(BrokenPipeError):
        os.write(pipes["stdin"][1], stdin)
    _close(pipes["stdin"][1])
    streams = {
        "stdout": Stream(limits.output_bytes, keep_all=False),
        "stderr": Stream(limits.output_bytes, keep_all=False),
        "result": Stream(limits.result_bytes, keep_all=True),
        "status": Stream(STATUS_BYTES, keep_all=True),
    }
    try:
        killed_for = _read_all(
            process, pipes, streams, limits=limits, watch=watch, clock=clock, started=started
        )
    finally:
        watch.kill()
        _end(process)
        _close(*(pipes[name][0] for name in streams))
    values = {name: stream.value() for name, stream in streams.items()}
    return Supervised(killed_for, clock() - started, **values)


def _spawn(argv: Sequence[str], pipes: dict[str, tuple[int, int]]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        argv,
        stdin=pipes["stdin"][0],
        stdout=pipes["stdout"][1],
        stderr=pipes["stderr"][1],
        pass_fds=(pipes["result"][1], pipes["status"][1]),
        env={},
        cwd="/",
        start_new_session=True,
    )
    _close(pipes["stdin"][0], *(pipes[name][1] for name in ("stdout", "stderr", "result", "status")))
    return process


def _read_all(
    process: subprocess.Popen[bytes],
    pipes: dict[str, tuple[int, int]],
    streams: dict[str, Stream],
    *,
    limits: Limits,
    watch: Watch,
    clock: Callable[[], float],
    started: float,
) -> Limit | None:
    with selectors.DefaultSelector() as selector:
        for name in streams:
            selector.register(pipes[name][0], selectors.EVENT_READ, name)
        while selector.get_map():
            for key, _ in selector.select(_TICK):
                chunk = os.read(key.fd, _CHUNK)
                if not chunk:
                    selector.unregister(key.fd)
                elif not streams[key.data].add(chunk):
                    return Limit.RESULT if key.data in {"result", "status"} else Limit.OUTPUT
                elif key.data == "status":
                    watch.hear(chunk)
            if clock() - started > limits.wall_seconds:
                return Limit.WALL
            watch.look()
            used = watch.cpu_seconds()
            if used is not None and used > limits.cpu_seconds:
                return Limit.CPU
    process.wait()
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _close(*numbers: int) -> None:
    for number in numbers:
        with contextlib.suppress(OSError):
            os.close(number)
