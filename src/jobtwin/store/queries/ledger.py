"""Reading ledgers: their state, exports, proofs, and what waits for the second signature."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from jobtwin.core.errors import BadInput, NotFound, Refused
from jobtwin.proofs import merkle
from jobtwin.proofs.encoding import base64_encode
from jobtwin.proofs.ledger import write_export
from jobtwin.proofs.ledger_files import LedgerKeys
from jobtwin.proofs.note import VerifierKey
from jobtwin.proofs.witness import Ask
from jobtwin.store import platform
from jobtwin.store.models import Checkpoint, Cosignature, Ledger, LedgerEntry, Person, Programme, Role
from jobtwin.store.queries.programme import programmes_with

NODES = """
    SELECT n.level, n.index, n.hash FROM store_ledgernode n
    JOIN unnest(%s::int[], %s::bigint[]) AS wanted(level, index)
        ON n.level = wanted.level AND n.index = wanted.index
    WHERE n.ledger_id = %s
"""
END = """
    WITH last AS (
        SELECT seq + 1 AS size, at FROM store_ledgerentry WHERE ledger_id = %s ORDER BY seq DESC LIMIT 1
    )
    SELECT last.size, last.at, n.level, n.index, n.hash
    FROM last CROSS JOIN generate_series(0, 62) AS peak(level)
    CROSS JOIN LATERAL (
        SELECT level, index, hash FROM store_ledgernode
        WHERE ledger_id = %s AND level = peak.level AND index = (last.size >> peak.level) - 1 LIMIT 1
    ) n
    WHERE (last.size >> peak.level) & 1 = 1
"""
"""A tree of n leaves ends in one complete subtree for each bit that is set in n."""
ENTRY_AND_NEWEST = """
    SELECT entry.canonical, newest.size, newest.note || coalesce(added.line, '')
    FROM store_ledgerentry entry
    CROSS JOIN LATERAL (
        SELECT id, size, note FROM store_checkpoint
        WHERE ledger_id = entry.ledger_id ORDER BY size DESC LIMIT 1
    ) newest
    LEFT JOIN store_cosignature added ON added.checkpoint_id = newest.id
    WHERE entry.ledger_id = %s AND entry.seq = %s
