"""Killed processes, cut connections, stepped clocks, and jobs that come twice, never, or to two workers."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.faults.exam import Class
from bench.faults.instance import Instance, Kept, descendants, until
from bench.faults.judge import Row, judged, left_behind

SEED = int(os.environ.get("FAULTS_SEED", "5"))
"""Which process dies when; another one in each part of a long run."""
WAITING = 4
"""Submissions that wait at any time, so that every worker is busy when it is hit."""
CLOCK = Path(__file__).with_name("clock.c")
STEPS = {"+3 d": 3 * 86400, "-3 d": -3 * 86400, "+45 s": 45, "-2 h": -7200, "0": 0}


def killed(one: Instance, seconds: float) -> Row:
    """SIGKILL to the web, a worker or a process of a sandbox, every two to five seconds, under load."""
    group = Class("killed", one.commit, one.port)
    web, workers = one.web(), one.workers(2)
    pick = random.Random(SEED)  # noqa: S311  which process dies is no secret
    hit: Counter[str] = Counter()
    end = time.monotonic() + seconds
    feeder = threading.Thread(target=_feed, args=(group, end))
    feeder.start()
    while time.monotonic() < end:
        time.sleep(pick.uniform(2, 5))
        kind = pick.choice(["web", "worker", "sandbox"])
        hit[kind] += _hit(kind, web, workers, pick)
    feeder.join()
    row = judged(group, "processes killed", "")
    left = left_behind(one)
    counts = ", ".join(f"{kind} {number} times" for kind, number in sorted(hit.items()))
    what = f"SIGKILL in {seconds:.0f} s under load: {counts}"
    wrong = row.wrong or (f"{left} sandboxes left behind" if left else "")
    one.end()
    return Row(row.fault, what, row.submissions, row.lost, row.twice, row.blamed, row.inconclusive, wrong)


def _feed(group: Class, end: float) -> None:
    """Learners submit by HTTP, each again until an answer comes."""
    from django.db import close_old_connections

    from jobtwin.store.models import Attempt

    while time.monotonic() < end:
        open_ones = Attempt.objects.filter(pk__in=group.accepted, verified_at__isnull=True).count()
        if open_ones < WAITING:
            group.press(group.start())
        time.sleep(0.1)
    close_old_connections()


def _hit(kind: str, web: Kept, workers: list[Kept], pick: random.Random) -> int:
    """One process of a kind; 0 where there is none at this instant."""
    if kind == "web":
        below = descendants(web.pid)
        victims = [web.pid, *below]
    elif kind == "worker":
        victims = [one.pid for one in workers]
    else:
        until(lambda: bool(_sandboxes(workers)), 3)
        victims = _sandboxes(workers)
    if not victims:
        return 0
    try:
        os.kill(pick.choice(victims), signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1


def _sandboxes(workers: list[Kept]) -> list[int]:
    return [pid for one in workers for pid in descendants(one.pid) if _name(pid) == "bwrap"]


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def cut(one: Instance, _seconds: float) -> Row:
    """The database ends without warning three times, and cuts every connection six times."""
    import psycopg
    from django.conf import settings
    from django.db import connections

    from jobtwin.config.embedded import EmbeddedServer

    server = EmbeddedServer(settings.JOBTWIN.database_folder)
    group = Class("cut", one.commit, one.port)
    one.web()
    workers = one.workers(2)
    starts = [worker.starts for worker in workers]
    end = time.monotonic() + 40
    feeder = threading.Thread(target=_feed_calmly, args=(group, end))
    feeder.start()
    for turn in range(9):
        time.sleep(4)
        if turn % 3 == 2:
            data = settings.JOBTWIN.database_folder / "data"
            os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
            until(lambda: not server.running(), 20)
            server.start()
            continue
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'jobtwin_app'"
            )
    feeder.join()
    for each in connections.all():
        each.close()
    again = sum(worker.starts for worker in workers) - sum(starts)
    what = "40 s under load: 3 restarts by SIGQUIT, all connections cut 6 times"
    wrong = f"{again} workers ended and were started again" if again else ""
    row = judged(group, "database restarted, connections cut", what, wrong=wrong)
    one.end()
    return row


def _feed_calmly(group: Class, end: float) -> None:
    """As `_feed`, for a database that also goes away under the load itself."""
    from django.db import Error, connection

    while time.monotonic() < end:
        try:
            _feed(group, end)
        except Error:
            connection.close()
            time.sleep(0.5)


def stepped(one: Instance, _seconds: float) -> Row:
    """The clocks of web and workers step by days, while the database's goes on."""
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Receipt

    library, clock = one.folder / "clock.so", one.folder / "clock"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, CLOCK], check=True)
    faked = {"LD_PRELOAD": str(library), "FAULTS_CLOCK": str(clock)}
    group = Class("stepped", one.commit, one.port)
    began = database_now()
    one.web(**faked)
    one.workers(1, **faked)
    late = Class("late", one.commit, one.port)
    wrongs = []
    for step, seconds in STEPS.items():
        clock.write_text(str(seconds))
        if said := group.press(group.start()):
            wrongs.append(f"in time, and refused at {step}: {said}")
        if (said := late.press(late.start(hours=337))) != "too_late":
            wrongs.append(f"late, and told {said or 'accepted'} at {step}")
        if not _retried_soon(one, group):
            wrongs.append(f"a second try took over a minute at {step}")
    row = judged(group, "clock steps", "")
    outside = Receipt.objects.filter(attempt__in=group.accepted).exclude(at__range=(began, database_now()))
    if outside.exists():
        wrongs.append(f"{outside.count()} receipts dated by another clock")
    one.end()
    what = f"web and worker by {', '.join(STEPS)}; one in time, one late, one whose first try fails at each"
    wrong = "; ".join(wrongs) or row.wrong
    return Row(row.fault, what, row.submissions, row.lost, row.twice, row.blamed, row.inconclusive, wrong)


