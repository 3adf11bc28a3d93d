"""Reading ledgers: their state, exports, proofs, and what waits for the second signature."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from django.db.models import OuterRef, QuerySet, Subquery

from jobtwin.core.errors import BadInput, NotFound, Refused
from jobtwin.proofs import merkle
from jobtwin.proofs.encoding import base64_encode
from jobtwin.proofs.ledger import write_export
from jobtwin.proofs.ledger_files import LedgerKeys
from jobtwin.proofs.note import VerifierKey
from jobtwin.proofs.witness import Ask
from jobtwin.store import platform
from jobtwin.store.models import Checkpoint, Cosignature, Ledger, LedgerEntry, LedgerNode, Person, Role
from jobtwin.store.queries.programme import programmes_with


class StoredNodes:
    """A ledger's complete nodes in the database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def get(self, level: int, index: int) -> bytes:
        """The hash of a complete node; raises LookupError where it was never stored."""
        row = LedgerNode.objects.filter(ledger=self._ledger, level=level, index=index)
        stored = row.values_list("hash", flat=True).first()
        if stored is None:
            raise LookupError(f"no node {level}/{index}")
        return bytes(stored)


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
    nodes = StoredNodes(checkpoint.ledger)
    return Ask(checkpoint.note, old, tuple(merkle.consistency_proof(nodes, old, checkpoint.size)))


def ledgers_of(operator: Person) -> QuerySet[Ledger]:
    """The ledgers of the mentors in their programmes, with `size` and `signed_size`, by id."""
    own = programmes_with(operator, Role.OPERATOR).order_by()
    mine = Ledger.objects.filter(
        mentor__in=Person.objects.filter(memberships__programme__in=own, memberships__role=Role.MENTOR)
    )
    newest = Checkpoint.objects.filter(ledger=OuterRef("pk")).order_by("-size")
    signed = newest.filter(cosignature__isnull=False)
    return mine.annotate(
        size=Subquery(newest.values("size")[:1]),
        last_at=Subquery(newest.values("signed_at")[:1]),
        signed_size=Subquery(signed.values("size")[:1]),
    ).order_by("pk")


def inclusion(ledger: Ledger, seq: int) -> dict[str, object]:
    """An entry, its place, and the path to the newest checkpoint (RFC 9162). Raises NotFound."""
    entry = LedgerEntry.objects.filter(ledger=ledger, seq=seq).first()
    newest = Checkpoint.objects.filter(ledger=ledger).order_by("-size").first()
    if entry is None or newest is None:
        raise NotFound("this ledger has no such entry")
    path = merkle.inclusion_proof(StoredNodes(ledger), seq, newest.size)
    return {
        "seq": seq,
        "size": newest.size,
        "entry": bytes(entry.canonical).decode(),
        "path": [base64_encode(one) for one in path],
        "checkpoint": whole_note(newest),
    }


def consistency(ledger: Ledger, old: int) -> dict[str, object]:
    """The path from the tree of `old` entries to the newest checkpoint. Raises NotFound, BadInput."""
    newest = Checkpoint.objects.filter(ledger=ledger).order_by("-size").first()
    if newest is None:
        raise NotFound("this ledger has no checkpoint")
    if not 0 < old <= newest.size:
        raise BadInput(f"an older tree has 1 to {newest.size} entries")
    path = merkle.consistency_proof(StoredNodes(ledger), old, newest.size)
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
