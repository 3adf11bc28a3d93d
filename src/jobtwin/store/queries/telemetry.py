"""What monitoring asks the database: queues, workers, deadlines of marks, ledgers."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from jobtwin.core.attempt import AttemptState
from jobtwin.store.queries.worker import Taken, live_workers, takers

AT_RISK_SHARE = 0.8
"""A mark is at risk once this share of its time has passed without a seal."""

_QUEUES = """
    SELECT jobs.queue_name, jobs.status::text, count(*),
           coalesce(max(extract(epoch FROM %(now)s - deferred.at)) FILTER (
               WHERE jobs.status = 'todo' AND coalesce(jobs.scheduled_at, %(now)s) <= %(now)s), 0)
    FROM procrastinate_jobs AS jobs
    LEFT JOIN LATERAL (
        SELECT min(at) AS at FROM procrastinate_events WHERE job_id = jobs.id AND type = 'deferred'
    ) AS deferred ON true
    WHERE jobs.status IN ('todo', 'doing', 'failed')
    GROUP BY 1, 2 ORDER BY 1, 2
"""
_ATTEMPTS = """
    SELECT CASE WHEN decided_at IS NOT NULL THEN 'decided' WHEN verified_at IS NOT NULL THEN 'marking'
                WHEN submitted_at IS NOT NULL THEN 'submitted' WHEN deadline > %(now)s THEN 'open'
                ELSE 'expired' END, count(*)
    FROM store_attempt WHERE NOT calibration GROUP BY 1
"""
"""The states of `core.attempt.attempt_state`, over all programmes; copies for calibration are no exams."""
_MARKS = """
    SELECT count(*) FILTER (WHERE late), count(*) FILTER (WHERE risk AND NOT late) FROM (
        SELECT %(now)s > claimed + sla AS late, %(now)s > claimed + sla * %(share)s AS risk
        FROM (
            SELECT marks.sealed_at,
                   min(marks.claimed_at) OVER (PARTITION BY marks.submission_id) AS claimed,
                   make_interval(
                       hours => coalesce((versions.document #>> '{marking,sla_hours}')::int, 168)
                   ) AS sla
            FROM store_mark AS marks
            JOIN store_submission AS submissions ON submissions.id = marks.submission_id
            JOIN store_attempt AS attempts ON attempts.id = submissions.attempt_id
            JOIN store_briefversion AS versions ON versions.id = attempts.brief_version_id
            WHERE attempts.decided_at IS NULL AND NOT attempts.calibration
        ) AS open_marks WHERE sealed_at IS NULL
    ) AS judged
"""
_LEDGERS = """
    SELECT count(*), coalesce(sum(entries), 0), coalesce(max(entries - signed), 0) FROM (
        SELECT (SELECT count(*) FROM store_ledgerentry WHERE ledger_id = ledgers.id) AS entries,
               (SELECT coalesce(max(size), 0) FROM store_checkpoint WHERE ledger_id = ledgers.id) AS signed
        FROM store_ledger AS ledgers
    ) AS sizes
"""
_WEBHOOKS = """
    SELECT (SELECT count(*) FROM store_endpoint WHERE turned_off_at IS NULL AND failing_since IS NOT NULL),
           (SELECT count(*) FROM store_endpoint WHERE turned_off_at IS NOT NULL),
           count(*), coalesce(greatest(max(extract(epoch FROM %(now)s - deliveries.next_try_at)), 0), 0)
    FROM store_delivery AS deliveries
    JOIN store_endpoint AS endpoints ON endpoints.id = deliveries.endpoint_id
    WHERE deliveries.delivered_at IS NULL AND deliveries.given_up_at IS NULL
      AND endpoints.turned_off_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """Jobs of one queue and status; `oldest` is the age in seconds of the first that waits."""

    name: str
    status: str
    jobs: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Endpoints that fail and that are off; deliveries that wait; how many seconds the first is overdue."""

    failing: int
    off: int
    waiting: int
    overdue: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state that monitoring sees at one instant."""

    queues: tuple[Queue, ...]
    workers: int
    taken: tuple[Taken, ...]
    attempts: dict[AttemptState, int]
    marks_late: int
    marks_at_risk: int
    ledgers: int
    ledger_entries: int
    ledger_unsigned: int
    webhooks: Webhooks


def snapshot(now: datetime) -> Snapshot:
    """Everything at `now`, the database's time."""
    asked: dict[str, datetime | int | float] = {"now": now, "share": AT_RISK_SHARE}
    with connection.cursor() as cursor:
        cursor.execute(_QUEUES, asked)
        queues = tuple(Queue(name, status, jobs, float(oldest)) for name, status, jobs, oldest in cursor)
        cursor.execute(_ATTEMPTS, asked)
        attempts = dict.fromkeys(AttemptState, 0) | {AttemptState(state): int(n) for state, n in cursor}
        cursor.execute(_MARKS, asked)
        late, risk = cursor.fetchone()
        cursor.execute(_LEDGERS)
        ledgers, entries, unsigned = cursor.fetchone()
        cursor.execute(_WEBHOOKS, asked)
        failing, off, waiting, overdue = cursor.fetchone()
    return Snapshot(
        queues,
        sum(one.workers for one in live_workers(now)),
        takers(now),
        attempts,
        int(late),
        int(risk),
        int(ledgers),
        int(entries),
        int(unsigned),
        Webhooks(int(failing), int(off), int(waiting), float(overdue)),
    )
