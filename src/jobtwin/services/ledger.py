"""Appending to a mentor's ledger, with a checkpoint at every entry."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from jobtwin.core.ledger import SALT_BYTES, ledger_entry
from jobtwin.proofs import merkle
from jobtwin.proofs.checkpoint import Checkpoint as SignedTree
from jobtwin.store import platform
from jobtwin.store.models import Ledger, LedgerEntry, Person
from jobtwin.store.queries.ledger import ledger_end

NAME_BYTES = 8
LOCK = "SELECT id, name, origin FROM store_ledger WHERE mentor_id = %s FOR NO KEY UPDATE"
INSERT = """
    WITH entry AS (
        INSERT INTO store_ledgerentry (ledger_id, seq, at, canonical, leaf_hash)
        VALUES (%s, %s, %s, %s, %s) RETURNING id
    ), nodes AS (
        INSERT INTO store_ledgernode (ledger_id, level, index, hash)
        SELECT %s, made.* FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[]) AS made
    ), checkpoint AS (
        INSERT INTO store_checkpoint (ledger_id, size, note, signed_at) VALUES (%s, %s, %s, %s)
    )
    SELECT id FROM entry
"""


@dataclass(frozen=True, slots=True)
class LedgerWriter:
    """What writing to ledgers takes: the host that origins begin with, randomness, and a signer of notes."""

    host: str
    random: Callable[[int], bytes]
    sign: Callable[[SignedTree], str]


def _locked_ledger(mentor: Person, writer: LedgerWriter) -> Ledger:
    """The mentor's ledger, locked; made at the first use under a random name that names nobody."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [mentor.pk])
        found = cursor.fetchone()
    if found is not None:
        pk, name, origin = found
        return Ledger(pk=pk, name=name, origin=origin, mentor=mentor)
    name = writer.random(NAME_BYTES).hex()
    Ledger.objects.get_or_create(
        mentor=mentor, defaults={"name": name, "origin": f"{writer.host}/ledgers/{name}"}
    )
    return Ledger.objects.select_for_update(no_key=True).get(mentor=mentor)


def append_entry(
    *,
    mentor: Person,
    kind: str,
    attempt: str,
    facts: Callable[[bytes], Mapping[str, object]],
    now: datetime,
    writer: LedgerWriter,
) -> LedgerEntry:
    """Appends one entry and its checkpoint, under the ledger's row lock; the caller's transaction holds it.

    `facts` is given the entry's salt. An entry is never dated before the previous one.
    """
    with transaction.atomic(savepoint=False):
        ledger = _locked_ledger(mentor, writer)
        size, last, peaks = ledger_end(ledger)
        at = max(now, last) if last else now
        salt = writer.random(SALT_BYTES)
        canonical = ledger_entry(
            ledger=ledger.name, seq=size, at=at, kind=kind, attempt=attempt, salt=salt, facts=facts(salt)
        )
        nodes = merkle.append(peaks, size, canonical)
        peaks.add(nodes)
        note = writer.sign(SignedTree(ledger.origin, size + 1, merkle.root(peaks, size + 1)))
        entry = LedgerEntry(
            ledger=ledger, seq=size, at=at, canonical=canonical, leaf_hash=merkle.leaf_hash(canonical)
        )
        entry.pk = _insert(entry, nodes, note)
    return entry


def _insert(entry: LedgerEntry, nodes: Sequence[merkle.Node], note: str) -> int:
    """Writes an entry, the nodes that it completes and its checkpoint in one statement; the entry's id."""
    levels, indexes, hashes = (list(column) for column in zip(*nodes, strict=True))
    values: list[Any] = [entry.ledger_id, entry.seq, entry.at, bytes(entry.canonical), bytes(entry.leaf_hash)]
    values += [entry.ledger_id, levels, indexes, hashes]
    values += [entry.ledger_id, entry.seq + 1, note, entry.at]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        return int(cursor.fetchone()[0])


def ledger_writer() -> LedgerWriter:
    """The writer of this installation."""
    return LedgerWriter(platform.host(), platform.random_bytes, platform.sign)
