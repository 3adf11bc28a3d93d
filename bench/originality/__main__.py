"""What a cohort takes: keeping fingerprints, and comparing every submission with all others.

python -m bench.originality --submissions 10000 --prints 1500
"""

import argparse
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bench.instance import instance

if TYPE_CHECKING:
    from jobtwin.store.models import Submission

BRIEF = "capstone"
USUAL = 60
"""Fingerprints that every submission holds: the task itself."""
COPIED = 40
"""Fingerprints that one submission in fifty has from another one."""
COPIES = 50
MEASURED = 100
"""Submissions whose fingerprints are kept by the service itself; the others are filled in bulk."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=10_000)
    parser.add_argument("--prints", type=int, default=1500)
    given = parser.parse_args()
    with instance("originality"):
        measure(given.submissions, given.prints)


def measure(count: int, prints: int) -> None:
    """Prints what keeping takes, then compares every submission with all others."""
    from django.db import connection

    from jobtwin.services.originality import record_fingerprints
    from jobtwin.store.queries.originality import shared_with

    submissions = _submissions(count)
    now = datetime.now(UTC)
    _fill(submissions[MEASURED:], prints, now)
    begun = time.perf_counter()
    for number, one in enumerate(submissions[:MEASURED]):
        record_fingerprints(submission=one, brief_id=BRIEF, hashes=hashes_of(number, prints), now=now)
    kept = (time.perf_counter() - begun) / min(MEASURED, count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE store_fingerprint")
        cursor.execute("SELECT pg_total_relation_size('store_fingerprint') / 1e6")
        size = cursor.fetchone()[0]
    print(f"{count} submissions of {prints} fingerprints: {size:.0f} MB, {1000 * kept:.0f} ms to keep one")
    begun = time.perf_counter()
    found = 0
    for number, one in enumerate(submissions):
        found += bool(shared_with(submission=one, brief_id=BRIEF, hashes=hashes_of(number, prints)))
    seconds = time.perf_counter() - begun
    print(
        f"each compared with all others: {seconds:.0f} s on one connection, {1000 * seconds / count:.1f} ms"
    )
    print(f"{found} share something; {2 * (count // COPIES)} at most were made so")


def hashes_of(number: int, prints: int) -> list[int]:
    """The fingerprints of a made submission: the usual ones, and in one of fifty some of its predecessor."""
    common = random.Random(0)
    rng = random.Random(number + 1)
    own = [rng.getrandbits(60) for _ in range(prints - USUAL)]
    if number % COPIES == COPIES - 1:
        own[:COPIED] = hashes_of(number - 1, prints)[USUAL : USUAL + COPIED]
    return [common.getrandbits(60) for _ in range(USUAL)] + own


def _fill(submissions: "list[Submission]", prints: int, now: datetime) -> None:
    from django.db import connection

    from jobtwin.store.models import FingerprintSet

    sets = FingerprintSet.objects.bulk_create(
        (FingerprintSet(submission=one, brief_id=BRIEF, count=prints, taken_at=now) for one in submissions),
        batch_size=2000,
    )
    connection.ensure_connection()
    with connection.connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in _rows([one.pk for one in sets], prints):
            copy.write_row(row)


_COPY = "COPY store_fingerprint (taken_id, hash) FROM STDIN"


def _rows(keys: list[int], prints: int) -> Iterator[tuple[int, int]]:
    for number, key in enumerate(keys, MEASURED):
        for one in hashes_of(number, prints):
            yield key, one


def _submissions(count: int) -> "list[Submission]":
    """As many submissions of as many people."""
    from tests.host.people import exam

    from jobtwin.services.brief import publish_brief
    from jobtwin.store.models import Attempt, Person, Programme, Submission

    now = datetime.now(UTC)
    version = publish_brief(brief=exam(), now=now)
    programme = Programme.objects.get()
    people = Person.objects.bulk_create(Person(email=f"learner{n}@fill.example") for n in range(count))
    attempts = Attempt.objects.bulk_create(
        Attempt(
            learner=one, programme=programme, brief_version=version, brief_id=version.brief_id,
            started_at=now - timedelta(days=7), deadline=now + timedelta(days=7), submitted_at=now,
        )
        for one in people
    )  # fmt: skip
    return Submission.objects.bulk_create(
        Submission(
            attempt=one, source="https://git.example.org/a/b", commit="c" * 40, answers={}, submitted_at=now
        )
        for one in attempts
    )  # fmt: skip


if __name__ == "__main__":
    main()
