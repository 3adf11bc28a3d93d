"""python -m bench.queue [--jobs 10000] [--kills 20]: tables for docs/benchmarks.md."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.queue.stub import QUEUE, TABLES

TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def database() -> Iterator[None]:
    """A fresh durable database of its own, removed afterwards."""
    base = Path("/var/lib") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    folder = base / f"jobtwin-queue-{os.getpid()}"
    folder.mkdir(mode=0o755)
    for name in [one for one in os.environ if one.startswith(("JOBTWIN_", "DATABASE_URL"))]:
        del os.environ[name]
    os.environ |= {"JOBTWIN_HOME": str(folder / "home"), "JOBTWIN_KEYS": str(folder / "keys" / "ring")}
    from jobtwin.config.database import setup_django, start_database, stop_database

    setup_django()
    start_database()
    try:
        sql(TABLES, using="owner")
        yield
    finally:
        stop_database()
        shutil.rmtree(folder, ignore_errors=True)


def sql(statement: str, *values: int, using: str = "default") -> list[tuple[float, ...]]:
    """Rows of a statement."""
    from django.db import connections

    with connections[using].cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def queue_jobs(count: int) -> None:
    """Empties the tables and queues jobs numbered from 0."""
    from procrastinate.contrib.django import app

    sql("TRUNCATE bench_begun, bench_done", using="owner")
    jobs: list[dict[str, Any]] = [{"number": number} for number in range(count)]
    app.configure_task("bench_stub", queue=QUEUE, allow_unknown=True).batch_defer(*jobs)


def start(*module: str) -> subprocess.Popen[bytes]:
    """A process of ours in a group of its own."""
    return subprocess.Popen([sys.executable, "-m", *module], start_new_session=True, stdin=subprocess.DEVNULL)


def processor_seconds(pid: int) -> float:
    """What a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def done() -> int:
    return int(sql("SELECT count(*) FROM bench_done")[0][0])


def throughput(jobs: int, workers: int) -> tuple[float, float]:
    """Jobs a second, and CPU milliseconds of workers a job; counted between the first and the last record."""
    queue_jobs(jobs)
    started = [start("bench.queue.stub") for _ in range(workers)]
    while done() < jobs // 20:  # every worker is up
        time.sleep(0.1)
    before = done(), time.monotonic(), sum(processor_seconds(one.pid) for one in started)
    while done() < jobs * 0.95:
        time.sleep(0.2)
    after = done(), time.monotonic(), sum(processor_seconds(one.pid) for one in started)
    for one in started:
        os.killpg(one.pid, signal.SIGKILL)
        one.wait()
    sql("DELETE FROM procrastinate_jobs WHERE queue_name = 'bench'", using="owner")
    ran = after[0] - before[0]
    return ran / (after[1] - before[1]), 1000 * (after[2] - before[2]) / ran


def killed(jobs: int, kills: int) -> dict[str, float]:
    """Workers killed while they work: what was lost, doubled, and how long a killed job waited."""
    queue_jobs(jobs)
    house = start("jobtwin.cli.main", "worker", "--queues", "housekeeping")
    workers = [start("bench.queue.stub") for _ in range(2)]
    pick = random.Random(7)  # noqa: S311  which worker dies is no secret
    fallen: list[tuple[int, float]] = []
    while done() < jobs:
        if len(fallen) < kills and done() > jobs * len(fallen) / (kills + 1):
            victim = workers.pop(pick.randrange(len(workers)))
            os.killpg(victim.pid, signal.SIGKILL)
            fallen.append((victim.pid, float(sql("SELECT extract(epoch FROM clock_timestamp())")[0][0])))
            victim.wait()
            workers.append(start("bench.queue.stub"))
        time.sleep(0.1)
    for one in [house, *workers]:
        os.killpg(one.pid, signal.SIGKILL)
        one.wait()
    waits = [wait for pid, at in fallen if (wait := _waited(pid, at)) is not None]
    lost = jobs - int(sql("SELECT count(DISTINCT job) FROM bench_done")[0][0])
    return {
        "killed": len(fallen),
        "jobs cut off": len(waits),
        "lost": lost,
        "double records": done() - jobs + lost,
        "longest s until elsewhere": max(waits, default=0.0),
    }


def _waited(pid: int, at: float) -> float | None:
    """Seconds from the kill until the job that it cut off began elsewhere; None where it held none."""
    rows = sql(
        "SELECT extract(epoch FROM min(again.at)) FROM bench_begun AS cut JOIN bench_begun AS again "
        "ON again.job = cut.job AND again.pid <> cut.pid AND again.at > cut.at WHERE cut.pid = %s",
        pid,
    )
    return None if rows[0][0] is None else float(rows[0][0]) - at


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    asked = parser.parse_args()
    with database():
        print("| workers | jobs/s | jobs/s a worker | CPU ms a job (worker) |\n|---|---|---|---|")
        for workers in (1, 2, 4):
            rate, cpu = throughput(asked.jobs, workers)
            print(f"| {workers} | {rate:.1f} | {rate / workers:.2f} | {cpu:.1f} |", flush=True)
        print()
        for name, value in killed(asked.jobs // 5, asked.kills).items():
            print(f"{name}: {value:.1f}" if isinstance(value, float) else f"{name}: {value}", flush=True)


if __name__ == "__main__":
    main()
