"""The web server's worker: gunicorn's threads, and each request knows how long it waited for one."""

import time
from collections.abc import Callable
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from jobtwin.web.waited import WAITED


class QueueingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
    """Notes when a connection has something to read, and tells the thread that takes it.

    Only the wait for a thread counts. How long a client then takes to send its request does not: whoever
    connects before a deadline and goes on after it gains nothing.
    """

    monotonic: Callable[[], float] = staticmethod(time.monotonic)

    def enqueue_req(self, conn: Any) -> None:
        """Runs in the loop that watches all connections, as soon as one is accepted or readable."""
        conn.queued_at = self.monotonic()
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Runs in a thread of the pool."""
        WAITED.set(self.monotonic() - conn.queued_at)
        return super().handle(conn)
