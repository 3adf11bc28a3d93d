"""Ledger exports: written for an auditor, and verified without a database, a network or an account.

`verify_ledger` trusts nothing but the keys in `keys.json`, and says so: an auditor compares them with
the ones that were published, and passes a checkpoint that somebody kept. Without a kept one, whoever
holds all signing keys could have written another history, or shown an older and shorter one.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from jobtwin.core.canonical import canonical_json
from jobtwin.core.errors import BadDocument, BadInput
from jobtwin.proofs.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from jobtwin.proofs.encoding import base64_encode
from jobtwin.proofs.ledger_entry import EntryReader
from jobtwin.proofs.ledger_files import (
    CHECKPOINTS,
    ENTRIES,
    FILES,
    KEYS,
    SEPARATOR,
    LedgerKeys,
    LedgerLimits,
    open_plain,
    read_keys,
    read_lines,
    read_notes,
)
from jobtwin.proofs.merkle import Frontier
from jobtwin.proofs.note import Note, ed25519_holds, parse_note


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What an export showed. `code` is empty where it is valid; `sentence` is for people.

    `entries` and `checkpoints` count what was verified, `root` is base64, `signers` are verifier keys
    to compare with the published ones, `unread` names files beside the export that nothing speaks of.
    """

    code: str
    sentence: str
    ledger: str = ""
    origin: str = ""
    entries: int = 0
    checkpoints: int = 0
    root: str = ""
    signers: tuple[str, ...] = ()
    kept: bool = False
    unread: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        """True where nothing was found wrong."""
        return not self.code

    def as_json(self) -> dict[str, object]:
        """The report as plain JSON values."""
        return {
            "valid": self.valid,
            **asdict(self),
            "signers": list(self.signers),
            "unread": list(self.unread),
        }


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A checkpoint that the entries must meet, how to call it, and the code where they do not."""

    checkpoint: Checkpoint
    name: str
    code: str = ""


def write_export(
    folder: Path, entries: Iterable[bytes], checkpoints: Iterable[str], keys: LedgerKeys
) -> None:
    """Write the three files, each whole or not at all; a checkpoint repeated byte for byte stands once.

    Raises BadInput where an entry holds a newline or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / ENTRIES, _entry_lines(entries))
        _write(folder / CHECKPOINTS, _separated(checkpoints))
        _write(folder / KEYS, [canonical_json(keys.as_json()) + b"\n"])
    except OSError as error:
        raise BadInput(f"{folder} cannot be written: {error.strerror}") from error


def verify_ledger(
    folder: Path, *, kept: str | None = None, limits: LedgerLimits | None = None
) -> LedgerReport:
    """Verify an export; `kept` is the text of a checkpoint that the auditor kept.

    Tampering is reported, never raised. Raises BadInput where a file is missing or unreadable, and
    BadDocument where `kept` is no checkpoint.
    """
    limits = limits or LedgerLimits()
    note = parse_note(kept) if kept is not None else None
    if note is not None:
        parse_checkpoint(note.text)
    found = _names(folder)
    try:
        keys = read_keys(folder, limits)
    except BadDocument as error:
        return LedgerReport(error.code, error.message)
    try:
        held = _read_checkpoints(folder, keys, limits)
        wanted = [_Wanted(one, f"checkpoint {number}") for number, one in enumerate(held)]
        if note is not None:
            wanted.append(_Wanted(_kept_checkpoint(note, keys), "the kept checkpoint", "KEPT_MISMATCH"))
        root = _read_entries(folder, keys, wanted, held[-1].size, limits)
    except BadDocument as error:
        return LedgerReport(error.code, error.message, keys.ledger, keys.origin)
    size = held[-1].size
    return LedgerReport(
        "",
        f"{size} entries of {keys.ledger} stand as {len(held)} checkpoints say, signed by "
        f"{', '.join(keys.require)}",
        keys.ledger,
        keys.origin,
        size,
        len(held),
        base64_encode(root),
        tuple(str(key) for key in keys.vkeys),
        note is not None,
        tuple(sorted(found - FILES)),
    )


def _names(folder: Path) -> set[str]:
    try:
        return {entry.name[:200] for entry in os.scandir(folder)}
    except OSError as error:
        raise BadInput(f"{folder} cannot be read: {error.strerror}") from error


