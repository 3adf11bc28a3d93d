"""Neutral lines: a file without what only speaks to a reader: comments, docstrings, non-ASCII characters.

A verdict that stands only while these are there was talked into being. Line numbers stay as they are.
"""

import ast
import io
import re
import tokenize
import unicodedata

from jobtwin.review.kinds import Kind, kind_of
from jobtwin.review.pyfacts import parse_module
from jobtwin.review.substance import blank_html_comments, code_lines

_LINK_COMMENT = re.compile(r"^\s{0,3}\[[^\]]{1,200}\]:\s*(?:#|<>)")
_TEXT = (ast.Constant, ast.JoinedStr)
_PROSE = frozenset({Kind.MARKDOWN, Kind.PROSE, Kind.OTHER})


def neutral_lines(path: str, lines: list[str]) -> list[str]:
    """As many lines as given, ASCII only. A Python file that cannot be parsed is wholly empty."""
    kind = kind_of(path)
    if kind is Kind.PYTHON:
        kept = _python(lines)
    elif kind in _PROSE:
        kept = ["" if _LINK_COMMENT.match(line) else line for line in blank_html_comments(lines)]
    else:
        code = code_lines(path, lines)
        kept = [code.get(number, "") for number in range(1, len(lines) + 1)]
    return [to_ascii(line) for line in kept]


def to_ascii(line: str) -> str:
    """The line in ASCII: accents fall off their letters, every other foreign character falls away."""
    if line.isascii():
        return line
    return unicodedata.normalize("NFD", line).encode("ascii", "ignore").decode()


def _python(lines: list[str]) -> list[str]:
    module = parse_module(lines)
    if module is None:
        return [""] * len(lines)
    kept = [line.encode() for line in lines]
    talk = [n for n in ast.walk(module) if isinstance(n, ast.Expr) and isinstance(n.value, _TEXT)]
    for node in sorted(talk, key=lambda one: (one.lineno, one.col_offset), reverse=True):
        _blank(kept, node)
    return _without_comments([line.decode(errors="replace") for line in kept])


def _blank(kept: list[bytes], node: ast.Expr) -> None:
    """Takes the bytes of a statement out of its lines (the AST counts columns in bytes of UTF-8)."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    start, end = node.col_offset, node.end_col_offset or 0
    if first == last:
        kept[first] = kept[first][:start] + kept[first][end:]
        return
    kept[first], kept[last] = kept[first][:start], kept[last][end:]
    for number in range(first + 1, last):
        kept[number] = b""


def _without_comments(lines: list[str]) -> list[str]:
    kept = list(lines)
    reader = io.StringIO("\n".join(line.replace("\r", " ").replace("\f", " ") for line in lines) + "\n")
    try:
        for token in tokenize.generate_tokens(reader.readline):
            if token.type == tokenize.COMMENT:
                number, column = token.start
                kept[number - 1] = kept[number - 1][:column].rstrip()
    except (tokenize.TokenError, SyntaxError):
        # Without its docstrings a module may no longer tokenize to its end; what was not reached goes.
        return [line.partition("#")[0] for line in kept]
    return kept
