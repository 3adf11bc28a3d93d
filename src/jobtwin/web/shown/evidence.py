"""A file of the pinned commit as lines to show; what is no text, or too much of it, as a sentence."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext

from jobtwin.core.evidence import lines_of
from jobtwin.web.highlight import Line, highlighted, language_of
from jobtwin.web.shown.text import nameless

MAX_FILE_BYTES = 1024 * 1024
MAX_LINE = 2_000
WINDOW = 2_000
"""Lines on one page."""

_RANGE = re.compile(r"([0-9]{1,7})(?:-([0-9]{1,7}))?")


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line: its number from 1, its tokens, whether it is among the lines asked for."""

    number: int
    tokens: Line
    marked: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A window of lines, or a sentence instead; `earlier` and `later` are first lines of other windows."""

    lines: list[ShownLine]
    total: int
    sentence: str = ""
    earlier: int | None = None
    later: int | None = None


def parse_range(text: str) -> tuple[int, int]:
    """`10-20` or `10` as first and last line; (1, 0), an empty range, for anything else."""
    found = _RANGE.fullmatch(text)
    if found is None:
        return 1, 0
    first = max(1, int(found[1]))
    return first, int(found[2] or found[1])


def is_range(text: str) -> bool:
    """Whether `text` names lines at all."""
    return _RANGE.fullmatch(text) is not None


def shown_file(path: str, content: bytes, asked: tuple[int, int]) -> ShownFile:
    """The window of a file that holds the first line asked for."""
    if len(content) > MAX_FILE_BYTES:
        return _instead(
            gettext("This file has {number} bytes; files over {most} bytes are not shown.").format(
                number=len(content), most=MAX_FILE_BYTES
            )
        )
    if b"\0" in content[:8000]:
        return _instead(gettext("This is not a text file ({number} bytes).").format(number=len(content)))
    whole = lines_of(content)
    if not whole:
        return _instead(gettext("This file is empty."))
    start = (min(asked[0], len(whole)) - 1) // WINDOW * WINDOW
    window = [nameless(line) for line in whole[start : start + WINDOW]]
    tokens = highlighted(tuple(line[:MAX_LINE] for line in window), language_of(path))
    lines = [
        ShownLine(number, line, asked[0] <= number <= asked[1], len(whole[number - 1]) > MAX_LINE)
        for number, line in enumerate(tokens, start + 1)
    ]
    return ShownFile(
        lines,
        len(whole),
        earlier=start + 1 - WINDOW if start else None,
        later=start + 1 + WINDOW if start + WINDOW < len(whole) else None,
    )


def _instead(sentence: str) -> ShownFile:
    return ShownFile([], 0, sentence)
