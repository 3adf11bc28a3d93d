"""`python -m bench.ledger`: see the package. CPU of this process and of its database connection."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

import argparse
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.instance import instance
from jobtwin.core.canonical import canonical_json
from jobtwin.core.instant import utc_text
from jobtwin.proofs import merkle

if TYPE_CHECKING:
    from jobtwin.store.models import Ledger, Person

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
BATCH = 20_000
GOAL_MS = 1.0
GOAL_VERIFY_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.ledger", description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=100)
    asked = parser.parse_args()
    with instance("ledger") as folder:
        ledger, mentor = filled(asked.entries)
        rows = measure(ledger, mentor, asked.entries, asked.repeats)
        verified = export_and_verify(ledger, folder / "export")
    print(
        f"| {asked.entries} entries in one ledger | web process, CPU | its PostgreSQL backend, CPU | goal |"
    )
    print("|---|---|---|---|")
    for name, (mine, backend) in rows.items():
        print(f"| {name} | {mine:.2f} ms | {backend:.2f} ms | {GOAL_MS:.0f} ms |")
    print(f"| the export verified, {verified[1]:.0f} MB | {verified[0]:.1f} s | | {GOAL_VERIFY_SECONDS} s |")


def filled(count: int) -> "tuple[Ledger, Person]":
    """One mentor's ledger of so many entries with all nodes, as `append_entry` would have made it."""
    from django.db import connection

    from jobtwin.store.models import Ledger, Person

    mentor = Person.objects.create(email="mentor@bench.example")
    ledger = Ledger.objects.create(name="bench", origin="bench.example/ledgers/bench", mentor=mentor)
    lines = entry_lines(count)
    store, seq = merkle.MemoryNodes(), 0
    while batch := list(islice(lines, BATCH)):
        with connection.cursor() as cursor:
            with cursor.copy(
                "COPY store_ledgerentry (ledger_id, seq, at, canonical, leaf_hash) FROM STDIN"
            ) as copy:
                for place, line in enumerate(batch, seq):
                    copy.write_row((ledger.pk, place, at(place), line, merkle.leaf_hash(line)))
            with cursor.copy("COPY store_ledgernode (ledger_id, level, index, hash) FROM STDIN") as copy:
                for line in batch:
                    nodes = merkle.append(store, seq, line)
                    store.add(nodes)
                    for level, index, value in nodes:
                        copy.write_row((ledger.pk, level, index, value))
                    seq += 1
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return ledger, mentor


def entry_lines(count: int) -> Iterator[bytes]:
    """Entries of the usual size: seven scores and as many hashes."""
    facts = {
        "brief": "sha256:" + "0" * 64,
        "commit": "c" * 40,
        "scores": {f"dimension_{n}": "0.80" for n in range(7)},
        "comments": {f"dimension_{n}": "sha256:" + "1" * 64 for n in range(7)},
    }
    head = {"v": 1, "ledger": "bench", "kind": "seal", "attempt": "a" * 36, "salt": "0" * 32, **facts}
    start, middle, end = (
        canonical_json({**head, "at": "@", "seq": 424242}).replace(b"424242", b"@").split(b"@")
    )
    for seq in range(count):
        yield start + utc_text(at(seq)).encode() + middle + b"%d" % seq + end


def at(seq: int) -> datetime:
    """The instant of an entry: one a second."""
    return NOW + timedelta(seconds=seq)


def measure(ledger: "Ledger", mentor: "Person", count: int, repeats: int) -> dict[str, tuple[float, float]]:
    """CPU of an append (with its checkpoint, signed twice), of its hashing alone, and of a proof."""
    from jobtwin.services.ledger import append_entry, ledger_writer
    from jobtwin.store.queries.ledger import inclusion, inclusion_path

    writer = ledger_writer()

    def append() -> None:
        append_entry(
            mentor=mentor, kind="seal", attempt="a", facts=lambda _: {"n": 1}, now=at(count), writer=writer
        )

    places = iter(range(7, count, max(1, count // (repeats + 10))))
    return {
        "append, with its transaction and a checkpoint signed twice": cost(append, repeats),
        "path of an inclusion proof from stored nodes": cost(
            lambda: inclusion_path(ledger, next(places), count), repeats
        ),
        "the whole answer of an inclusion proof": cost(lambda: inclusion(ledger, count // 3), repeats),
    }


def cost(step: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Milliseconds of CPU a step, of this process (median) and of its database backend (mean)."""
    from django.db import connection

    step()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    spent, before = [], ticks(backend)
    for _ in range(repeats):
        started = time.process_time()
        step()
        spent.append(time.process_time() - started)
    return median(spent) * 1000, (ticks(backend) - before) / TICKS / repeats * 1000


def ticks(process: int) -> int:
    """CPU of a process so far, in clock ticks."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def export_and_verify(ledger: "Ledger", folder: Path) -> tuple[float, float]:
    """Seconds of CPU that an export takes to verify, and its size in MB."""
    from jobtwin.proofs.ledger import verify_ledger
    from jobtwin.store.queries.ledger import export_ledger

    export_ledger(ledger, folder)
    started = time.process_time()
    report = verify_ledger(folder)
    assert report.valid, report.sentence
    return time.process_time() - started, (folder / "entries.jsonl").stat().st_size / 1e6


if __name__ == "__main__":
    main()