def _read_checkpoints(folder: Path, keys: LedgerKeys, limits: LedgerLimits) -> list[Checkpoint]:
    """All checkpoints, verified, sizes never decreasing. Raises BadDocument; at least one is returned."""
    held: list[Checkpoint] = []
    former = ""
    with open_plain(folder, CHECKPOINTS) as file:
        for text in read_notes(file, limits):
            try:
                one = verify_checkpoint(text, keys.vkeys, origin=keys.origin, require=keys.require)
            except BadDocument as error:
                raise BadDocument(f"checkpoint {len(held)}: {error.message}", code=error.code) from error
            _judge_order(held, one, repeated=text == former)
            held.append(one)
            former = text
    if not held:
        raise BadDocument("no checkpoint: nobody has signed anything", code="NO_CHECKPOINT")
    return held


def _judge_order(held: list[Checkpoint], one: Checkpoint, *, repeated: bool) -> None:
    if not held:
        return
    if repeated:
        raise BadDocument(f"checkpoint {len(held)} repeats the one above it", code="REPEATED_CHECKPOINT")
    if one.size < held[-1].size:
        raise BadDocument(
            f"checkpoint {len(held)} has {one.size} entries, fewer than the one above it",
            code="SIZE_DECREASES",
        )
    if one.size == held[-1].size and one.root != held[-1].root:
        raise BadDocument(f"two different roots are signed for {one.size} entries", code="TWO_ROOTS")


def _kept_checkpoint(note: Note, keys: LedgerKeys) -> Checkpoint:
    """The kept checkpoint, where a key of this export signed it. Raises BadDocument (KEPT_...)."""
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != keys.origin:
        raise BadDocument(
            f"the kept checkpoint is of {checkpoint.origin[:80]!r}, not {keys.origin!r}", code="KEPT_ORIGIN"
        )
    known = {(key.name, key.key_hash): key for key in keys.vkeys}
    mine = [(known.get((one.name, one.key_hash)), one.value) for one in note.signatures]
    if not any(key and ed25519_holds(key.public, value, note.text.encode()) for key, value in mine):
        raise BadDocument("no key of this export signed the kept checkpoint", code="KEPT_SIGNER")
    return checkpoint


def _read_entries(
    folder: Path, keys: LedgerKeys, wanted: list[_Wanted], last: int, limits: LedgerLimits
) -> bytes:
    """The final root, after every wanted checkpoint was met on the way. Raises BadDocument."""
    waiting = sorted(wanted, key=lambda one: one.checkpoint.size, reverse=True)
    frontier, reader = Frontier(), EntryReader(keys.ledger)
    with open_plain(folder, ENTRIES) as file:
        _meet(waiting, frontier)
        for line in read_lines(file, limits):
            if frontier.size == last:
                raise BadDocument(f"entries stand after the {last} that were signed", code="UNSIGNED_ENTRIES")
            reader.read(line)
            frontier.append(line)
            _meet(waiting, frontier)
    if waiting:
        raise BadDocument(
            f"{frontier.size} entries, where {waiting[-1].name} has {waiting[-1].checkpoint.size}",
            code=waiting[-1].code or "MISSING_ENTRIES",
        )
    return frontier.root()


def _meet(waiting: list[_Wanted], frontier: Frontier) -> None:
    """Take off the checkpoints of exactly this size, comparing their roots."""
    while waiting and waiting[-1].checkpoint.size == frontier.size:
        one = waiting.pop()
        if one.checkpoint.root != frontier.root():
            raise BadDocument(
                f"the first {frontier.size} entries are not those of {one.name}",
                code=one.code or "ROOT_MISMATCH",
            )


def _entry_lines(entries: Iterable[bytes]) -> Iterator[bytes]:
    for number, entry in enumerate(entries):
        if b"\n" in entry:
            raise BadInput(f"entry {number} holds a newline")
        yield entry + b"\n"


def _separated(notes: Iterable[str]) -> Iterator[bytes]:
    former = ""
    for note in notes:
        if note != former:
            yield (SEPARATOR if former else "").encode() + note.encode()
        former = note


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.writelines(chunks)
    fresh.replace(path)
