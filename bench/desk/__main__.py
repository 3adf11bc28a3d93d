"""`python -m bench.desk`: see the package."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.instance import instance

if TYPE_CHECKING:
    from django.test import Client

    from jobtwin.store.models import Mark, Person

GOAL_MS = 60


@dataclass(frozen=True)
class Cost:
    """One page: CPU of the web process in ms (median), statements, bytes."""

    cpu: float
    statements: int
    size: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.desk", description=__doc__)
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--mentors", type=int, default=2_000)
    parser.add_argument("--repeats", type=int, default=40)
    asked = parser.parse_args()
    with instance("desk") as folder:
        from bench.desk.fill import fill
        from jobtwin.store.clock import database_now

        mark = claimed_sample(folder)
        pages = addresses(mark)
        small = {name: cost(visitor(mark.mentor), path, asked.repeats) for name, path in pages.items()}
        version = mark.submission.attempt.brief_version
        fill(submissions=asked.submissions, mentors=asked.mentors, version=version, now=database_now())
        full = {name: cost(visitor(mark.mentor), path, asked.repeats) for name, path in pages.items()}
    most = f"{asked.submissions} submissions, {asked.mentors} mentors"
    print(f"| page | CPU ms, empty | CPU ms, {most} | statements | kB |")
    print("|---|---|---|---|---|")
    for name, found in full.items():
        statements = f"{small[name].statements} and {found.statements}"
        print(
            f"| {name} | {small[name].cpu:.1f} | {found.cpu:.1f} | {statements} | {found.size / 1000:.0f} |"
        )
    if any(one.cpu > GOAL_MS for one in full.values()):
        raise SystemExit(f"a page takes more than {GOAL_MS} ms of CPU")


def addresses(mark: "Mark") -> dict[str, str]:
    """The pages that a mentor works with."""
    desk = f"/marking/{mark.submission_id}"
    return {"desk": desk, "its saved state": f"{desk}/state", "seal": f"{desk}/seal", "queue": "/marking/"}


def cost(ask: "Client", path: str, repeats: int) -> Cost:
    """What one page costs once it is warm."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = ask.get(path)
    assert answer.status_code == 200, path
    statements = len(asked)  # before further requests empty the log
    cpu = median(_timed(lambda: ask.get(path)) for _ in range(repeats))
    return Cost(cpu, statements, len(answer.content))


def _timed(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return (time.process_time() - began) * 1000


def visitor(person: "Person") -> "Client":
    """A signed-in client; it speaks to the pages in this process, so that its CPU is theirs."""
    from django.test import Client

    found = Client(SERVER_NAME="127.0.0.1")
    found.force_login(person)
    return found


def claimed_sample(folder: Path) -> "Mark":
    """The packaged sample, submitted, reviewed and claimed by a mentor who has kept a first pass."""
    from jobtwin.cli.sample import make_sample
    from jobtwin.core.check import CheckResult, Reason, VerificationReport
    from jobtwin.jobs.verification import quoted_lines
    from jobtwin.review.draft import draft_review
    from jobtwin.services.attempt import start_attempt
    from jobtwin.services.brief import publish_brief
    from jobtwin.services.check import record_checks
    from jobtwin.services.draft_review import record_draft_review
    from jobtwin.services.mark import claim_submission, keep_first_pass, save_mark
    from jobtwin.services.person import add_person
    from jobtwin.services.submission import submit_attempt
    from jobtwin.source.address import TERMINAL, parse_source
    from jobtwin.source.brief import built_in_brief
    from jobtwin.source.repository import fetch
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Role

    now, commit = database_now(), make_sample(folder / "sample")
    version = publish_brief(brief=built_in_brief("capstone"), now=now)
    ada = add_person(email="ada@bench.example", name="Ada Lovelace", role=Role.LEARNER)
    submission = submit_attempt(
        attempt=start_attempt(learner=ada, brief_version=version, now=now - timedelta(days=1)),
        source="https://git.example.org/ada/kerbside", commit=commit, development_source=False,
        answers={"F1": "yes", "F2": "yes", "F3": "yes", "F4": "yes"}, now=now,
    )  # fmt: skip
    checks = tuple(CheckResult(one.id, Reason.OK, "All well.") for one in version.brief.self_checks)
    report = VerificationReport(submission.source, commit, version.brief_id, "bench", checks)
    source = parse_source(str(folder / "sample"), TERMINAL)
    with fetch(source, commit=commit, into=folder / "fetched.git") as tree:
        draft = draft_review(tree, version.brief, source=submission.source, facts=report.as_json())
        quotes = quoted_lines(tree, draft)
    record_checks(submission=submission, checks=checks, engine="bench", now=now)
    record_draft_review(submission=submission, draft=draft, quotes=quotes, now=now)
    submission.attempt.refresh_from_db()
    mentor = add_person(email="max@bench.example", name="Max", role=Role.MENTOR)
    mark = claim_submission(submission=submission, mentor=mentor, no_conflict=True, now=now)
    dimensions = [one.id for one in version.brief.rubric.dimensions]
    scores, comments = dict.fromkeys(dimensions, "0.80"), dict.fromkeys(dimensions, "Seen and weighed.")
    saved = save_mark(mark=mark, scores=scores, comments=comments, now=now)
    keep_first_pass(mark=saved, now=now)
    return saved


if __name__ == "__main__":
    main()