"""


def ledger_end(ledger: Ledger) -> tuple[int, datetime | None, merkle.MemoryNodes]:
    """How many entries there are, when the last one was made, and all nodes that appending needs."""
    with connection.cursor() as cursor:
        cursor.execute(END, [ledger.pk, ledger.pk])
        rows = cursor.fetchall()
    peaks = merkle.MemoryNodes()
    peaks.add([(level, index, bytes(value)) for _, _, level, index, value in rows])
    return (rows[0][0], rows[0][1], peaks) if rows else (0, None, peaks)


class StoredNodes:
    """A ledger's complete nodes in the database. What `reading` asks for is read in one query."""

    def __init__(self, ledger: Ledger, reading: Callable[[merkle.NodeStore], object]) -> None:
        self._ledger = ledger
        self._known = self._read(_named_by(reading))

    def get(self, level: int, index: int) -> bytes:
        """The hash of a complete node; raises LookupError where it was never stored."""
        if (level, index) not in self._known:
            self._known |= self._read({(level, index)})
        if (level, index) not in self._known:
            raise LookupError(f"no node {level}/{index}")
        return self._known[level, index]

    def _read(self, places: set[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
        levels, indexes = [level for level, _ in places], [index for _, index in places]
        with connection.cursor() as cursor:
            cursor.execute(NODES, [levels, indexes, self._ledger.pk])
            return {(level, index): bytes(value) for level, index, value in cursor.fetchall()}


class _Named:
    """Notes which nodes a computation asks for; their hashes do not matter to that."""

    def __init__(self) -> None:
        self.places: set[tuple[int, int]] = set()

    def get(self, level: int, index: int) -> bytes:
        self.places.add((level, index))
        return bytes(merkle.HASH_BYTES)


def _named_by(reading: Callable[[merkle.NodeStore], object]) -> set[tuple[int, int]]:
    named = _Named()
    reading(named)
    return named.places


def export_ledger(ledger: Ledger, folder: Path) -> int:
    """Writes `entries.jsonl`, `checkpoints.txt` and `keys.json`; how many entries wait for a signature.

    With a witness elsewhere an export ends where the second signature stands.
    """
    notes = _whole_notes(ledger)
    signed = notes[-1][0] if notes else 0
    rows = LedgerEntry.objects.filter(ledger=ledger, seq__lt=signed).order_by("seq")
    entries = rows.values_list("canonical", flat=True)
    held = tuple(
        VerifierKey(name, record.public_key.raw)
        for name, purpose, ring in platform.signers()
        for record in ring.list()
        if record.purpose == purpose
    )
    vkeys = (*held, *(key for key in platform.outside_witness() if key not in held))
    require = tuple(dict.fromkeys([*(name for name, _, _ in platform.signers()), *_outside_names()]))
    keys = LedgerKeys(ledger.name, ledger.origin, vkeys, require)
    write_export(folder, (bytes(entry) for entry in entries.iterator()), (note for _, note in notes), keys)
    return LedgerEntry.objects.filter(ledger=ledger, seq__gte=signed).count()


def whole_note(checkpoint: Checkpoint) -> str:
    """A checkpoint with all signatures that it has so far."""
    added = Cosignature.objects.filter(checkpoint=checkpoint).values_list("line", flat=True).first()
    return checkpoint.note + (added or "")


def is_whole(note: str) -> bool:
    """True where nobody has to sign any more."""
    return all(f"\n\N{EM DASH} {name} " in note for name in _outside_names())


def asks() -> Iterator[Ask]:
    """The newest checkpoint of every ledger that lacks the second signature, each proven to continue."""
    for ledger in Ledger.objects.order_by("pk").iterator():
        newest = Checkpoint.objects.filter(ledger=ledger).order_by("-size").first()
        if newest is not None and not is_whole(whole_note(newest)):
            signed = _last_signed(ledger)
            yield ask_from(newest, signed.size if signed else 0)


def asks_after(seen: Mapping[str, int]) -> Iterator[Ask]:
    """The newest checkpoints of these ledgers by origin, each proven from what the witness has seen."""
    for origin, old in seen.items():
        newest = Checkpoint.objects.filter(ledger__origin=origin).order_by("-size").first()
        if newest is not None:
            yield ask_from(newest, old)


def ask_from(checkpoint: Checkpoint, old: int) -> Ask:
    """A request for one checkpoint whose proof begins at `old` entries."""
    if not 0 < old < checkpoint.size:
        return Ask(checkpoint.note, old)
    return Ask(checkpoint.note, old, tuple(_consistency_path(checkpoint.ledger, old, checkpoint.size)))


def ledgers_of(operator: Person) -> QuerySet[Ledger]:
    """The ledgers of the mentors in their programmes, with `size` and `signed_size`, by id.

    Who mentors, too, is given none of those who may mark beside them: sealed scores stand in it.
    """
    mine = Ledger.objects.filter(mentor__in=_mentors_in(programmes_with(operator, Role.OPERATOR)))
    beside = _mentors_in(programmes_with(operator, Role.MENTOR)).exclude(pk=operator.pk)
    mine = mine.exclude(mentor__in=beside)
    newest = Checkpoint.objects.filter(ledger=OuterRef("pk")).order_by("-size")
    signed = newest.filter(cosignature__isnull=False)
    return mine.annotate(
        size=Subquery(newest.values("size")[:1]),
        last_at=Subquery(newest.values("signed_at")[:1]),
        signed_size=Subquery(signed.values("size")[:1]),
    ).order_by("pk")


def _mentors_in(programmes: QuerySet[Programme]) -> QuerySet[Person]:
    return Person.objects.filter(
        memberships__programme__in=programmes.order_by(), memberships__role=Role.MENTOR
    )


def inclusion_path(ledger: Ledger, seq: int, size: int) -> list[bytes]:
    """The path from an entry to the root of `size` entries, read in one query."""

    def ask(store: merkle.NodeStore) -> list[bytes]:
        return merkle.inclusion_proof(store, seq, size)

    return ask(StoredNodes(ledger, ask))


def _consistency_path(ledger: Ledger, old: int, size: int) -> list[bytes]:
    def ask(store: merkle.NodeStore) -> list[bytes]:
        return merkle.consistency_proof(store, old, size)

    return ask(StoredNodes(ledger, ask))


def inclusion(ledger: Ledger, seq: int) -> dict[str, object]:
    """An entry, its place, and the path to the newest checkpoint (RFC 9162). Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(ENTRY_AND_NEWEST, [ledger.pk, seq])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("this ledger has no such entry")
    canonical, size, note = row
    return {
        "seq": seq,
        "size": size,
        "entry": bytes(canonical).decode(),
        "path": [base64_encode(one) for one in inclusion_path(ledger, seq, size)],
        "checkpoint": note,
    }


def consistency(ledger: Ledger, old: int) -> dict[str, object]:
    """The path from the tree of `old` entries to the newest checkpoint. Raises NotFound, BadInput."""
    newest = Checkpoint.objects.filter(ledger=ledger).order_by("-size").first()
    if newest is None:
        raise NotFound("this ledger has no checkpoint")
    if not 0 < old <= newest.size:
        raise BadInput(f"an older tree has 1 to {newest.size} entries")
    path = _consistency_path(ledger, old, newest.size)
    return {
        "from": old,
        "size": newest.size,
        "path": [base64_encode(one) for one in path],
        "checkpoint": whole_note(newest),
    }


def require_small(ledger: Ledger, most: int) -> None:
    """Raises Refused where an export is too large to be made while somebody waits."""
    newest = Checkpoint.objects.filter(ledger=ledger).order_by("-size").values_list("size", flat=True).first()
    if newest is not None and newest > most:
        raise Refused(f"{newest} entries are too many for a page; take them with `jobtwin ledger export`")


def _outside_names() -> list[str]:
    return list(dict.fromkeys(key.name for key in platform.outside_witness()))


def _last_signed(ledger: Ledger) -> Checkpoint | None:
    rows = Checkpoint.objects.filter(ledger=ledger, cosignature__isnull=False)
    return rows.order_by("-size").first()


def _whole_notes(ledger: Ledger) -> list[tuple[int, str]]:
    """Sizes and notes that have every signature, the smallest first."""
    rows = (
        Checkpoint.objects.filter(ledger=ledger)
        .order_by("size")
        .values_list("size", "note", "cosignature__line")
    )
    notes = [(size, note + (line or "")) for size, note, line in rows]
    return [(size, note) for size, note in notes if is_whole(note)]
