"""A worker whose jobs do nothing for 50 ms: what remains is the queue (python -m bench.queue.stub)."""

# ruff: noqa: PLC0415  Django is set up before the queue is loaded

import os
import time

SECONDS = 0.05
QUEUE = "bench"
TABLES = """
    CREATE TABLE IF NOT EXISTS bench_begun (job int, pid int, at timestamptz DEFAULT clock_timestamp());
    CREATE TABLE IF NOT EXISTS bench_done (job int, pid int, at timestamptz DEFAULT clock_timestamp());
    GRANT ALL ON bench_begun, bench_done TO PUBLIC;
"""


def stub(number: int) -> None:
    """Tells its beginning, waits, and records once: a second record of a job would be a row more."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_begun (job, pid) VALUES (%s, %s)", [number, os.getpid()])
        time.sleep(SECONDS)
        cursor.execute(
            "INSERT INTO bench_done (job, pid) SELECT %s, %s "
            "WHERE NOT EXISTS (SELECT 1 FROM bench_done WHERE job = %s)",
            [number, os.getpid(), number],
        )


def main() -> None:
    """Works on the bench's queue until SIGTERM."""
    from jobtwin.config.database import setup_django

    setup_django()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    app.task(name="bench_stub", queue=QUEUE)(stub)
    connector = app.connector
    if isinstance(connector, DjangoConnector):
        with app.replace_connector(connector.get_worker_connector()) as worker:
            worker.run_worker(queues=[QUEUE], concurrency=1, delete_jobs="successful")


if __name__ == "__main__":
    main()
