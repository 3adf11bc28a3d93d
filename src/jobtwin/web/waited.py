"""How long a request waited for a thread of the web server before anything of ours saw it."""

import logging
from contextvars import ContextVar
from datetime import timedelta

log = logging.getLogger(__name__)

WAITED: ContextVar[float] = ContextVar("waited", default=0.0)
"""Seconds of the request that this thread answers, measured by our own process (`config.queueing`): never
what a client says. 0 where a server tells nothing."""


def counted_wait(*, most: int) -> timedelta:
    """What is taken from the database's time to have that of the arrival: at most `most` seconds."""
    waited = max(0.0, WAITED.get())
    if waited > most:
        log.warning("a request waited %.0f s for a thread; it counts as if it had waited %d", waited, most)
    return timedelta(seconds=min(waited, most))
