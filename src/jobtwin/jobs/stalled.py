"""Jobs of workers without a heartbeat: another worker gets them, a bounded number of times.

A job that ends its worker (by its memory, say) would end one worker after the other. Deaths are counted;
after so many as JOBTWIN_WORKER_DEATHS allows the job is not begun again: it ends by our fault, and nobody's.
A worker runs several jobs, and all of them lose it; so a suspect's last two tries are made alone, one suspect
of a queue at a time, and what merely stood beside the guilty one is not given up with it.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from procrastinate import App, JobContext
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.worker import Worker

from jobtwin.jobs.again import AT_ONCE

ENDING = frozenset({"verify_submission", "rehearse", "replay_appeal", "review_submission"})
"""Tasks that end by themselves what they give up; any other job is then failed (JobsFailed)."""
DIED = "workers_died"
"""Under which a task finds the deaths in its context, once there are too many of them."""
TRIES_ALONE = 2

_COUNT = """
    INSERT INTO store_jobdeaths (job, deaths) VALUES (%(job)s, 1)
    ON CONFLICT (job) DO UPDATE SET deaths = store_jobdeaths.deaths + 1
"""
_DEATHS = "SELECT coalesce((SELECT deaths FROM store_jobdeaths WHERE job = %(job)s), 0) AS deaths"


class WorkersDied(Exception):
    """A job is given up because so many workers died with it."""


async def hand_on_stalled(app: App, *, silent_seconds: float, most_deaths: int) -> None:
    """Hands each of them on, and counts. One whose like waits already gives its lock up to that one, and is
    gone: two that wait under one queueing lock cannot be, and the one that waits could never begin.
    """
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds):
        with suppress(ConnectorException):  # another worker handed it on, or it ended after all
            try:
                deaths = 1 + await _deaths(app, job)
                alone = f"suspects of {job.queue}" if deaths >= most_deaths - TRIES_ALONE else None
                await app.job_manager.retry_job(job, retry_at=AT_ONCE, lock=job.lock or alone)
            except UniqueViolation:
                await app.job_manager.finish_job(job, status=Status.ABORTED, delete_job=True)
            else:
                await app.connector.execute_query_async(_COUNT, job=job.id)


def bounded(most: int) -> Callable[[Callable[[], Awaitable[Any]], JobContext, Worker], Awaitable[Any]]:
    """A worker's middleware: a job with which `most` workers died is told, or fails unless it is ENDING."""

    async def middleware(call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker) -> Any:
        deaths = await _deaths(worker.app, context.job) if context.job.attempts else 0
        if deaths >= most:
            if context.job.task_name not in ENDING:
                raise WorkersDied(f"{deaths} workers died with this job; it is given up")
            context.additional_context[DIED] = deaths
        return await call_next()

    return middleware


async def _deaths(app: App, job: Job) -> int:
    row = await app.connector.execute_query_one_async(_DEATHS, job=job.id)
    return int(row["deaths"])
