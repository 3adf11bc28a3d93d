"""Jobs of workers without a heartbeat: another worker gets them."""

from contextlib import suppress

from procrastinate import App
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from jobtwin.jobs.again import AT_ONCE


async def hand_on_stalled(app: App, *, silent_seconds: float) -> None:
    """Hands each of them on. One whose like waits already gives its lock up to that one, and is gone:
    two that wait under one queueing lock cannot be, and the one that waits could never begin.
    """
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds):
        with suppress(ConnectorException):  # another worker handed it on, or it ended after all
            try:
                await app.job_manager.retry_job(job, retry_at=AT_ONCE)
            except UniqueViolation:
                await app.job_manager.finish_job(job, status=Status.ABORTED, delete_job=True)
