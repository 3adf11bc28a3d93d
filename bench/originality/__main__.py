"""What a cohort takes: keeping fingerprints, and comparing every submission with all others.

python -m bench.originality --submissions 2000 --prints 1500
"""

import argparse
import os
import random
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobtwin.store.models import Submission

USUAL = 60
"""Fingerprints that every submission holds: the task itself."""
COPIED = 40
"""Fingerprints that one submission in fifty has from another one."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=2000)
    parser.add_argument("--prints", type=int, default=1500)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="jobtwin-bench-", dir="/var/lib" if os.geteuid() == 0 else None))
    folder.chmod(0o755)
    os.environ["JOBTWIN_HOME"], os.environ["JOBTWIN_KEYS"] = str(folder / "home"), str(folder / "keys")
    from jobtwin.config.embedded import APP_ROLE, OWNER_ROLE, EmbeddedServer

    server = EmbeddedServer(folder / "home" / "postgres", durable=False)
    server.start()
    try:
        os.environ["DATABASE_URL"] = server.url(APP_ROLE)
        os.environ["JOBTWIN_OWNER_DATABASE_URL"] = server.url(OWNER_ROLE)
        _measure(given.submissions, given.prints)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _measure(count: int, prints: int) -> None:
    from jobtwin.config.database import migrate, setup_django

    setup_django()
    migrate()
    from django.db import connection

    from jobtwin.services.originality import record_fingerprints
    from jobtwin.store.queries.originality import shared_with

    submissions = _submissions(count)
    rng = random.Random(5)
    usual = [rng.getrandbits(60) for _ in range(USUAL)]
    held: list[list[int]] = []
    for number in range(count):
        own = [rng.getrandbits(60) for _ in range(prints - USUAL)]
        if number % 50 == 49:
            own[:COPIED] = rng.choice(held)[USUAL : USUAL + COPIED]
        held.append(usual + own)
    begun = time.perf_counter()
    for one, hashes in zip(submissions, held, strict=True):
        record_fingerprints(submission=one, brief_id="capstone", hashes=hashes, now=datetime.now(UTC))
    kept = time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE store_fingerprint")
        cursor.execute("SELECT pg_total_relation_size('store_fingerprint') / 1e6")
        size = cursor.fetchone()[0]
    sample = rng.sample(range(count), min(count, 200))
    begun = time.perf_counter()
    found = sum(
        bool(shared_with(submission=submissions[n], brief_id="capstone", hashes=held[n])) for n in sample
    )
    each = (time.perf_counter() - begun) / len(sample)
    print(f"{count} submissions of {prints} fingerprints: kept in {kept:.1f} s, {size:.0f} MB")
    print(f"one compared with all others: {1000 * each:.1f} ms ({found} of {len(sample)} share something)")
    print(f"all of them: {each * count / 60:.1f} minutes of one connection")


def _submissions(count: int) -> "list[Submission]":
    """As many attempts of as many people, submitted."""
    from tests.host.people import started

    from jobtwin.services.person import add_person
    from jobtwin.store.models import Role, Submission

    made = []
    for number in range(count):
        ada = add_person(email=f"ada{number}@example.org", name="Ada", role=Role.LEARNER)
        attempt = started(ada)
        made.append(
            Submission.objects.create(
                attempt=attempt, source="x", commit="c" * 40, answers={}, submitted_at=attempt.started_at
            )
        )
    return made


if __name__ == "__main__":
    main()
