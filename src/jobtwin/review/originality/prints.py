"""Fingerprints by winnowing (Schleimer, Wilkerson and Aiken, 2003): a copy is found wherever it stands.

Every run of `SPAN` tokens has a hash; of every `WINDOW` neighbouring hashes the least one is kept. So a copy
of at least `SPAN + WINDOW - 1` tokens always shares a fingerprint.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobtwin.review.files import Files
from jobtwin.review.kinds import is_generated, is_vendored
from jobtwin.review.originality.tokens import Token, is_code, tokens_of

CODE_SPAN, PROSE_SPAN = 30, 14
WINDOW = 16
MAX_PRINTS = 4000
"""Fingerprints of a submission; of more the least hashes are kept, which are the same ones in every copy."""
_BASE = 1_000_003
_MODULUS = (1 << 61) - 1


@dataclass(frozen=True, slots=True)
class Print:
    """A fingerprint (61 bits) with the lines that it was taken from."""

    hash: int
    path: str
    line_start: int
    line_end: int


def prints_of(files: Files) -> tuple[Print, ...]:
    """The fingerprints of a tree's own code and prose, each hash once, in order of hash."""
    found: dict[int, Print] = {}
    for path in files.own:
        if is_generated(path) or is_vendored(path):
            continue
        tokens = tokens_of(path, files.lines(path))
        for value, first, last in winnowed(tokens, CODE_SPAN if is_code(path) else PROSE_SPAN):
            found.setdefault(value, Print(value, path, first, last))
    return tuple(found[value] for value in sorted(found)[:MAX_PRINTS])


def winnowed(tokens: Sequence[Token], span: int) -> Iterator[tuple[int, int, int]]:
    """`(hash, first line, last line)` of the kept runs."""
    hashes = _rolled([value for value, _ in tokens], span)
    kept = -1
    for start in range(max(1, len(hashes) - WINDOW + 1) if hashes else 0):
        window = hashes[start : start + WINDOW]
        least = start + min(range(len(window)), key=lambda at: (window[at], -at))
        if least != kept:
            kept = least
            yield hashes[least], tokens[least][1], tokens[least + span - 1][1]


def _rolled(values: list[int], span: int) -> list[int]:
    """The hash of every run of `span` values, each from the one before (Karp and Rabin, 1987)."""
    if len(values) < span:
        return []
    top = pow(_BASE, span - 1, _MODULUS)
    current = 0
    for value in values[:span]:
        current = (current * _BASE + value + 1) % _MODULUS
    hashes = [current]
    for old, new in zip(values, values[span:], strict=False):
        current = ((current - (old + 1) * top) * _BASE + new + 1) % _MODULUS
        hashes.append(current)
    return [_mixed(one) for one in hashes]


def _mixed(value: int) -> int:
    """Spreads a hash, so that the least one is no matter of small tokens."""
    value = (value ^ (value >> 29)) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    return (value ^ (value >> 32)) & _MODULUS
