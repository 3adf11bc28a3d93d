"""The door to background work: a service defers by name, in its own transaction.

Jobs of a queue run by kind (a submission before a rehearsal), and within a kind the programmes take turns:
a job's turn is the one after the last that its programme waits for, and never before those that are served
already, so that a thousand jobs of one programme hold up another's first by one job. Turns are kept as
Procrastinate's priorities, which it serves in descending order. Verifications wait in a queue for each set of
needs (`verification.needs`); their turns are counted over all of these, as if they were one.
"""

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from jobtwin.store.models import Attempt
from jobtwin.store.platform import verification_needs
from jobtwin.telemetry.tracing import carried
from jobtwin.verification.needs import QUEUES, needs_of

JOBS = (
    "verify_submission",
    "review_submission",
    "compare_submission",
    "issue_credential",
    "erase_files",
    "rehearse",
    "replay_appeal",
    "deliver_events",
)
"""Every name that may be deferred; a test asserts that each is a registered task."""
VERIFYING = frozenset({"verify_submission", "rehearse", "replay_appeal"})
"""Those that run code of submissions: `defer_verification` queues them."""

SOONER = {"verify_submission": 2, "review_submission": 2, "replay_appeal": 1, "compare_submission": 1}
"""Ranks of jobs that go before others of their queue; the others have 0."""
RANK = 500_000_000
"""Turns in a rank: so many jobs would have to pass without the queue ever being empty."""

_WAITING = """
    FROM unnest(%(queues)s::text[]) AS beside (name)
    CROSS JOIN LATERAL (
        SELECT priority FROM procrastinate_jobs
        WHERE status = 'todo' AND scheduled_at IS NULL AND queue_name = beside.name
        AND priority BETWEEN %(top)s - %(rank)s + 1 AND %(top)s {whose}
        ORDER BY priority {first} LIMIT 1
    ) AS waiting
"""
_LAST_OF_PROGRAMME = _WAITING.format(whose="AND args ->> 'programme' = %(programme)s", first="ASC")
_NEXT_OF_ALL = _WAITING.format(whose="", first="DESC")
_PRIORITY = f"""
    SELECT least(
        coalesce((SELECT min(priority) {_LAST_OF_PROGRAMME}) - 1, %(top)s),
        coalesce((SELECT max(priority) {_NEXT_OF_ALL}), %(top)s)
    )
"""
"""After the programme's last one, and not before the one that is served next; see the indexes `turn_...`."""


def defer_alone(job: str, *, lock: str, **arguments: str) -> bool:
    """Queues a job that runs alone under its lock; False where one waits there already."""
    try:
        with transaction.atomic():
            app.configure_task(job, lock=lock, queueing_lock=lock).defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True


def defer_verification(job: str, *, attempt: Attempt, **arguments: str) -> None:
    """Queues a job that verifies: for workers that have what the attempt's brief needs."""
    needs = needs_of(attempt.brief_version.brief, verification_needs())
    defer(job, programme=attempt.programme_id, queue=needs.queue, **arguments)


def defer(job: str, *, programme: int | None = None, queue: str | None = None, **arguments: str) -> None:
    """Queues a job; it exists exactly if the surrounding transaction commits. It takes the trace along.

    `programme` is whose turn it is; jobs of none share the turns of one. `queue` is not the task's own.
    """
    if job not in JOBS:
        raise ValueError(f"unknown job: {job}")
    owner = str(programme or 0)
    trace = carried()
    beside = {"programme": owner} | ({"trace": trace} if trace else {})
    chosen = queue or app.configure_task(job).job.queue
    priority = _priority(job, chosen, owner)
    app.configure_task(job, queue=chosen, priority=priority).defer(**arguments, **beside)


def _priority(job: str, queue: str, programme: str) -> int:
    beside = list(QUEUES if queue in QUEUES else [queue])
    asked: dict[str, str | int | list[str]] = {"top": SOONER.get(job, 0) * RANK, "rank": RANK}
    with connection.cursor() as cursor:
        cursor.execute(_PRIORITY, asked | {"queues": beside, "programme": programme})
        priority: int = cursor.fetchone()[0]
        return priority
