"""An auditor's own reader of exports, from RFC 6962, RFC 8032 and the note format.

It imports no code of the project. What it refuses it refuses with an assertion.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def accepts(folder: Path, kept: str = "") -> bool:
    """True where the export holds, and continues the checkpoint that somebody kept."""
    try:
        audit(folder, kept)
    except (AssertionError, ValueError, KeyError, TypeError, InvalidSignature, RecursionError):
        return False
    return True


def audit(folder: Path, kept: str = "") -> None:
    """RFC 6962, 2.1 at every checkpoint; signatures by every name that has a key, by nobody unknown."""
    keys = json.loads((folder / "keys.json").read_bytes())
    assert set(keys) == {"ledger", "origin", "vkeys", "require"}
    entries = read_entries((folder / "entries.jsonl").read_bytes(), keys["ledger"])
    notes = (folder / "checkpoints.txt").read_bytes().decode().split("=====\n")
    sizes = [checkpoint(note, keys, entries) for note in notes]
    assert sizes == sorted(sizes)
    assert len(set(notes)) == len(notes)
    assert sizes[-1] == len(entries)
    if kept:
        assert checkpoint(kept, keys, entries) <= len(entries)


def read_entries(data: bytes, ledger: str) -> list[bytes]:
    """The lines; each one canonical, of this ledger, next in order, and not dated before the one above."""
    assert not data or data.endswith(b"\n")
    lines, before = data.split(b"\n")[:-1], ""
    for seq, line in enumerate(lines):
        assert len(line) <= 65_536
        entry = json.loads(line.decode())
        again = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert again.encode() == line
        assert type(entry["seq"]) is int
        assert (entry["v"], entry["ledger"], entry["seq"]) == (1, ledger, seq)
        assert len(bytes.fromhex(entry["salt"])) == 16
        assert entry["at"] >= before
        before = entry["at"]
    return lines


def checkpoint(note: str, keys: dict[str, Any], entries: list[bytes]) -> int:
    """Origin, size and root of one note, once its signatures hold and its root is that of so many entries."""
    text, gap, tail = note.rpartition("\n\n")
    assert gap
    assert tail.endswith("\n")
    origin, size, root = text.split("\n")
    assert origin == keys["origin"]
    known = {}
    for vkey in keys["vkeys"]:
        name, short, raw = vkey.split("+", 2)
        public = base64.b64decode(raw, validate=True)
        assert public[:1] == b"\1"
        assert hashlib.sha256(name.encode() + b"\n" + public).digest()[:4].hex() == short
        known[name, bytes.fromhex(short)] = Ed25519PublicKey.from_public_bytes(public[1:])
    signed = []
    for line in tail[:-1].split("\n"):
        dash, name, value = line.split(" ")
        assert dash == "\N{EM DASH}"
        signature = base64.b64decode(value, validate=True)
        known[name, signature[:4]].verify(signature[4:], f"{text}\n".encode())
        signed.append((name, signature[:4]))
    assert len(set(signed)) == len(signed)
    assert set(keys["require"]) <= {name for name, _ in signed}
    assert set(keys["require"]) == {name for name, _ in known}
    assert str(int(size)) == size
    assert int(size) <= len(entries)
    assert base64.b64decode(root, validate=True) == tree(entries[: int(size)])
    return int(size)


def tree(entries: list[bytes]) -> bytes:
    """RFC 6962, 2.1."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\0" + entries[0]).digest()
    half = 1 << (len(entries) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree(entries[:half]) + tree(entries[half:])).digest()


def included(entry: bytes, seq: int, size: int, path: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2)."""
    assert seq < size
    at, last, found = seq, size - 1, hashlib.sha256(b"\0" + entry).digest()
    for step in path:
        assert last > 0
        if at & 1 or at == last:
            found = hashlib.sha256(b"\1" + step + found).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + step).digest()
        at, last = at >> 1, last >> 1
    assert last == 0
    return found
