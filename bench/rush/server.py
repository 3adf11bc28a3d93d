"""The instance under load: an embedded PostgreSQL of its own, and gunicorn as `jobtwin serve` runs it."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.instance import database, own_folder, own_settings, postgres_process

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Served:
    """Where the server listens, and the processes whose time is counted."""

    port: int
    web: int
    postgres: int


@contextmanager
def served(threads: int, processes: int) -> Iterator[Served]:
    """A fresh, migrated, durable database with keys and the sample, and a web server with so many threads and
    processes (0: as it is set by itself); all of it is removed afterwards."""
    folder, port = own_folder("rush"), _free_port()
    own_settings(
        folder,
        JOBTWIN_ORIGIN=f"http://127.0.0.1:{port}",
        JOBTWIN_LOCAL_SOURCES=f"sample={folder / 'sample'}",
    )
    from jobtwin.cli.sample import make_sample

    make_sample(folder / "sample")
    try:
        with database(), _web(port, threads, processes) as web:
            yield Served(port, web, postgres_process(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def cpu_seconds(root: int) -> float:
    """CPU time of a process, of its living descendants, and of those that it has waited for."""
    parents: dict[int, list[int]] = {}
    times: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(entry.name))
        times[int(entry.name)] = sum(map(int, fields[11:15]))
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        total += times.get(pid, 0)
        todo += parents.get(pid, [])
    return total / TICKS


@contextmanager
def _web(port: int, threads: int, processes: int) -> Iterator[int]:
    command = ["-m", "gunicorn", "--config", "python:jobtwin.config.gunicorn", "jobtwin.config.wsgi"]
    command += ["--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(processes)] if processes else []
    command += ["--threads", str(threads)] if threads else []
    web = subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL)
    try:
        while web.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield web.pid
    finally:
        web.terminate()
        web.wait(60)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
