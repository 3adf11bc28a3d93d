"""One line of `entries.jsonl`, judged: its one spelling, its keys, its place and its time.

Everything here speaks of a single line; the tree over all of them is the matter of `ledger`.
"""

import json
import re
from datetime import datetime
from typing import NoReturn

from jobtwin.core.canonical import canonical_json
from jobtwin.core.errors import BadDocument
from jobtwin.core.ledger import SALT_BYTES, VERSION

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", re.ASCII)
_KIND = re.compile(r"[a-z][a-z_]{0,39}")
_SALT = re.compile(f"[0-9a-f]{{{2 * SALT_BYTES}}}")


class EntryReader:
    """Judges the lines of one ledger in their order, and remembers the place and the time of the last."""

    def __init__(self, ledger: str) -> None:
        self.ledger = ledger
        self.seq = 0
        self._at = ""

    def read(self, line: bytes) -> None:
        """Judge the next line, without its newline.

        Raises BadDocument: NOT_CANONICAL, BAD_ENTRY, WRONG_LEDGER, BAD_SEQUENCE, BAD_TIME, TIME_BACKWARDS.
        """
        entry = parse_canonical(line, f"entry {self.seq}")
        self._judge_keys(entry)
        if entry["ledger"] != self.ledger:
            self._refuse(f"is of the ledger {str(entry['ledger'])[:80]!r}", "WRONG_LEDGER")
        if entry["seq"] != self.seq:
            self._refuse(f"says it is number {entry['seq']}", "BAD_SEQUENCE")
        at = entry["at"]
        if not isinstance(at, str) or not _is_time(at):
            self._refuse("has no time in fixed-width UTC", "BAD_TIME")
        if at < self._at:
            self._refuse(f"is of {at}, before the entry above it", "TIME_BACKWARDS")
        self.seq, self._at = self.seq + 1, at

    def _judge_keys(self, entry: dict[str, object]) -> None:
        """The keys that every entry has, each of its type; facts beside them are free."""
        missing = [key for key in ("v", "ledger", "seq", "at", "kind", "attempt", "salt") if key not in entry]
        if missing:
            self._refuse(f"has no {', '.join(missing)}", "BAD_ENTRY")
        if type(entry["v"]) is not int or entry["v"] != VERSION:
            self._refuse(f"is not of version {VERSION}", "BAD_ENTRY")
        if type(entry["seq"]) is not int:
            self._refuse("has a number that is none", "BAD_ENTRY")
        for key, form in (("kind", _KIND), ("salt", _SALT), ("attempt", re.compile(r"[!-~]{1,200}"))):
            value = entry[key]
            if not isinstance(value, str) or not form.fullmatch(value):
                self._refuse(f"has no {key} of the right form", "BAD_ENTRY")

    def _refuse(self, what: str, code: str) -> NoReturn:
        raise BadDocument(f"entry {self.seq} {what}", code=code)


def parse_canonical(data: bytes, name: str) -> dict[str, object]:
    """The object of RFC 8785 canonical JSON bytes without fractions.

    Raises BadDocument (NOT_CANONICAL) for any other spelling: a repeated key, a space, an escape that
    need not be, a byte order mark, another order of keys, a number that is no integer.
    """
    try:
        value = json.loads(
            data.decode(), parse_int=_small_integer, parse_float=_no_number, parse_constant=_no_number
        )
        same = isinstance(value, dict) and _canonical(value, ascii_only=data.isascii()) == data
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise BadDocument(f"{name} is not an object in canonical JSON (RFC 8785)", code="NOT_CANONICAL")
    return value  # type: ignore[no-any-return]  # json.loads says Any; `same` says dict


def _canonical(value: object, *, ascii_only: bool) -> bytes:
    """RFC 8785 bytes. The standard library's writer is six times as fast and agrees where all is ASCII."""
    if ascii_only:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if text.isascii():
            return text.encode()
    return canonical_json(value)


def _small_integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > 2**53 - 1 or digits == "-0":
        raise ValueError("an integer that not every reader can hold")
    return int(digits)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"not an integer: {text[:40]}")


def _is_time(text: str) -> bool:
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text[:-1] + "+00:00")
    except ValueError:
        return False
    return True
