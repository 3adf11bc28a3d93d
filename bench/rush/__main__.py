"""`python -m bench.rush`: see the package."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

import argparse
import json
import os
import queue
import threading
import time
from dataclasses import dataclass
from statistics import mean, quantiles

from bench.rush.deadline import Told, around_the_deadline, wrongs
from bench.rush.learner import Log, Visit
from bench.rush.server import Served, cpu_seconds, served


@dataclass(frozen=True)
class Rush:
    """One run: what was logged, how long it took, and CPU seconds of web, database and load."""

    log: Log
    wall: float
    web: float
    database: float
    load: float

    @property
    def requests(self) -> int:
        return sum(map(len, self.log.seconds.values()))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.rush", description=__doc__)
    parser.add_argument("--learners", type=int, default=200)
    parser.add_argument("--autosaves", type=int, default=28, help="beside the four of the self-checks")
    parser.add_argument("--threads", type=int, default=32, help="learners at the same time")
    parser.add_argument("--web-threads", type=int, default=0, help="default: those of `jobtwin serve`")
    parser.add_argument(
        "--at-deadline", type=int, default=500, help="submissions around one deadline, 0: none"
    )
    parser.add_argument("--web-processes", type=int, default=0, help="default: those of `jobtwin serve`")
    parser.add_argument("--kill", action="store_true", help="kill a web process and a worker meanwhile")
    asked = parser.parse_args()
    with served(asked.web_threads, asked.web_processes) as server:
        wrong = rushed(server, asked) if asked.learners else 0
        if asked.at_deadline:
            told, deadline = around_the_deadline(server, asked.at_deadline, kill=asked.kill)
            found = wrongs(told, deadline)
            report_deadline(told, found)
            wrong += len(found)
    if wrong:
        raise SystemExit(1)


def rushed(server: Served, asked: argparse.Namespace) -> int:
    """Runs and reports a rush; how many requests failed or accepted writes were lost."""
    rush = run(server, asked.learners, asked.autosaves, asked.threads)
    lost = losses(rush.log)
    report(rush, lost, asked)
    return len(lost) + len(rush.log.failed)


def run(server: Served, learners: int, autosaves: int, threads: int) -> Rush:
    """Sends every learner through, so many at the same time."""
    from bench.rush.people import attempt_of, person, session_of

    waiting: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
    for number in range(learners):
        learner = person(f"learner-{number}")
        waiting.put((session_of(learner), str(attempt_of(learner).pk)))
    logs = [Log() for _ in range(threads)]

    def work(log: Log) -> None:
        while True:
            try:
                session, attempt = waiting.get_nowait()
            except queue.Empty:
                return
            Visit(server.port, session, attempt, log).work(autosaves)

    before = cpu_seconds(server.web), cpu_seconds(server.postgres), time.process_time()
    began = time.perf_counter()
    workers = [threading.Thread(target=work, args=(log,)) for log in logs]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    wall = time.perf_counter() - began
    after = cpu_seconds(server.web), cpu_seconds(server.postgres), time.process_time()
    whole = Log()
    for log in logs:
        whole.add(log)
    web, database, load = (late - early for early, late in zip(before, after, strict=True))
    return Rush(whole, wall, web, database, load)


def losses(log: Log) -> list[str]:
    """Whatever was accepted and is not in the database as it was sent, with a receipt that holds."""
    from datetime import UTC, datetime

    from jobtwin.proofs.receipt import content_digest
    from jobtwin.proofs.receipt_verify import verify_receipt
    from jobtwin.store.models import Draft, Receipt, Submission
    from jobtwin.store.queries.credential import issuer_did

    keys, now = json.dumps(issuer_did()).encode(), datetime.now(UTC)
    kept = {(str(one.attempt_id), one.version): one.body for one in Draft.objects.iterator()}
    receipts = {
        (str(one.attempt_id), one.what, one.draft_version): one.document for one in Receipt.objects.iterator()
    }
    submitted = {str(pk) for pk in Submission.objects.values_list("attempt_id", flat=True)}
    lost = [
        f"draft {attempt} {version}"
        for attempt, version, body in log.drafts
        if kept.get((attempt, version)) != body
    ]
    for attempt, version, body in log.drafts:
        document = receipts.get((attempt, "draft", version))
        report = verify_receipt(json.dumps(document).encode(), keys=keys, now=now)
        if report.receipt is None or report.receipt.content != content_digest(body):
            lost.append(f"receipt of draft {attempt} {version}")
    lost += [f"submission {one}" for one in log.submitted if one not in submitted]
    with_receipt = {attempt for attempt, what, _ in receipts if what == "submit"}
    lost += [f"receipt of submission {one}" for one in log.submitted if one not in with_receipt]
    return lost


def report(rush: Rush, lost: list[str], asked: argparse.Namespace) -> None:
    """The figures as Markdown."""
    log, thousands = rush.log, rush.requests / 1000
    print(f"{asked.learners} learners, {asked.threads} at a time, {os.cpu_count()} cores: ", end="")
    print(f"{rush.requests} requests in {rush.wall:.0f} s, {len(log.failed)} failed, {len(lost)} lost")
    print(f"accepted and found again: {len(log.drafts)} drafts, {len(log.submitted)} submissions")
    print("\n| request | count | mean ms | p50 ms | p95 ms | p99 ms |\n|---|---|---|---|---|---|")
    every = [one for seconds in log.seconds.values() for one in seconds]
    for kind, seconds in [*log.seconds.items(), ("all", every)]:
        cuts = quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else seconds * 99
        shown = (mean(seconds), cuts[49], cuts[94], cuts[98])
        print(f"| {kind} | {len(seconds)} | " + " | ".join(f"{one * 1000:.0f}" for one in shown) + " |")
    print("\n| CPU seconds for 1,000 requests | |\n|---|---|")
    for name, spent in (("web", rush.web), ("PostgreSQL", rush.database), ("load generator", rush.load)):
        print(f"| {name} | {spent / thousands:.1f} |")
    for one in [*log.failed[:5], *lost[:5]]:
        print(f"- {one}")


def report_deadline(told: list[Told], found: list[str]) -> None:
    """The deadline's figures."""
    accepted = [one for one in told if one.status == 201]
    late = [one for one in told if one.code == "too_late"]
    early_refused = [one for one in late if one.sent < 0]
    others = len(told) - len(accepted) - len(late)
    print(f"\nat the deadline: {len(told)} submissions within 2 s: {len(accepted)} accepted with a receipt,")
    print(f"{len(late)} refused as late, {others} otherwise; {len(found)} contradictions in the database")
    print(f"sent before the deadline and refused, because their turn came after it: {len(early_refused)}")
    print(f"slowest answer {max(one.seconds for one in told):.1f} s; ", end="")
    print(f"sent again after a broken connection: {sum(one.tries > 1 for one in told)}")
    for one in found:
        print(f"- {one}")


if __name__ == "__main__":
    main()
