"""Tokens of a file as copies are compared: names and numbers of code do not count, words of prose do."""

import re
import zlib
from collections.abc import Sequence

from jobtwin.review.kinds import Kind, kind_of
from jobtwin.review.substance import code_lines

Token = tuple[int, int]
"""Hash of the token (32 bits), line from 1."""

_CODE = re.compile(
    r"""[A-Za-z_]\w*|\d[\w.]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|[=!<>+\-*/%&|^]=|&&|\|\||->|=>|\S"""
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_WORDS = """
and as assert async await break case catch class const continue def default del do elif else enum except
export extends finally fn for from func function go if impl import in interface is lambda let match mut new
not or package pass pub raise return self static struct super switch this throw try type var while with yield
None True False null true false
"""
_KEPT = frozenset(_WORDS.split())
_READ_AS_CODE = frozenset({Kind.PYTHON, Kind.CODE})
_READ_AS_PROSE = frozenset({Kind.MARKDOWN, Kind.PROSE})
MAX_LINE = 2000


def tokens_of(path: str, lines: Sequence[str]) -> list[Token]:
    """The tokens of code (comments left out) or prose; none of other files, which copy for good reasons."""
    kind = kind_of(path)
    if kind in _READ_AS_CODE:
        code = code_lines(path, list(lines))
        return [
            (_hash(_normalised(part)), number)
            for number, line in code.items()
            for part in _CODE.findall(line[:MAX_LINE])
        ]
    if kind in _READ_AS_PROSE:
        return [
            (_hash(word.lower()), number)
            for number, line in enumerate(lines, 1)
            for word in _WORD.findall(line[:MAX_LINE])
        ]
    return []


def is_code(path: str) -> bool:
    """True for files that are compared as code."""
    return kind_of(path) in _READ_AS_CODE


def _normalised(part: str) -> str:
    if part[0].isalpha() or part[0] == "_":
        return part if part in _KEPT else "v"
    if part[0].isdigit():
        return "0"
    return "s" if part[0] in "\"'`" else part


def _hash(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", errors="replace"))
