"""Reading a ledger as it is exported."""

from pathlib import Path

from jobtwin.proofs.ledger import write_export
from jobtwin.proofs.ledger_files import LedgerKeys
from jobtwin.proofs.note import VerifierKey
from jobtwin.store import platform
from jobtwin.store.models import Checkpoint, Ledger, LedgerEntry


def export_ledger(ledger: Ledger, folder: Path) -> None:
    """Writes `entries.jsonl`, `checkpoints.txt` and `keys.json` of one ledger to a folder."""
    entries = LedgerEntry.objects.filter(ledger=ledger).order_by("seq").values_list("canonical", flat=True)
    notes = Checkpoint.objects.filter(ledger=ledger).order_by("size").values_list("note", flat=True)
    vkeys = tuple(
        VerifierKey(name, record.public_key.raw)
        for name, purpose, ring in platform.signers()
        for record in ring.list()
        if record.purpose == purpose
    )
    keys = LedgerKeys(ledger.name, ledger.origin, vkeys, tuple(name for name, _, _ in platform.signers()))
    write_export(folder, (bytes(entry) for entry in entries.iterator()), notes, keys)
