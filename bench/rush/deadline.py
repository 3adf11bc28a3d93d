"""The deadline instant: many submissions by the API within two seconds around one deadline."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

import http.client
import json
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

SPREAD = 2.0
"""Seconds around the deadline in which the submissions are sent."""
LEAD = 6.0
"""Seconds until the deadline once everything is ready."""
SECONDS = 300


@dataclass(frozen=True)
class Told:
    """What one submission was told: its status, code, the receipt's instant; `sent` against the deadline."""

    attempt: str
    status: int
    code: str
    at: str
    sent: float
    seconds: float


def around_the_deadline(port: int, count: int) -> tuple[list[Told], datetime]:
    """Makes so many attempts that end at one instant, and submits each once around it."""
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Attempt

    made = _attempts(count)
    deadline = database_now() + timedelta(seconds=LEAD)
    Attempt.objects.filter(pk__in=[attempt for attempt, _ in made]).update(deadline=deadline)
    zero = time.perf_counter() + (deadline - database_now()).total_seconds()
    told: list[Told] = []
    threads = [
        threading.Thread(target=_submit, args=(port, one, zero + SPREAD * (number / count - 0.5), zero, told))
        for number, one in enumerate(made)
    ]
    for thread in threads:
        thread.start()
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
    }
    return [f"{name}: {len(which)}" for name, which in found.items() if which]


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
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", f"/api/v1/attempts/{attempt}/submission", '{"version": 1}', headers)
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    at_text = body["receipt"]["at"] if response.status == 201 else ""
    seconds = time.perf_counter() - began
    told.append(Told(attempt, response.status, body.get("code", ""), at_text, began - zero, seconds))
