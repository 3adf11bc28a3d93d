"""Checkpoints (C2SP tlog-checkpoint): a ledger's size and root, signed as a note.

    origin
    size in decimal
    base64 of the root hash

Extension lines are refused: this project writes none, and what nobody reads nobody should sign.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jobtwin.core.errors import BadDocument
from jobtwin.proofs.encoding import base64_decode, base64_encode
from jobtwin.proofs.merkle import HASH_BYTES
from jobtwin.proofs.note import NoteSigner, VerifierKey, parse_note, sign_note, verify_note

SIZE_LIMIT = 2**53 - 1
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a ledger held at one size: origin, number of entries, root hash (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64_encode(self.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note's text. Raises BadDocument (BAD_CHECKPOINT) for any other spelling."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise BadDocument("a checkpoint has three lines: origin, size, root", code="BAD_CHECKPOINT")
    origin, size, encoded = lines[:3]
    if not _SIZE.fullmatch(size) or int(size) > SIZE_LIMIT:
        raise BadDocument(f"not the size of a checkpoint: {size[:40]!r}", code="BAD_CHECKPOINT")
    try:
        root = base64_decode(encoded)
    except ValueError as error:
        raise BadDocument("the root of a checkpoint is not base64", code="BAD_CHECKPOINT") from error
    if len(root) != HASH_BYTES:
        raise BadDocument(f"the root of a checkpoint has {len(root)} bytes, not 32", code="BAD_CHECKPOINT")
    return Checkpoint(origin, int(size), root)


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[tuple[str, NoteSigner]]) -> str:
    """The signed note. Raises ValueError for an origin or a size that the reader would refuse."""
    if len(checkpoint.root) != HASH_BYTES or not 0 <= checkpoint.size <= SIZE_LIMIT:
        raise ValueError("a checkpoint has a size of at least 0 and a root of 32 bytes")
    if not checkpoint.origin or "\n" in checkpoint.origin:
        raise ValueError("an origin is one line")
    return sign_note(checkpoint.text(), signers)


def cosign_checkpoint(note: str, name: str, signer: NoteSigner) -> str:
    """The note with one more signature: what a witness adds. Raises BadDocument for what is no checkpoint."""
    parsed = parse_note(note)
    parse_checkpoint(parsed.text)
    return note + sign_note(parsed.text, [(name, signer)]).removeprefix(parsed.text + "\n")


def verify_checkpoint(
    note: str, keys: Iterable[VerifierKey], *, origin: str, require: Iterable[str]
) -> Checkpoint:
    """The checkpoint of a note signed by all required names and by nobody unknown.

    Raises BadDocument: BAD_NOTE, BAD_CHECKPOINT, the codes of `verify_note`, WRONG_ORIGIN, or
    MISSING_SIGNATURE.
    """
    parsed = parse_note(note)
    checkpoint = parse_checkpoint(parsed.text)
    if checkpoint.origin != origin:
        raise BadDocument(f"a checkpoint of {checkpoint.origin[:80]!r}, not {origin!r}", code="WRONG_ORIGIN")
    signed = {key.name for key in verify_note(parsed, keys)}
    missing = sorted(set(require) - signed)
    if missing:
        raise BadDocument(f"not signed by {', '.join(missing)}", code="MISSING_SIGNATURE")
    return checkpoint
