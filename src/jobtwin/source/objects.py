"""Objects: the bytes behind an object id, from one `git cat-file --batch` that stays open."""

import os
import select
import subprocess
import threading
import time
import weakref
from contextlib import ExitStack
from pathlib import Path

from jobtwin.core.errors import OutsideFailure
from jobtwin.source.git import Git

_CHUNK = 1024 * 1024


class ObjectReader:
    """Reads blobs of one git directory. Safe for several threads: they take turns.

    The process starts with the first question and ends with `close`, or when the reader is no longer
    used. After a failure the next question starts a fresh one. `seconds` bounds one answer.
    """

    def __init__(self, git: Git, git_dir: Path, *, seconds: float = 30.0) -> None:
        self._git = git
        self._git_dir = git_dir
        self._seconds = seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._running = ExitStack()
        weakref.finalize(self, self._running.close)

    def read(self, blob: str, size: int) -> bytes:
        """The `size` bytes of the blob with this id. Raises OutsideFailure where git does not give them."""
        with self._lock:
            try:
                return self._answer(self._ask(blob), f"{blob} blob {size}\n".encode(), size)
            except OSError as error:
                self._drop()
                raise OutsideFailure("reading the stored repository failed", retry=True) from error

    def close(self) -> None:
        """End the process. A later question starts it again."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        self._process = None
        self._running.close()

    def _ask(self, blob: str) -> int:
        if self._process is None:
            self._process = self._running.enter_context(
                self._git.start(f"--git-dir={self._git_dir}", "cat-file", "--batch", stdin=subprocess.PIPE)
            )
        pipes = self._process
        if pipes.stdin is None or pipes.stdout is None:
            raise OSError("git has no pipes")
        os.write(pipes.stdin.fileno(), f"{blob}\n".encode())
        return pipes.stdout.fileno()

    def _answer(self, pipe: int, header: bytes, size: int) -> bytes:
        """The content behind `header` in what git writes: header, content, line break."""
        end = time.monotonic() + self._seconds
        wanted = len(header) + size + 1
        answer = bytearray()
        while len(answer) < wanted:
            ready, _, _ = select.select([pipe], [], [], max(0.0, end - time.monotonic()))
            piece = os.read(pipe, min(_CHUNK, wanted - len(answer))) if ready else b""
            answer += piece
            if not piece or not answer.startswith(header[: len(answer)]):
                raise OSError("git gave another answer")
        return bytes(memoryview(answer)[len(header) : -1])
