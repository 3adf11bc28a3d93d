"""The web server's worker tells each request how long it waited for a thread."""

from collections.abc import Callable
from contextvars import copy_context
from types import SimpleNamespace
from typing import Any

import pytest

from jobtwin.config.queueing import QueueingWorker
from jobtwin.web.waited import WAITED, counted_wait


class Pool:
    """A pool whose threads are taken when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[Any], Any], Any]] = []

    def submit(self, handle: Callable[[Any], Any], conn: Any) -> Any:
        """Keeps what a thread will do."""
        self.waiting.append((handle, conn))
        return SimpleNamespace(add_done_callback=lambda _called: None)


def connection() -> Any:
    """A connection whose client went away before a thread looked: gunicorn reads nothing of it."""
    return SimpleNamespace(
        initialized=True, is_http2=False, init=lambda: None, parser=iter([None]),
        sock=SimpleNamespace(setblocking=lambda _flag: None),
    )  # fmt: skip


def test_each_request_knows_its_own_wait() -> None:
    worker = object.__new__(QueueingWorker)
    worker.tpool = Pool()
    times = iter((10.0, 11.0, 14.5, 15.0))
    worker.monotonic = lambda: next(times)
    worker.enqueue_req(connection())
    worker.enqueue_req(connection())
    waits = []
    for handle, conn in worker.tpool.waiting:
        thread = copy_context()
        thread.run(handle, conn)
        waits.append(thread[WAITED])
    assert waits == [4.5, 4.0]


def test_the_installed_server_has_this_worker() -> None:
    from gunicorn.config import Config

    from jobtwin.config import gunicorn

    config = Config()
    config.set("worker_class", gunicorn.worker_class)
    assert config.worker_class is QueueingWorker


@pytest.mark.parametrize(
    ("waited", "counted"), [(0.0, 0.0), (4.5, 4.5), (60.0, 60.0), (61.0, 60.0), (-1.0, 0.0)]
)
def test_at_most_so_many_seconds_count(
    waited: float, counted: float, caplog: pytest.LogCaptureFixture
) -> None:
    reset = WAITED.set(waited)
    try:
        assert counted_wait(most=60).total_seconds() == counted
    finally:
        WAITED.reset(reset)
    assert ("a request waited 61 s" in caplog.text) == (waited == 61.0)
