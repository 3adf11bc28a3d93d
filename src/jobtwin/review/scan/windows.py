"""Windows: short pieces of a file that may hold an instruction, with the lines they stand on.

A line is a unit; a long one is cut into overlapping pieces. A window is one unit, or a unit with its
neighbours (one on each side, two where lines are short), so that a sentence wrapped in a comment is read
whole. Only units near cue words are read.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from jobtwin.review.scan.cues import class_of, cue_starts
from jobtwin.review.scan.folding import fold, unleet

PIECE, OVERLAP = 320, 100
NEIGHBOUR = 160
SHORT = 76
"""Characters of a line that was probably broken to fit a margin."""
_ESCAPED = re.compile(r"\\{1,2}u([0-9a-fA-F]{4})|\\{1,2}x([0-9a-fA-F]{2})")
_APART = re.compile(r"(?<!\w)\w \w \w \w \w(?!\w)")
_DOTTED = re.compile(r"(?<![\w.])[^\W\d_](?:\.[^\W\d_]){4,}(?![\w.])")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2}){8,}|(?:[\w.-]{0,20}%20){3,}")
_SINGLE = re.compile(r"(?<!\w)\w(?: \w(?!\w))+")
_SMALL_ESCAPES = re.compile(r"\\[nrt\"'/\\]")
_LEAD = re.compile(r"^[\s#/*;%>|\-+=~\"'`,]+")
_WORD_START = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,6}")
_STARTS = {key: name for key, name in cue_starts().items() if not key.startswith("<")}
_START_SET = frozenset(_STARTS)
_WORD = re.compile(r"[^\W\d_]{2,40}")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0900-\u097f]")
_UNSPACED_CUES = {key: name for key, name in _STARTS.items() if _UNSPACED.match(key)}
_MAYBE_LEET = re.compile(r"[a-z][013457][a-z013457][^\n]*[a-z][013457][a-z013457]")
STRONG = frozenset({"grader", "machine", "ignore", "rules", "marks", "forge", "prize", "faults"})


@dataclass(frozen=True, slots=True)
class Window:
    """Folded text of one to five units on lines `line_start..line_end`."""

    line_start: int
    line_end: int
    folded: str


def readable(text: str) -> str:
    """Text with small escapes and HTML entities undone, without leading marks of comments."""
    if "\\" in text:
        text = _SMALL_ESCAPES.sub(" ", text)
    if "&" in text and ";" in text:
        text = html.unescape(text)
    return _LEAD.sub("", text)


def spelled_out(line: str) -> str:
    """A line whose letters are not written as numeric escapes or entities, nor apart from each other."""
    if "\\" in line:
        line = _ESCAPED.sub(lambda found: chr(int(found.group(1) or found.group(2), 16)), line)
    if "&#" in line:
        line = html.unescape(line)
    if line.count("%") >= 3 and _PERCENT.search(line):
        line = unquote(line, errors="replace")
    if line.count(".") >= 4:
        line = _DOTTED.sub(lambda found: found.group().replace(".", ""), line)
    return _SINGLE.sub(lambda found: found.group().replace(" ", ""), line) if _APART.search(line) else line


def units_of(lines: Sequence[str], *, max_line: int) -> Iterator[tuple[int, str]]:
    """Line numbers and pieces of lines; of a line longer than `max_line` only its beginning and end."""
    for number, written in enumerate(lines, 1):
        line = spelled_out(written[: max_line * 8])
        if len(line) <= PIECE:
            yield number, line
            continue
        kept = line if len(line) <= max_line else line[: max_line // 2] + "\n" + line[-max_line // 2 :]
        for at in range(0, len(kept) - OVERLAP, PIECE - OVERLAP):
            yield number, kept[at : at + PIECE]


def classes_in(folded: str) -> frozenset[str]:
    """Classes of cues in folded text: words are looked up only where some begin like one."""
    if _MAYBE_LEET.search(folded):
        folded = unleet(folded)
    found: set[str] = set()
    if not _START_SET.isdisjoint(_WORD_START.findall(folded)):
        found.update(name for word in set(_WORD.findall(folded)) if (name := class_of(word)) is not None)
    if not folded.isascii() and _UNSPACED.search(folded):
        found.update(name for key, name in _UNSPACED_CUES.items() if key in folded)
    return frozenset(found)


def is_worth_reading(classes: frozenset[str]) -> bool:
    """True where three kinds of cues stand, or two with one of them about grading, machines or rules."""
    return len(classes) >= 3 or (len(classes) == 2 and not classes.isdisjoint(STRONG))


def windows_of(lines: Sequence[str], *, max_line: int = 20_000) -> Iterator[Window]:
    """Windows worth reading, in order."""
    pieces = list(units_of(lines, max_line=max_line))
    seen = [classes_in(piece.lower()) if piece.isascii() else classes_in(fold(piece)) for _, piece in pieces]
    for at, (number, piece) in enumerate(pieces):
        if is_worth_reading(seen[at]):
            yield Window(number, number, fold(readable(piece)))
        if not seen[at]:
            continue
        near = range(max(0, at - 1), min(len(pieces), at + 2))
        if len(near) > 1 and _tells_more(seen, near):
            yield _joined(pieces, near)
        wide = range(max(0, at - 2), min(len(pieces), at + 3))
        if _is_wrapped(pieces, wide) and _goes_on(seen, wide):
            yield _joined(pieces, wide)


def _is_wrapped(pieces: list[tuple[int, str]], wide: range) -> bool:
    """True for five lines of prose that a margin may have broken: each of them short."""
    return len(wide) == 5 and all(len(pieces[n][1]) <= SHORT for n in wide)


def _goes_on(seen: list[frozenset[str]], wide: range) -> bool:
    """True where cues stand on three lines at least, one of them beyond the neighbours."""
    beyond = seen[wide[0]] or seen[wide[-1]]
    return bool(beyond) and sum(1 for n in wide if seen[n]) >= 3 and _tells_more(seen, wide)


def _tells_more(seen: list[frozenset[str]], near: range) -> bool:
    if sum(1 for n in near if seen[n]) < 2:
        return False
    return is_worth_reading(frozenset().union(*(seen[n] for n in near)))


def _joined(pieces: list[tuple[int, str]], near: range) -> Window:
    texts = [fold(readable(pieces[n][1])) for n in near]
    texts[0] = texts[0][-NEIGHBOUR:] if len(near) > 2 else texts[0]
    texts[-1] = texts[-1][:NEIGHBOUR]
    return Window(pieces[near[0]][0], pieces[near[-1]][0], "\n".join(texts))
