"""An instance to break: embedded database, supervised web and workers, a folder removed afterwards."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.faults.exam import REPOSITORY
from bench.instance import database, own_folder, own_settings

WEB = ("-m", "gunicorn", "--config", "python:jobtwin.config.gunicorn", "jobtwin.config.wsgi")
WORKER = ("-m", "jobtwin.cli.main", "worker", "--concurrency", "1")


@dataclass
class Kept:
    """A process that is started again whenever it ends, as systemd would."""

    arguments: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    starts: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it in a group of its own."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.before, sys.executable, *self.arguments],
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.starts += 1

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def signal(self, number: signal.Signals) -> None:
        """To this process alone."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)


@dataclass
class Instance:
    """Where things are, and the processes that are kept alive."""

    folder: Path
    port: int
    commit: str
    kept: list[Kept] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)

    def keep(self, arguments: tuple[str, ...], environment: Mapping[str, str], *before: str) -> Kept:
        """Starts a process and keeps it alive until the end."""
        log = self.folder / f"{arguments[-1].replace('/', '_')}-{len(self.kept)}.log"
        one = Kept(arguments, log, environment, before)
        with self._lock:
            one.start()
            self.kept.append(one)
        return one

    def workers(self, count: int, **environment: str) -> list[Kept]:
        """Real workers, one job at a time each."""
        return [self.keep(WORKER, environment) for _ in range(count)]

    def web(self, **environment: str) -> Kept:
        """The web server, once it answers."""
        bind = {"JOBTWIN_WEB_BIND": f"127.0.0.1:{self.port}", "JOBTWIN_WEB_WORKERS": "2"}
        one = self.keep(WEB, bind | environment)
        until(lambda: _listens(self.port), 60)
        return one

    def end(self, *which: Kept) -> None:
        """Ends processes (all, where none is named) by SIGKILL to their groups."""
        with self._lock:
            going = list(which or self.kept)
            self.kept = [one for one in self.kept if one not in going]
        for one in going:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGKILL)
            if one.process:
                one.process.wait()

    def watch(self) -> None:
        """Starts again what ended, until the instance does."""
        while not self._ended.wait(0.2):
            with self._lock:
                for one in self.kept:
                    if one.process is not None and one.process.poll() is not None:
                        with contextlib.suppress(ProcessLookupError):
                            os.killpg(one.pid, signal.SIGKILL)
                        one.start()

    def close(self) -> None:
        """Ends the watch and every process."""
        self._ended.set()
        self.end()


@contextmanager
def instance(folder: Path | None = None) -> Iterator[Instance]:
    """A fresh one; `folder` is where its database lives (a small disk, say)."""
    from jobtwin.cli.processes import GRACE_SECONDS  # noqa: F401  the package is installed
    from jobtwin.source.repository import commit_folder

    base, port = folder or own_folder("faults"), _free_port()
    own_settings(
        base,
        JOBTWIN_WORK=str(base / "work"),
        JOBTWIN_ORIGIN=f"http://127.0.0.1:{port}",
        JOBTWIN_LOCAL_SOURCES=f"honest={base / 'honest'}",
        JOBTWIN_AFTER_CPU_SECONDS="0",
    )
    (base / "files").mkdir()
    for name, text in REPOSITORY.items():
        (base / "files" / name).write_text(text)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    commit = commit_folder(base / "files", base / "honest", message="Sums", moment=moment)
    one = Instance(base, port, commit)
    try:
        with database(), contextlib.closing(one):
            threading.Thread(target=one.watch, daemon=True).start()
            yield one
    finally:
        if folder is None:
            shutil.rmtree(base, ignore_errors=True)


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Waits for a condition; False where it does not come true in time, database away or not."""
    from django.db import Error, connection

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if condition():
                return True
        except Error:
            connection.close()
        time.sleep(0.2)
    return False


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[None]:
    """A file system in memory of so many MiB, mounted at the folder (needs root)."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={mebibytes}m,mode=0755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "jobtwin-faults", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Takes all that is left of a disk; the file that holds it."""
    ballast = folder / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 65536)
    return ballast


def descendants(pid: int) -> list[int]:
    """Processes below one, the nearest first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        below = children.get(todo.pop(0), [])
        found += below
        todo += below
    return found


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
