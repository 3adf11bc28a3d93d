"""What passes is tried again by the database's clock; what does not is left for people."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("database")]

SINCE = datetime(2026, 11, 1, 9, tzinfo=UTC)


def decided(error: Exception, attempts: int) -> Any:
    """What the strategy says about a job that failed so often before."""
    from jobtwin.jobs.again import Again

    return Again().get_retry_decision(exception=error, job=SimpleNamespace(attempts=attempts))  # type: ignore[arg-type]


def test_waits_grow_to_a_minute_from_the_instant_that_the_database_told() -> None:
    from jobtwin.jobs.again import Passing

    waits = [decided(Passing(OSError("full"), SINCE), n).retry_at - SINCE for n in range(6)]
    assert [one / timedelta(seconds=1) for one in waits] == [3, 9, 27, 60, 60, 60]


def test_our_own_failure_is_tried_four_times_and_an_outage_forty() -> None:
    from jobtwin.jobs.again import Passing, TryAgain

    assert decided(Passing(TryAgain("crashed"), SINCE), 2) is not None
    assert decided(Passing(TryAgain("crashed"), SINCE), 3) is None
    assert decided(Passing(OSError("full"), SINCE), 38) is not None
    assert decided(Passing(OSError("full"), SINCE), 39) is None


def test_a_fault_that_no_repetition_mends_is_not_tried_again() -> None:
    assert decided(ValueError("a bug"), 0) is None


def test_without_a_database_to_ask_the_job_may_run_at_once() -> None:
    from jobtwin.jobs.again import AT_ONCE, Passing

    assert decided(Passing(OSError("gone"), None), 5).retry_at == AT_ONCE


@pytest.mark.usefixtures("db")
def test_a_task_tells_what_passes_with_the_databases_time() -> None:
    from django.db import OperationalError

    from jobtwin.jobs.again import Passing, passing
    from jobtwin.store.clock import database_now

    def fails(error: Exception) -> None:
        raise error

    before = database_now()
    with pytest.raises(Passing) as told:
        passing(fails)(OperationalError("the connection is closed"))
    assert told.value.since is not None
    assert before <= told.value.since <= database_now()
    with pytest.raises(ValueError, match="a bug"):
        passing(fails)(ValueError("a bug"))


def test_a_worker_that_drains_goes_on_telling_that_it_lives() -> None:
    from procrastinate.exceptions import ConnectorException

    from jobtwin.jobs.working import heartbeat

    beats: list[int] = []
    enough = asyncio.Event()

    async def update_heartbeat(worker_id: int) -> None:
        beats.append(worker_id)
        if len(beats) == 2:
            raise ConnectorException("the database is away for a moment")
        if len(beats) == 3:
            enough.set()

    manager = SimpleNamespace(update_heartbeat=update_heartbeat)
    worker = SimpleNamespace(
        worker_id=7, update_heartbeat_interval=0, app=SimpleNamespace(job_manager=manager)
    )

    async def job() -> str:
        await enough.wait()
        return "done"

    assert asyncio.run(heartbeat(job, None, worker)) == "done"  # type: ignore[arg-type]
    assert beats[:3] == [7, 7, 7]


def test_a_worker_that_waits_for_its_first_connection_stops_when_it_is_asked_to() -> None:
    from jobtwin.jobs.working import answered

    ended: list[str] = []

    async def lived() -> bool:
        stop = asyncio.Event()

        async def knock() -> None:
            stop.set()  # SIGTERM arrives, and the database never answers
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("the connection is given up")

        return await answered(knock, stop)

    assert asyncio.run(lived()) is False
    assert ended == ["the connection is given up"]


def test_a_worker_begins_once_its_database_answers_and_tells_why_it_did_not() -> None:
    from jobtwin.jobs.working import answered

    async def open_door() -> None:
        """The database answers."""

    async def closed_door() -> None:
        raise OSError("refused")

    async def lived(knock: Any) -> bool:
        return await answered(knock, asyncio.Event())

    assert asyncio.run(lived(open_door)) is True
    with pytest.raises(OSError, match="refused"):
        asyncio.run(lived(closed_door))


def test_periodic_tasks_follow_the_databases_clock() -> None:
    from procrastinate.contrib.django import app

    from jobtwin.jobs.working import DatabaseTicks

    told = iter([1_000_000_003.0, 1_000_000_013.0])  # one tick of every ten seconds between them
    ticks: list[int] = []

    class Connector:
        async def execute_query_one_async(self, _query: str) -> dict[str, float]:
            return {"now": next(told)}

    class Watched(DatabaseTicks):
        async def defer_jobs(self, jobs_to_defer: Any) -> None:
            ticks.extend(at for one, at in jobs_to_defer if one.task.name == "submit_last_drafts")

        async def wait(self, next_tick: float) -> None:
            assert next_tick <= 10

    source = SimpleNamespace(periodic_registry=app.periodic_registry, connector=Connector())
    with pytest.raises(RuntimeError):  # the told times are used up
        asyncio.run(Watched(source).worker())  # type: ignore[arg-type]
    assert ticks == [1_000_000_000, 1_000_000_010]
