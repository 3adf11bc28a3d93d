"""The deadline instant: many submissions by the API within two seconds around one deadline."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

import http.client
import json
import threading
import time
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bench.rush.kills import kill_at, worker
from bench.rush.server import Served

SPREAD = 2.0
"""Seconds around the deadline in which the submissions are sent."""
LEAD = 6.0
"""Seconds until the deadline once everything is ready."""
SECONDS = 300
KILL_BEFORE = 0.4
"""How long before the deadline, in seconds, processes are killed."""
TRIES = 20
AGAIN_SECONDS = 0.2


@dataclass(frozen=True)
class Told:
    """What one submission was told in the end: status, code, the receipt's instant; `sent` against the
    deadline.

    `tries` is how often it was sent under its one Idempotency-Key: again where the connection broke.
    """

    attempt: str
    status: int
    code: str
    at: str
    sent: float
    seconds: float
    tries: int


def around_the_deadline(server: Served, count: int, *, kill: bool) -> tuple[list[Told], datetime]:
    """Makes so many attempts that end at one instant, and submits each once around it.

    `kill`: a worker runs meanwhile, and it and a web process are killed before the deadline.
    """
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Attempt

    made = _attempts(count)
    deadline = database_now() + timedelta(seconds=LEAD)
    Attempt.objects.filter(pk__in=[attempt for attempt, _ in made]).update(deadline=deadline)
    zero = time.perf_counter() + (deadline - database_now()).total_seconds()
    told: list[Told] = []
    threads = [
        threading.Thread(
            target=_submit, args=(server.port, one, zero + SPREAD * (number / count - 0.5), zero, told)
        )
        for number, one in enumerate(made)
    ]
    for thread in threads:
        thread.start()
    with worker() if kill else nullcontext() as working:
        if working is not None:
            kill_at(server.web, working, zero - KILL_BEFORE).join()
        for thread in threads:
            thread.join()
    return told, deadline


def wrongs(told: list[Told], deadline: datetime) -> list[str]:
    """What the database contradicts: accepted without a row or receipt, refused with one, or late."""
    from jobtwin.store.models import Attempt, Receipt, Submission

    asked = [UUID(one.attempt) for one in told]
    accepted = {one.attempt for one in told if one.status == 201}
    rows = {
        str(pk) for pk in Submission.objects.filter(attempt__in=asked).values_list("attempt_id", flat=True)
    }
    receipts = Receipt.objects.filter(attempt__in=asked, what="submit")
    given = [str(pk) for pk in receipts.values_list("attempt_id", flat=True)]
    over = Attempt.objects.filter(pk__in=asked, submitted_at__gte=deadline)
    unexpected = {f"{one.status} {one.code}" for one in told if one.status != 201 and one.code != "too_late"}
    found: dict[str, set[str]] = {
        "accepted without a row": accepted - rows,
        "a row that was not told as accepted": rows - accepted,
        "accepted without a receipt": accepted - set(given),
        "a receipt that was not told": set(given) - accepted,
        "two receipts": {one for one in given if given.count(one) > 1},
        "a receipt at or after the deadline": {
            str(pk) for pk in receipts.filter(at__gte=deadline).values_list("pk", flat=True)
        },
        "submitted at or after the deadline": {str(one.pk) for one in over},
        "another answer": unexpected,
        "accepted without a job": accepted - _with_jobs(),
    }
    return [f"{name}: {len(which)}" for name, which in found.items() if which]


def _with_jobs() -> set[str]:
    """The attempts whose verification is queued, running or done."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.store.models import Submission

    jobs = ProcrastinateJob.objects.filter(task_name="verify_submission").values_list("args", flat=True)
    queued = [UUID(str(one["submission_id"])) for one in jobs]
    rows = Submission.objects.filter(pk__in=queued)
    return {str(pk) for pk in rows.values_list("attempt_id", flat=True)}


def _attempts(count: int) -> list[tuple[str, str]]:
    from bench.rush.people import attempt_of, person
    from jobtwin.services.draft import Work, save_draft
    from jobtwin.services.token import make_token
    from jobtwin.store.clock import database_now

    found = []
    work = Work("local:sample", "At the last moment.", {f"F{n}": "yes" for n in range(1, 5)})
    for number in range(count):
        now, learner = database_now(), person(f"late-{number}")
        attempt = attempt_of(learner)
        save_draft(attempt=attempt, work=work, base_version=0, now=now)
        _, token = make_token(person=learner, name="rush", scopes=["exam:write"], days=1, now=now)
        found.append((str(attempt.pk), token))
    return found


def _submit(port: int, whose: tuple[str, str], at: float, zero: float, told: list[Told]) -> None:
    attempt, token = whose
    time.sleep(max(0.0, at - time.perf_counter()))
    began = time.perf_counter()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    headers["Idempotency-Key"] = attempt
    for turn in range(1, TRIES + 1):
        try:
            status, body = _sent(port, f"/api/v1/attempts/{attempt}/submission", headers)
        except (OSError, http.client.HTTPException):
            time.sleep(AGAIN_SECONDS)
            continue
        at_text = body["receipt"]["at"] if status == 201 else ""
        seconds = time.perf_counter() - began
        told.append(Told(attempt, status, body.get("code", ""), at_text, began - zero, seconds, turn))
        return
    told.append(Told(attempt, 0, "no_answer", "", began - zero, time.perf_counter() - began, TRIES))


def _sent(port: int, path: str, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("POST", path, '{"version": 1}', headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()
