"""A worker process: takes jobs until it is asked to stop, and outlives its database."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from procrastinate import App, JobContext
from procrastinate.app import WorkerOptions
from procrastinate.connector import BaseAsyncConnector
from procrastinate.contrib.django import app, connector_params
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.periodic import PeriodicDeferrer
from procrastinate.worker import Worker

from jobtwin.jobs.stalled import bounded

PAUSE_SECONDS = 2.0
"""Between two attempts to reach a database that does not answer."""
KNOCK_SECONDS = 30
"""How long one attempt may take."""

NOW = "SELECT extract(epoch FROM clock_timestamp()) AS now"
NOTE = """
    INSERT INTO store_workernote (worker, has, queues, capacity, since)
    VALUES (%(worker)s, %(has)s, %(queues)s, %(capacity)s, clock_timestamp())
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker takes: queues, jobs at a time, the seconds that running jobs get at its end, and the
    labels that it has (`verification.needs`)."""

    queues: list[str]
    concurrency: int
    grace_seconds: float
    has: tuple[str, ...] = ()


def work(asked: Work) -> None:
    """Runs jobs until SIGTERM or SIGINT.

    A worker whose database went away finishes what it can and begins anew once it answers.
    """
    asyncio.run(_until_stopped(asked))


async def _until_stopped(asked: Work) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    while not stop.is_set():
        try:
            if not await answered(_knock, stop):
                return
            # A pool that could not be opened is of no further use, so each life has one of its own.
            with app.replace_connector(_worker_connector()) as worker:
                await _live(worker, stop, asked)
        except (ConnectorException, psycopg.Error) as error:
            log.warning("the database did not answer (%s); trying again", error.__cause__ or error)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PAUSE_SECONDS)


def _worker_connector() -> BaseAsyncConnector:
    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("the job queue is not wired to Django's database")
    return connector.get_worker_connector()


async def _live(worker: App, stop: asyncio.Event, asked: Work) -> None:
    """One life of the worker: ends when it was asked to, or with its connections."""
    async with worker.open_async():
        running = asyncio.ensure_future(_worker(worker, asked).run())  # type: ignore[no-untyped-call]  # it has no annotation
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            running.cancel()
        stopping.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def _knock() -> None:
    """Connects once: a pool that waits for its first connection cannot be stopped, a connection can."""
    asked = {"connect_timeout": KNOCK_SECONDS} | connector_params()
    await (await psycopg.AsyncConnection.connect(**asked)).close()


async def answered(knock: Callable[[], Coroutine[Any, Any, None]], stop: asyncio.Event) -> bool:
    """Whether the database answered; False where the worker was asked to stop before. Raises as the knock."""
    knocking, stopping = asyncio.ensure_future(knock()), asyncio.ensure_future(stop.wait())
    await asyncio.wait({knocking, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if knocking.done():
        await knocking
        return True
    knocking.cancel()
    with suppress(asyncio.CancelledError):
        await knocking
    return False


def _worker(app: App, asked: Work) -> Worker:
    app.perform_import_paths()  # type: ignore[no-untyped-call]  # it has no annotation
    options: WorkerOptions = {
        **app.worker_defaults,
        "queues": asked.queues,
        "concurrency": asked.concurrency,
        "shutdown_graceful_timeout": asked.grace_seconds,
        "delete_jobs": "successful",
        "install_signal_handlers": False,
        "worker_middleware": [heartbeat, bounded(settings.JOBTWIN.worker_deaths)],
    }
    return LabelledWorker(app, has=asked.has, **options)


class LabelledWorker(Worker):
    """A worker that tells the database what it has, and whose periodic tasks follow the database's clock.

    By its own, a clock that was set back would hold up its housekeeping until the time is reached again.
    """

    def __init__(self, app: App, *, has: tuple[str, ...], **options: Any) -> None:
        super().__init__(app, **options)
        self._has = has

    async def _run_loop(self) -> None:
        await self.app.connector.execute_query_async(
            NOTE,
            worker=self.worker_id,
            has=list(self._has),
            queues=list(self.queues or ()),
            capacity=self.concurrency,
        )
        await super()._run_loop()  # type: ignore[no-untyped-call]  # it has no annotation

    async def _periodic_deferrer(self) -> None:
        await DatabaseTicks(self.app).worker()


class DatabaseTicks(PeriodicDeferrer):
    """Defers periodic tasks at the database's time."""

    def __init__(self, app: App) -> None:
        super().__init__(registry=app.periodic_registry)
        self._connector = app.connector

    async def worker(self) -> None:
        """Goes on until it is cancelled, or a query fails."""
        while True:
            row = await self._connector.execute_query_one_async(NOW)
            now = float(row["now"])
            await self.defer_jobs(jobs_to_defer=self.get_previous_tasks(at=now))
            await self.wait(next_tick=self.get_next_tick(at=now))


async def heartbeat(call_next: Callable[[], Awaitable[Any]], _context: JobContext, worker: Worker) -> Any:
    """Goes on telling that the worker lives while a job runs: also while it drains, when Procrastinate's own
    heartbeat has ended and others would take over jobs that are about to finish."""
    beating = asyncio.ensure_future(_beat(worker))
    try:
        return await call_next()
    finally:
        beating.cancel()


async def _beat(worker: Worker) -> None:
    while worker.worker_id is not None:
        with suppress(ConnectorException):
            await worker.app.job_manager.update_heartbeat(worker.worker_id)
        await asyncio.sleep(worker.update_heartbeat_interval)
