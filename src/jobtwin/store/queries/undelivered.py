"""Who waits for a job that is nowhere: its row was lost, or a restore brought it back without its job."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

PATIENCE = timedelta(minutes=2)
"""How long a job may be nowhere: a service queues it in the transaction that makes it necessary."""
MOST = 200
"""Found at one turn; the next turn finds the others."""

_WAITING = {
    ("verify_submission", "submission_id"): """
        SELECT submission.id, attempt.id FROM store_submission AS submission
        JOIN store_attempt AS attempt ON attempt.id = submission.attempt_id
        WHERE attempt.verified_at IS NULL AND attempt.voided_at IS NULL AND NOT attempt.calibration
          AND greatest(submission.submitted_at, submission.by_clock_at) < %(before)s
          AND submission.files_erased_at IS NULL AND submission.source <> ''
          AND NOT EXISTS (SELECT 1 FROM store_checkrecord WHERE submission_id = submission.id)
    """,
    ("review_submission", "submission_id"): """
        SELECT submission.id, attempt.id FROM store_submission AS submission
        JOIN store_attempt AS attempt ON attempt.id = submission.attempt_id
        WHERE attempt.verified_at IS NULL AND attempt.voided_at IS NULL AND NOT attempt.calibration
          AND submission.files_erased_at IS NULL AND submission.source <> ''
          AND EXISTS (SELECT 1 FROM store_checkrecord
                      WHERE submission_id = submission.id AND recorded_at < %(before)s)
    """,
    ("rehearse", "rehearsal_id"): """
        SELECT rehearsal.id, attempt.id FROM store_rehearsal AS rehearsal
        JOIN store_attempt AS attempt ON attempt.id = rehearsal.attempt_id
        WHERE rehearsal.finished_at IS NULL AND rehearsal.requested_at < %(before)s
    """,
    ("issue_credential", "attempt_id"): """
        SELECT attempt.id, attempt.id FROM store_decision AS decision
        JOIN store_submission AS submission ON submission.id = decision.submission_id
        JOIN store_attempt AS attempt ON attempt.id = submission.attempt_id
        WHERE decision.passed AND decision.signed_at < %(before)s AND attempt.voided_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM store_credential WHERE attempt_id = attempt.id)
    """,
    ("replay_appeal", "submission_id"): """
        SELECT submission.id, attempt.id FROM store_appeal AS appeal
        JOIN store_submission AS submission ON submission.id = appeal.submission_id
        JOIN store_attempt AS attempt ON attempt.id = submission.attempt_id
        WHERE appeal.replayed_at IS NULL AND appeal.opened_at < %(before)s
    """,
}
_NOWHERE = """
    SELECT waiting.id::text, waiting.attempt_id FROM ({waiting}) AS waiting (id, attempt_id)
    WHERE NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs AS job
        WHERE job.task_name = %(job)s AND job.args ->> %(argument)s = waiting.id::text
    )
    ORDER BY waiting.id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A job that should be queued: its name, its one argument, and the attempt that waits."""

    job: str
    argument: str
    value: str
    attempt: UUID


def undelivered(now: datetime) -> list[Undelivered]:
    """What waits since before `now` (the database's) without a job of any status; at most MOST of a kind.

    A job that failed for good is one that exists: it is for people to mend (JobsFailed).
    """
    found: list[Undelivered] = []
    with connection.cursor() as cursor:
        for (job, argument), waiting in _WAITING.items():
            asked: dict[str, datetime | str | int]
            asked = {"before": now - PATIENCE, "job": job, "argument": argument, "most": MOST}
            cursor.execute(_NOWHERE.format(waiting=waiting), asked)
            found += [Undelivered(job, argument, value, attempt) for value, attempt in cursor.fetchall()]
    return found
