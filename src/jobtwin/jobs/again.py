"""Trying again: what a passing fault cut off runs again, a bounded number of times, by the database's clock.

A worker's own clock may be wrong by days; the instant from which a job may run again is read from the
database while the job fails. Where not even that can be asked the job may run at once.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import ParamSpec

from django.db import Error, InterfaceError, OperationalError
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from jobtwin.store.clock import database_now

P = ParamSpec("P")

ATTEMPTS = 4
"""How often a check that met our own failure is tried; the last try records it."""
OUTAGE_ATTEMPTS = 40
"""How often a job is tried whose database, disk or network was gone; then somebody must look (JobsFailed)."""
LONGEST_WAIT_SECONDS = 60
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
"""An instant that is past by every clock."""


class TryAgain(Exception):
    """The platform could not do its part; the job is worth another attempt on any worker."""


class Passing(Exception):
    """A job failed for a reason that passes; `since` is the database's time, None where it did not answer."""

    def __init__(self, cause: BaseException, since: datetime | None) -> None:
        self.cause, self.since = cause, since
        super().__init__(f"{type(cause).__name__}: {cause}")


PASSING = (TryAgain, OperationalError, InterfaceError, ConnectorException, OSError)


def passing(function: Callable[P, None]) -> Callable[P, None]:
    """Tells passing faults of a task (its database, disk or network is gone) from all others."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except PASSING as error:
            since = None
            with suppress(Error):
                since = database_now()
            raise Passing(error, since) from error

    return run


class Again(BaseRetryStrategy):
    """Waits 3, 9, 27 seconds and then a minute; gives up after so many attempts as the fault is worth."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """None for a fault that no repetition mends."""
        if not isinstance(exception, Passing):
            return None
        most = ATTEMPTS if isinstance(exception.cause, TryAgain) else OUTAGE_ATTEMPTS
        if job.attempts >= most - 1:
            return None
        if exception.since is None:
            return RetryDecision(retry_at=AT_ONCE)
        wait = min(LONGEST_WAIT_SECONDS, 3 ** min(job.attempts + 1, 9))
        return RetryDecision(retry_at=exception.since + timedelta(seconds=wait))
