"""A mentor's ledger with its checkpoints, and the export of it: what the tests of ledgers share."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from jobtwin.core.canonical import canonical_json
from jobtwin.core.ledger import ledger_entry
from jobtwin.proofs.checkpoint import Checkpoint, sign_checkpoint
from jobtwin.proofs.key import KeyKind, SigningKey
from jobtwin.proofs.ledger import LedgerReport, verify_ledger, write_export
from jobtwin.proofs.ledger_files import LedgerKeys
from jobtwin.proofs.merkle import Frontier
from jobtwin.proofs.note import VerifierKey
from tests.proofs.exam import NOW, seeded

LOG = SigningKey.generate(KeyKind.ED25519, seeded("log"))
WITNESS = SigningKey.generate(KeyKind.ED25519, seeded("witness"))
OTHER = SigningKey.generate(KeyKind.ED25519, seeded("other"))
LEDGER, ORIGIN, SEEN_BY = "mentor-1", "exam.example/ledgers/1", "witness.example"
KEYS = LedgerKeys(
    LEDGER,
    ORIGIN,
    (VerifierKey(ORIGIN, LOG.public_bytes), VerifierKey(SEEN_BY, WITNESS.public_bytes)),
    (ORIGIN, SEEN_BY),
)
SIGNERS = [(ORIGIN, LOG), (SEEN_BY, WITNESS)]


def entry(seq: int, /, **changes: Any) -> dict[str, Any]:
    """One entry as JSON, with changes that its writer would refuse; None takes a key away."""
    honest = json.loads(
        ledger_entry(
            ledger=LEDGER,
            seq=seq,
            at=NOW + timedelta(minutes=seq),
            kind="seal",
            attempt=f"attempt-{seq}",
            salt=seeded(f"salt {seq}")(16),
            facts={"scores": {"polish": "0.70", "reflection": f"0.{seq}5"}, "note": "Grüße, 😀"},
        )
    )
    return {name: value for name, value in (honest | changes).items() if value is not None}


ENTRIES = [canonical_json(entry(seq)) for seq in range(6)]
SIZES = (1, 3, 6)


def note(entries: Sequence[bytes], size: int, origin: str = ORIGIN, signers: Any = None) -> str:
    """The checkpoint over the first `size` entries, signed by log and witness unless told otherwise."""
    frontier = Frontier()
    for one in entries[:size]:
        frontier.append(one)
    return sign_checkpoint(Checkpoint(origin, size, frontier.root()), signers or SIGNERS)


NOTES = [note(ENTRIES, size) for size in SIZES]


def export(
    folder: Path,
    entries: Sequence[bytes] = tuple(ENTRIES),
    notes: Sequence[str] | None = None,
    **keys: Any,
) -> Path:
    """An export of these entries under checkpoints that fit them, whatever the entries say."""
    if notes is None:
        notes = [note(entries, len(entries))]
    write_export(folder, entries, notes, replace(KEYS, **keys))
    return folder


def honest(folder: Path) -> Path:
    """The export of the untouched ledger with all its checkpoints."""
    return export(folder, notes=NOTES)


def verify(folder: Path, kept: str | None = None) -> LedgerReport:
    """Verify, as the terminal does."""
    return verify_ledger(folder, kept=kept)
