"""A full database: decided submissions with two sealed marks each, one in twenty that waits for mentors."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from jobtwin.store.models import (
    Attempt,
    BriefVersion,
    CheckRecord,
    Ledger,
    LedgerEntry,
    Mark,
    Membership,
    Person,
    Programme,
    Role,
    Submission,
)

BATCH = 2_000
WAITING = 20


def fill(*, submissions: int, mentors: int, version: BriefVersion, now: datetime) -> None:
    """Fills the database in bulk and lets its planner know."""
    programme = Programme.objects.get()
    marking = _mentors(mentors, programme)
    seqs = dict.fromkeys(marking, 0)
    for first in range(0, submissions, BATCH):
        with transaction.atomic():
            made = _submitted(range(first, min(first + BATCH, submissions)), version, programme, now)
            decided = [one for one in made if one.attempt.decided_at is not None]
            _marked(decided, first, marking, seqs, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _mentors(count: int, programme: Programme) -> list[Ledger]:
    people = Person.objects.bulk_create(Person(email=f"mentor{n}@fill.example") for n in range(count))
    Membership.objects.bulk_create(
        Membership(person=one, programme=programme, role=Role.MENTOR) for one in people
    )
    return Ledger.objects.bulk_create(
        Ledger(name=f"fill{one.pk}", origin=f"fill.example/{one.pk}", mentor=one) for one in people
    )


def _submitted(
    numbers: range, version: BriefVersion, programme: Programme, now: datetime
) -> list[Submission]:
    people = Person.objects.bulk_create(Person(email=f"learner{n}@fill.example") for n in numbers)
    at = now - timedelta(days=7)
    attempts = Attempt.objects.bulk_create(
        Attempt(
            learner=one, programme=programme, brief_version=version, brief_id=version.brief_id,
            started_at=at - timedelta(days=7), deadline=at + timedelta(days=7), submitted_at=at,
            verified_at=at, decided_at=now if n % WAITING else None,
        )
        for n, one in enumerate(people)
    )  # fmt: skip
    made = Submission.objects.bulk_create(
        Submission(
            attempt=one, source="https://git.example.org/a/b", commit="c" * 40, answers={}, submitted_at=at,
            wanted_since=at if one.decided_at is None else None,
            first_claimed_at=one.decided_at,
        )
        for one in attempts
    )  # fmt: skip
    CheckRecord.objects.bulk_create(
        CheckRecord(
            submission=one, check_id=check.id, verdict="confirmed", reason="ok", summary="All well.",
            facts={}, seconds=1, engine="fill", recorded_at=at,
        )
        for one in made
        for check in version.brief.self_checks
    )  # fmt: skip
    return made


def _marked(
    decided: list[Submission], first: int, ledgers: list[Ledger], seqs: dict[Ledger, int], now: datetime
) -> None:
    entries, marks = [], []
    for place, submission in enumerate(decided, first):
        for seat in (1, 2):
            ledger = ledgers[(place * 2 + seat) % len(ledgers)]
            entries.append(LedgerEntry(ledger=ledger, seq=seqs[ledger], at=now, canonical=b"", leaf_hash=b""))
            seqs[ledger] += 1
            marks.append(
                Mark(
                    submission=submission, mentor_id=ledger.mentor_id, seat=seat, no_conflict_declared=True,
                    claimed_at=now, sealed_at=now,
                )
            )  # fmt: skip
    for mark, entry in zip(marks, LedgerEntry.objects.bulk_create(entries), strict=True):
        mark.entry = entry
    Mark.objects.bulk_create(marks)
