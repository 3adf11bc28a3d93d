"""python -m bench.queue [--jobs 10000] [--workers 1,2,4] [--kills 20]: tables for docs/benchmarks.md."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.instance import instance, postgres_process
from bench.queue.stub import QUEUE, TABLES
from bench.rush.server import cpu_seconds


@contextmanager
def database() -> Iterator[int]:
    """A fresh database with the tables of the benchmark; gives the server's process."""
    with instance("queue") as folder:
        sql(TABLES, using="owner")
        yield postgres_process(folder)


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


def done() -> int:
    return int(sql("SELECT count(*) FROM bench_done")[0][0])


@dataclass(frozen=True)
class Rate:
    """One row: jobs a second, and CPU milliseconds a job of the workers and of the database."""

    jobs_a_second: float
    worker_ms: float
    database_ms: float


def throughput(jobs: int, workers: int, postgres: int) -> Rate:
    """Counted while every worker is up, from a twentieth of the jobs to nineteen twentieths."""
    queue_jobs(jobs)
    started = [start("bench.queue.stub") for _ in range(workers)]

    def spent() -> tuple[int, float, float, float]:
        return done(), time.monotonic(), sum(cpu_seconds(one.pid) for one in started), cpu_seconds(postgres)

    while done() < jobs // 20:
        time.sleep(0.1)
    before = spent()
    while done() < jobs * 0.95:
        time.sleep(0.2)
    after = spent()
    for one in started:
        os.killpg(one.pid, signal.SIGKILL)
        one.wait()
    sql("DELETE FROM procrastinate_jobs WHERE queue_name = 'bench'", using="owner")
    ran, seconds, worker, server = (later - earlier for later, earlier in zip(after, before, strict=True))
    return Rate(ran / seconds, 1000 * worker / ran, 1000 * server / ran)


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
    parser.add_argument("--workers", default="1,2,4", help="how many, one row each")
    parser.add_argument("--kills", type=int, default=20)
    asked = parser.parse_args()
    with database() as postgres:
        print(
            "| workers | jobs/s | jobs/s a worker | CPU ms a job (worker) | (database) |\n"
            "|---|---|---|---|---|"
        )
        for workers in [int(one) for one in asked.workers.split(",") if one]:
            one = throughput(asked.jobs, workers, postgres)
            rate = f"{one.jobs_a_second:.1f} | {one.jobs_a_second / workers:.2f}"
            print(f"| {workers} | {rate} | {one.worker_ms:.1f} | {one.database_ms:.1f} |", flush=True)
        print()
        if asked.kills:
            for name, value in killed(asked.jobs, asked.kills).items():
                print(f"{name}: {value:.1f}" if isinstance(value, float) else f"{name}: {value}", flush=True)


if __name__ == "__main__":
    main()
