"""The three files of a ledger's export, read as hostile input: bounded, streamed, in one spelling.

entries.jsonl     one canonical entry a line
checkpoints.txt   notes, separated by a line `=====`
keys.json         {"ledger", "origin", "vkeys": [...], "require": [names]}
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from jobtwin.core.errors import BadDocument, BadInput
from jobtwin.core.ledger import ENTRY_LIMIT
from jobtwin.proofs.note import NOTE_LIMIT, VerifierKey
from jobtwin.proofs.strict_json import parse_object

ENTRIES = "entries.jsonl"
CHECKPOINTS = "checkpoints.txt"
KEYS = "keys.json"
SEPARATOR = "=====\n"
FILES = frozenset({ENTRIES, CHECKPOINTS, KEYS})


@dataclass(frozen=True, slots=True)
class LedgerLimits:
    """What is read at most: bytes of an entry, number of entries and of checkpoints, bytes of keys.json."""

    entry_bytes: int = ENTRY_LIMIT
    entries: int = 20_000_000
    checkpoints: int = 5_000_000
    keys_bytes: int = 64 * 1024
    keys: int = 100


@dataclass(frozen=True, slots=True)
class LedgerKeys:
    """`keys.json`: which ledger, the origin of its checkpoints, who may sign them, and who must."""

    ledger: str
    origin: str
    vkeys: tuple[VerifierKey, ...]
    require: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The content of `keys.json`."""
        return {
            "ledger": self.ledger,
            "origin": self.origin,
            "vkeys": [str(key) for key in self.vkeys],
            "require": list(self.require),
        }


@contextmanager
def open_plain(folder: Path, name: str) -> Iterator[BinaryIO]:
    """A plain file of the folder. Raises BadInput where it is missing, a link, a pipe or unreadable."""
    path = folder / name
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise BadInput(f"{path} is not a plain file")
    with os.fdopen(handle, "rb", buffering=1 << 16) as file:
        yield file


def read_keys(folder: Path, limits: LedgerLimits) -> LedgerKeys:
    """`keys.json`. Raises BadInput where there is none, BadDocument (BAD_KEYS, BAD_VKEY) for a wrong one."""
    with open_plain(folder, KEYS) as file:
        data = file.read(limits.keys_bytes + 1)
    try:
        document = parse_object(data, max_bytes=limits.keys_bytes, max_depth=4)
    except BadDocument as error:
        raise BadDocument(f"keys.json: {error.message}", code="BAD_KEYS") from error
    if set(document) != {"ledger", "origin", "vkeys", "require"}:
        raise BadDocument("keys.json has ledger, origin, vkeys and require, no more", code="BAD_KEYS")
    names = [document["ledger"], document["origin"]]
    vkeys, require = _texts(document["vkeys"], limits), _texts(document["require"], limits)
    if not all(isinstance(name, str) and name for name in names):
        raise BadDocument("keys.json names no ledger or no origin", code="BAD_KEYS")
    keys = tuple(VerifierKey.parse(text) for text in vkeys)
    if not require or set(require) != {key.name for key in keys}:
        raise BadDocument("keys.json requires exactly the names that have a key", code="BAD_KEYS")
    return LedgerKeys(str(names[0]), str(names[1]), keys, require)


def read_lines(file: BinaryIO, limits: LedgerLimits) -> Iterator[bytes]:
    """The lines without their newline. Raises BadDocument (LINE_TOO_LONG, LINE_END, TOO_MANY)."""
    number = 0
    while line := file.readline(limits.entry_bytes + 2):
        if number >= limits.entries:
            raise BadDocument(f"over {limits.entries} entries are not read", code="TOO_MANY")
        if len(line) > limits.entry_bytes + 1:
            raise BadDocument(f"entry {number} has over {limits.entry_bytes} bytes", code="LINE_TOO_LONG")
        if not line.endswith(b"\n"):
            raise BadDocument(f"entry {number} does not end in a newline", code="LINE_END")
        if line.endswith(b"\r\n"):
            raise BadDocument(f"entry {number} ends in a carriage return", code="LINE_END")
        yield line[:-1]
        number += 1


def read_notes(file: BinaryIO, limits: LedgerLimits) -> Iterator[str]:
    """The notes of `checkpoints.txt`. Raises BadDocument (BAD_NOTE, TOO_MANY); an empty file has none."""
    number, note, ended = 0, b"", True
    while line := file.readline(NOTE_LIMIT + 1):
        ended = False
        if line == SEPARATOR.encode():
            yield _note(note, number)
            number, note = number + 1, b""
            if number >= limits.checkpoints:
                raise BadDocument(f"over {limits.checkpoints} checkpoints are not read", code="TOO_MANY")
            continue
        note += line
        if len(note) > NOTE_LIMIT:
            raise BadDocument(f"checkpoint {number} has over {NOTE_LIMIT} bytes", code="BAD_NOTE")
    if not ended:
        yield _note(note, number)


def _note(data: bytes, number: int) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BadDocument(f"checkpoint {number} is not UTF-8", code="BAD_NOTE") from error
    if not text:
        raise BadDocument(f"there is no checkpoint before or after separator {number}", code="BAD_NOTE")
    return text


def _texts(value: object, limits: LedgerLimits) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise BadDocument("keys.json has vkeys and require as lists of texts", code="BAD_KEYS")
    if len(value) > limits.keys or len(set(value)) != len(value):
        raise BadDocument("keys.json lists too many keys, or one twice", code="BAD_KEYS")
    return tuple(value)
