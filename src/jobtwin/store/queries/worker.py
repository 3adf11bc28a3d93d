"""Workers that are alive, who takes which queue, and what workers died of."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from jobtwin.core.check import Reason
from jobtwin.store.models import Attempt, CheckRecord, Person, Role
from jobtwin.store.queries.programme import programmes_with

SILENT_SECONDS = 30
"""A worker without a heartbeat for so long is not counted; its jobs are handed on long before."""

_ALIVE = """
    SELECT coalesce(notes.has, '{}'), coalesce(notes.queues, '{}'), coalesce(notes.capacity, 0), count(*)
    FROM procrastinate_workers AS workers LEFT JOIN store_workernote AS notes ON notes.worker = workers.id
    WHERE workers.last_heartbeat > %(now)s - make_interval(secs => %(silent)s)
    GROUP BY 1, 2, 3 ORDER BY 2, 1, 3
"""
_TAKERS = """
    WITH alive AS (
        SELECT notes.queues, notes.capacity FROM store_workernote AS notes
        JOIN procrastinate_workers AS workers ON workers.id = notes.worker
        WHERE workers.last_heartbeat > %(now)s - make_interval(secs => %(silent)s)
    ), waiting AS (
        SELECT queue_name AS name, count(*) AS jobs FROM procrastinate_jobs WHERE status = 'todo' GROUP BY 1
    ), named AS (
        SELECT DISTINCT unnest(queues) AS name FROM alive UNION SELECT name FROM waiting
    )
    SELECT name, coalesce((SELECT sum(capacity) FROM alive WHERE name = ANY (queues)), 0),
           coalesce((SELECT jobs FROM waiting WHERE waiting.name = named.name), 0)
    FROM named ORDER BY name
"""


@dataclass(frozen=True, slots=True)
class Alike:
    """So many workers that have the same, take the same queues, and run so many jobs each at once."""

    has: tuple[str, ...]
    queues: tuple[str, ...]
    capacity: int
    workers: int


@dataclass(frozen=True, slots=True)
class Taken:
    """How many jobs of a queue its live workers take at once, and how many wait."""

    queue: str
    capacity: int
    waiting: int

    @property
    def nobody(self) -> int:
        """Jobs that wait for a worker that is not there."""
        return 0 if self.capacity else self.waiting


def live_workers(now: datetime) -> tuple[Alike, ...]:
    """Workers with a heartbeat before `now` (the database's), alike ones together."""
    with connection.cursor() as cursor:
        cursor.execute(_ALIVE, {"now": now, "silent": SILENT_SECONDS})
        rows = cursor.fetchall()
    return tuple(
        Alike(tuple(has), tuple(queues), capacity, workers) for has, queues, capacity, workers in rows
    )


def takers(now: datetime) -> tuple[Taken, ...]:
    """Every queue that a live worker takes or a job waits in, by name."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKERS, {"now": now, "silent": SILENT_SECONDS})
        rows = cursor.fetchall()
    return tuple(Taken(name, int(capacity), int(waiting)) for name, capacity, waiting in rows)


def given_up(operator: Person) -> QuerySet[Attempt]:
    """Attempts of their programmes that nobody could verify because workers died with them, newest first."""
    checks = CheckRecord.objects.filter(reason=Reason.WORKERS_DIED.value)
    rows = Attempt.objects.filter(pk__in=checks.values("submission__attempt"))
    own = programmes_with(operator, Role.OPERATOR).order_by()
    return rows.filter(programme__in=own).select_related("learner").order_by("-submitted_at")
