"""Appending to a mentor's ledger, with a checkpoint at every entry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from jobtwin.core.ledger import SALT_BYTES, ledger_entry
from jobtwin.proofs import merkle
from jobtwin.proofs.checkpoint import Checkpoint as SignedTree
from jobtwin.store import platform
from jobtwin.store.models import Checkpoint, Ledger, LedgerEntry, LedgerNode, Person
from jobtwin.store.queries.ledger import StoredNodes

NAME_BYTES = 8


@dataclass(frozen=True, slots=True)
class LedgerWriter:
    """What writing to ledgers takes: the host that origins begin with, randomness, and a signer of notes."""

    host: str
    random: Callable[[int], bytes]
    sign: Callable[[SignedTree], str]


def _open_ledger(mentor: Person, writer: LedgerWriter) -> Ledger:
    """The mentor's ledger, locked; made at the first use under a random name that names nobody."""
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
    with transaction.atomic():
        ledger = _open_ledger(mentor, writer)
        last = LedgerEntry.objects.filter(ledger=ledger).order_by("-seq").first()
        seq = last.seq + 1 if last else 0
        at = max(now, last.at) if last else now
        salt = writer.random(SALT_BYTES)
        canonical = ledger_entry(
            ledger=ledger.name, seq=seq, at=at, kind=kind, attempt=attempt, salt=salt, facts=facts(salt)
        )
        stored = StoredNodes(ledger, lambda store: merkle.root(store, seq))
        nodes = merkle.append(stored, seq, canonical)
        stored.add(nodes)
        entry = LedgerEntry.objects.create(
            ledger=ledger, seq=seq, at=at, canonical=canonical, leaf_hash=merkle.leaf_hash(canonical)
        )
        LedgerNode.objects.bulk_create(
            LedgerNode(ledger=ledger, level=level, index=index, hash=value) for level, index, value in nodes
        )
        tree = SignedTree(ledger.origin, seq + 1, merkle.root(stored, seq + 1))
        Checkpoint.objects.create(ledger=ledger, size=seq + 1, note=writer.sign(tree), signed_at=at)
    return entry


def ledger_writer() -> LedgerWriter:
    """The writer of this installation."""
    return LedgerWriter(platform.host(), platform.random_bytes, platform.sign)
