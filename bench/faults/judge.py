"""What became of the submissions of one fault: lost, twice, wrongly blamed, or inconclusive by our fault."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from bench.faults.exam import Class
from bench.faults.instance import Instance, until

SECONDS = 240
"""How long everything may take once the fault is over."""
ONCE = {
    "submissions": "SELECT attempt_id FROM store_submission",
    "receipts": "SELECT attempt_id FROM store_receipt WHERE what = 'submit'",
    "checks": "SELECT s.attempt_id FROM store_checkrecord c JOIN store_submission s "
    "ON s.id = c.submission_id",
    "reviews": "SELECT s.attempt_id FROM store_draftreviewrecord d JOIN store_submission s "
    "ON s.id = d.submission_id",
}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    fault: str
    what: str
    submissions: int
    lost: int
    twice: int
    blamed: int
    inconclusive: int
    wrong: str = ""

    @property
    def good(self) -> bool:
        return not (self.lost or self.twice or self.blamed or self.wrong)

    def line(self) -> str:
        counts = (self.submissions, self.lost, self.twice, self.blamed, self.inconclusive)
        ended = self.wrong or ("as it should" if self.good else "not as it should")
        return f"| {self.fault} | {self.what} | {' | '.join(map(str, counts))} | {ended} |"


def judged(group: Class, fault: str, what: str, *, wrong: str = "", seconds: float = SECONDS) -> Row:
    """Waits until every accepted submission is verified and reviewed, and counts what is wrong."""
    accepted = set(group.accepted)
    until(lambda: _verified(accepted) == len(accepted), seconds)
    twice = 0
    lost: set[UUID] = set()
    for statement in ONCE.values():
        counted = Counter(_attempts(statement))
        lost |= {one for one in accepted if not counted[one]}
        twice += sum(1 for one in accepted if counted[one] > 1)
    verdicts = Counter(_verdicts(accepted))
    return Row(
        fault,
        what,
        len(accepted),
        len(lost),
        twice,
        verdicts["refuted"],
        verdicts["inconclusive"],
        wrong or _failed(),
    )


def left_behind(one: Instance) -> int:
    """Sandboxes of killed workers that still run; they end with their parents."""
    from pathlib import Path

    def count() -> int:
        found = 0
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            found += b"bwrap" in words.split(b"\0", 1)[0] and str(one.folder).encode() in words
        return found

    until(lambda: count() == 0, 10)
    return count()


def _verified(accepted: set[UUID]) -> int:
    from jobtwin.store.models import Attempt

    return Attempt.objects.filter(pk__in=accepted, verified_at__isnull=False).count()


def _attempts(statement: str) -> list[UUID]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def _verdicts(accepted: set[UUID]) -> list[str]:
    from jobtwin.store.models import CheckRecord

    rows = CheckRecord.objects.filter(submission__attempt__in=accepted)
    return list(rows.values_list("verdict", flat=True))


def _failed() -> str:
    """Jobs that gave up, which must not be."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    names = sorted(ProcrastinateJob.objects.filter(status="failed").values_list("task_name", flat=True))
    return f"jobs failed: {', '.join(names)}" if names else ""
