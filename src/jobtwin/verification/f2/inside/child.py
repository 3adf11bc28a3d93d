"""One child process with its log held to a size, and its time held to a limit."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence

TAIL_BYTES = 48 * 1024
_CHUNK = 64 * 1024
_LOOK_SECONDS = 0.05


class Child:
    """A process in a session of its own; standard output and error are one log, whose tail is kept."""

    def __init__(self, argv: Sequence[str], *, cap: int, environment: dict[str, str]) -> None:
        self.started = time.monotonic()
        self.length = 0
        self._cap = cap
        self._tail = bytearray()
        read, write = os.pipe()
        self._process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=write,
            stderr=write,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
        os.close(write)
        self._reader = threading.Thread(target=self._read, args=(read,), daemon=True)
        self._reader.start()

    def _read(self, number: int) -> None:
        with os.fdopen(number, "rb", buffering=0) as pipe:
            while chunk := pipe.read(_CHUNK):
                self.length += len(chunk)
                self._tail += chunk
                del self._tail[:-TAIL_BYTES]

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def flooded(self) -> bool:
        """Whether more than the cap was written."""
        return self.length > self._cap

    def log(self) -> str:
        """The tail of what was written."""
        return bytes(self._tail).decode("utf-8", "replace")

    def exit_code(self) -> int | None:
        """None while it runs; 128 and the signal where one ended it."""
        code = self._process.poll()
        return 128 - code if code is not None and code < 0 else code

    def wait(self, seconds: float, *, meanwhile: Callable[[], None] = lambda: None) -> int | None:
        """The exit code, or None where it still runs after `seconds` or has written too much."""
        deadline = time.monotonic() + seconds
        while self._process.poll() is None and not self.flooded and time.monotonic() < deadline:
            meanwhile()
            time.sleep(_LOOK_SECONDS)
        if self._process.poll() is not None:
            self._reader.join(1.0)
        return self.exit_code()

    def kill(self) -> None:
        """SIGKILL the session's first group and wait for the process."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(1.0)