def _retried_soon(one: Instance, group: Class) -> bool:
    """A submission whose repository comes back after the first try is verified within a minute."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.store.models import Attempt

    away = one.folder / "away"
    shutil.move(one.folder / "honest", away)
    try:
        submission = group.submit()
        tries = ProcrastinateJob.objects.filter(args__submission_id=str(submission.pk), attempts__gt=0)
        until(tries.exists, 60)
    finally:
        shutil.move(away, one.folder / "honest")
    waiting = Attempt.objects.filter(pk=submission.attempt_id, verified_at__isnull=False)
    return until(waiting.exists, 60)


def delivered(one: Instance, _seconds: float) -> Row:
    """Jobs that were lost, that come three times, and one that two workers run at once."""
    from django.db import connections
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.store.models import VerificationEvent

    group = Class("delivered", one.commit, one.port)
    owner = connections["owner"]

    def alter(statement: str, *values: Any) -> None:
        with owner.cursor() as cursor:
            cursor.execute(statement, values)

    lost = [group.submit() for _ in range(3)]
    for each in lost:
        alter("DELETE FROM procrastinate_jobs WHERE args ->> 'submission_id' = %s", str(each.pk))
        alter(
            "UPDATE store_submission SET submitted_at = submitted_at - interval '3 min' WHERE id = %s",
            each.pk,
        )
    for _ in range(3):
        each = group.submit()
        for _ in range(2):
            alter(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args) "
                "SELECT queue_name, task_name, priority, args FROM procrastinate_jobs "
                "WHERE args ->> 'submission_id' = %s LIMIT 1",
                str(each.pk),
            )
    shared = group.submit()
    alter(
        "UPDATE procrastinate_jobs SET priority = 2000000000 WHERE args ->> 'submission_id' = %s",
        str(shared.pk),
    )
    running = VerificationEvent.objects.filter(submission=shared, phase="F1 tests", kind="start")
    (first,) = one.workers(1)
    until(running.exists, 60)
    first.signal(signal.SIGSTOP)
    one.workers(1)
    both = until(lambda: running.count() == 2, 60)
    first.signal(signal.SIGCONT)
    wrong = "" if both else "the second worker never got the job of the first"
    row = judged(
        group, "deliveries", "3 jobs lost, 3 delivered three times, 1 run by two workers at once", wrong=wrong
    )
    if ProcrastinateJob.objects.filter(queue_name="verification").exists():
        until(lambda: not ProcrastinateJob.objects.filter(queue_name="verification").exists(), 60)
    one.end()
    return row
