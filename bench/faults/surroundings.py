"""Full disks, broken names, and a model provider that fails half the time."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import ClassVar

from bench.faults.exam import Class
from bench.faults.instance import WORKER, Instance, fill, small_disk, until
from bench.faults.judge import Row, judged

SUBMITTED = 3
MEANWHILE = 8
"""Learners who press Submit while the database's disk is full."""
NAMESERVER = "127.0.0.9"


def worker_disk(one: Instance, _seconds: float) -> Row:
    """First the disk of artefacts is full, then that of sandboxes; each until every job has failed once."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    group = Class("disk", one.commit, one.port)
    artefacts, work = one.folder / "home" / "artefacts", one.folder / "work"
    with small_disk(artefacts, 4), small_disk(work, 512):
        full, also = fill(artefacts), fill(work)
        one.workers(1)
        tried = [group.submit() for _ in range(SUBMITTED)]
        names = [str(each.pk) for each in tried]
        jobs = ProcrastinateJob.objects.filter(args__submission_id__in=names)
        until(lambda: jobs.filter(attempts__gte=1).count() == SUBMITTED, 60)
        full.unlink()
        until(lambda: jobs.filter(attempts__gte=2).count() == SUBMITTED, 60)
        also.unlink()
        what = "artefacts full until each job failed once, sandboxes until it failed again"
        row = judged(group, "disk full on the worker", what)
        one.end()
    return row


def database_disk(one: Instance, _seconds: float) -> Row:
    """The database's disk, a small one, is filled under load and emptied after a while."""
    from django.conf import settings
    from django.db import Error, connection

    from jobtwin.config.embedded import EmbeddedServer

    server = EmbeddedServer(settings.JOBTWIN.database_folder)
    group = Class("full", one.commit, one.port)
    one.web()
    one.workers(1)
    asked = [group.start() for _ in range(4 + MEANWHILE)]
    for attempt in asked[:4]:
        group.press(attempt)
    ballast = fill(one.folder)
    refused = 0
    for attempt in asked[4:]:
        try:
            refused += bool(group.press(attempt))
        except Error:
            refused += 1
            connection.close()
    ballast.unlink()
    if not server.running():
        server.start()
    until(lambda: server.running() and _answers(), 60)
    taken = set(group.accepted)
    again = [attempt for attempt in asked if attempt.pk not in taken and group.press(attempt)]
    what = f"filled under load: {refused} of {MEANWHILE} refused meanwhile, all of them accepted afterwards"
    wrong = (
        f"{len(again)} could not submit afterwards"
        if again
        else ("" if refused else "the disk never was full")
    )
    row = judged(group, "disk full on the database", what, wrong=wrong)
    one.end()
    return row


def _answers() -> bool:
    from django.db import connection

    connection.close()
    connection.ensure_connection()
    return True


def names(one: Instance, _seconds: float) -> Row:
    """A worker whose name server says SERVFAIL, or nothing at all: a fault of ours, after four tries."""
    from jobtwin.store.models import CheckRecord

    group = Class("names", one.commit, one.port)
    settings = one.folder / "resolv.conf"
    settings.write_text(f"nameserver {NAMESERVER}\noptions timeout:1 attempts:1\n")
    mounted = f'mount --bind {settings} /etc/resolv.conf && exec "$@"'
    with _name_server() as asked:
        one.keep(WORKER, {}, "unshare", "--mount", "sh", "-c", mounted, "sh")
        for host in ("broken", "broken", "silent", "silent"):
            group.submit(f"https://git-{host}.example.org/ada/capstone")
        row = judged(group, "name server slow and broken", "")
        one.end()
    wrong = row.wrong or ("" if asked else "no name was looked up")
    reasons = set(
        CheckRecord.objects.filter(submission__attempt__in=group.accepted).values_list("reason", flat=True)
    )
    if reasons != {"infrastructure"}:
        wrong = f"reasons: {sorted(reasons)}"
    what = f"2 sources behind SERVFAIL, 2 behind silence, four tries each: {len(asked)} questions unanswered"
    return Row(row.fault, what, row.submissions, row.lost, row.twice, row.blamed, row.inconclusive, wrong)


@contextmanager
def _name_server() -> Iterator[list[bytes]]:
    """SERVFAIL (RFC 1035) for `broken`, silence for the others; what was asked."""
    asked: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((NAMESERVER, 53))

        def serve() -> None:
            while True:
                try:
                    question, sender = server.recvfrom(512)
                except OSError:
                    return
                asked.append(question)
                if b"broken" in question:
                    server.sendto(
                        question[:2] + b"\x81\x82" + question[4:6] + bytes(6) + question[12:], sender
                    )

        threading.Thread(target=serve, daemon=True).start()
        yield asked


class _Provider(BaseHTTPRequestHandler):
    """Answers every second question; says 503 to the others."""

    protocol_version = "HTTP/1.1"
    turn: ClassVar[Iterator[int]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        if next(type(self).turn) % 2:
            self._send(503, {"error": {"message": "overloaded"}})
            return
        message = str(body["messages"][-1]["content"])
        found = re.search(r"Statement ([\w.-]+):", message)
        spans = re.findall(r"span (s-[0-9a-f]+) from", message)[:3]
        said = {
            "criterion_id": found[1] if found else "",
            "verdict": "met",
            "span_ids": spans,
            "note": "Seen.",
        }
        reply = {"role": "assistant", "content": json.dumps(said)}
        choices = [{"index": 0, "finish_reason": "stop", "message": reply}]
        usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
        kind = {"id": "r", "object": "chat.completion", "created": 1, "model": "x"}
        self._send(200, {**kind, "choices": choices, "usage": usage})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        pass

    def _send(self, status: int, body: dict[str, object]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def provider(one: Instance, _seconds: float) -> Row:
    """Drafts by a model whose provider fails every second request."""
    from jobtwin.store.models import DraftReviewRecord, ModelCall

    group = Class("provider", one.commit, one.port)
    turn = count()
    handler = type("Bound", (_Provider,), {"turn": turn})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    one.workers(
        1,
        OPENAI_BASE_URL=f"http://127.0.0.1:{server.server_address[1]}/v1",
        OPENAI_API_KEY="key-of-the-bench",
        JOBTWIN_DRAFT_MODEL="openai-chat:bench",
        JOBTWIN_DRAFT_PRIVATE="1",
    )
    for _ in range(6):
        group.submit()
    row = judged(group, "model provider fails half the time", "")
    one.end()
    server.shutdown()
    drafts = DraftReviewRecord.objects.filter(submission__attempt__in=group.accepted)
    outcomes = ModelCall.objects.filter(submission__attempt__in=group.accepted).values_list(
        "outcome", flat=True
    )
    good = sum(1 for outcome in outcomes if outcome == "met")
    asked = f"{next(turn)} requests for {len(outcomes)} questions, {good} answered"
    what = f"503 to every second request: {asked}"
    wrong = row.wrong or (
        "" if drafts.count() == len(group.accepted) and outcomes else "no question was asked"
    )
    return Row(row.fault, what, row.submissions, row.lost, row.twice, row.blamed, row.inconclusive, wrong)
