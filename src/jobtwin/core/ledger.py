"""Ledger entries: what a mentor's ledger says of each act, without names and without free text.

Scores are text, comments are hashes, and every entry carries 16 random bytes of salt: few scores are
possible, and without salt a hash of them could be guessed.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from jobtwin.core.canonical import canonical_json, text_digest
from jobtwin.core.instant import utc_text

VERSION = 1
SALT_BYTES = 16
ENTRY_LIMIT = 64 * 1024
"""Largest entry in bytes: a reader of exports accepts no longer line, so no longer one is written."""
KINDS = ("seal", "discussion", "decision", "correction")

_ATTEMPT = re.compile(r"[!-~]{1,200}")
_RESERVED = ("v", "ledger", "seq", "at", "kind", "attempt", "salt")


def ledger_entry(
    *,
    ledger: str,
    seq: int,
    at: datetime,
    kind: str,
    attempt: str,
    salt: bytes,
    facts: Mapping[str, object],
) -> bytes:
    """The canonical bytes of one entry: what the Merkle leaf hashes and an export holds.

    `seq` counts from 0; `at` must not be before the previous entry's (the caller holds the ledger's
    lock). `facts` adds keys of the kind; their numbers are integers, fractions stand as text. Raises
    ValueError for a wrong kind, salt, place or attempt, a reserved key, a float, or an entry over
    ENTRY_LIMIT: whatever a reader of exports would refuse.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of ledger entry: {kind}")
    if seq < 0 or not ledger or not _ATTEMPT.fullmatch(attempt):
        raise ValueError("an entry has a ledger, a place from 0 on, and an attempt in plain letters")
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    taken = sorted(set(facts) & set(_RESERVED))
    if taken:
        raise ValueError(f"reserved keys of a ledger entry: {', '.join(taken)}")
    if _holds_float(facts):
        raise ValueError("a ledger entry holds fractions as text, never as floats")
    entry = canonical_json(
        {
            "v": VERSION,
            "ledger": ledger,
            "seq": seq,
            "at": utc_text(at),
            "kind": kind,
            "attempt": attempt,
            "salt": salt.hex(),
            **facts,
        }
    )
    if len(entry) > ENTRY_LIMIT:
        raise ValueError(f"a ledger entry has at most {ENTRY_LIMIT} bytes, this one {len(entry)}")
    return entry


def mark_facts(
    *, brief: str, commit: str, scores: Mapping[str, Decimal], comments: Mapping[str, str], salt: bytes
) -> dict[str, object]:
    """The facts of a mark: brief digest, commit, scores as text, salted hashes of the comments."""
    return {
        "brief": brief,
        "commit": commit,
        "scores": {dimension: score_text(score) for dimension, score in scores.items()},
        "comments": {dimension: text_digest(salt.hex() + text) for dimension, text in comments.items()},
    }


def score_text(score: Decimal) -> str:
    """A score as plain text with at least two places: 0.70, 0.725."""
    text = format(score.normalize(), "f")
    return re.sub(r"^(\d+)$", r"\1.00", re.sub(r"^(\d+\.\d)$", r"\g<1>0", text))


def _holds_float(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_float(one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(_holds_float(one) for one in value)
    return isinstance(value, float)
