"""Hidden text: what a person does not see where it stands but a model reads, made readable again.

Comments and hidden elements of markup, base64, hexadecimal, ROT13, reversed text and Unicode tags. Every
step is linear in the text and bounded by `ScanLimits`.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobtwin.review.scan.folding import untagged
from jobtwin.review.scan.limits import ScanLimits

MARKUP = re.compile(r"\.(?:md|markdown|mdx|html?|xhtml|svg|xml|vue|rst|ipynb)$", re.IGNORECASE)
_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*[01](?:px|pt|em)?\b|opacity\s*[:=]\s*[\"']?0(?:\.0+)?[\"';\s]|"
    r"color\s*:\s*(?:white|#fff(?:fff)?\b|transparent)|\bhidden\b(?=[^<>]{0,200}>)|^\s*\[[^\]]{1,40}\]:\s*(?:#|<>)",
    re.IGNORECASE,
)
_ELEMENT = re.compile(r"<[^<>]{0,400}>")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{28,8192}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[ :]?){20,4096}")
_TAGS = re.compile("[\U000e0020-\U000e007e]{4,2000}")
_MARKERS = (
    "instruction", "grader", "reviewer", "ignore", "submission", "evaluat", "previous", "rubric", "criteria",
    "assign",
    "score ", "approve", "full marks", "perfect", "disregard", "language model", "you are",
)  # fmt: skip
_ROT13 = tuple(codecs.encode(word, "rot13") for word in _MARKERS)
_REVERSED = tuple(word[::-1] for word in _MARKERS)
_PROSE = re.compile(r"[^\W\d_]{2,}")

HIDDEN, STYLED, ENCODED = 0.5, 1.5, 3.0
"""How many log-odds it adds that a text was in a comment of markup, hidden by style, or encoded."""


@dataclass(frozen=True, slots=True)
class HiddenText:
    """Text found on lines `line_start..line_end`, how it was hidden, and what that adds in log-odds."""

    line_start: int
    line_end: int
    text: str
    how: str
    adds: float


def hidden_texts(path: str, lines: Sequence[str], limits: ScanLimits) -> Iterator[HiddenText]:
    """Every hidden text of a file's lines."""
    if MARKUP.search(path):
        yield from _comments(lines)
        yield from _styled(lines)
    yield from _blobs(lines, limits)
    yield from _turned(lines, limits)


def _comments(lines: Sequence[str]) -> Iterator[HiddenText]:
    start: int | None = None
    held: list[str] = []
    for number, line in enumerate(lines, 1):
        rest = line
        while True:
            if start is None:
                _, opened, rest = rest.partition("<!--")
                if not opened:
                    break
                start, held = number, []
            inside, closed, rest = rest.partition("-->")
            held.append(inside)
            if not closed:
                break
            yield from _comment(start, number, held)
            start = None
    if start is not None:
        yield from _comment(start, len(lines), held)


def _comment(start: int, end: int, held: list[str]) -> Iterator[HiddenText]:
    """A short comment whole, a long one in pieces of five lines."""
    for at in range(0, len(held), 5):
        text = " ".join(held[at : at + 5])[:1200]
        yield HiddenText(start + at, min(end, start + at + 4), text, "a comment of markup", HIDDEN)


def _styled(lines: Sequence[str]) -> Iterator[HiddenText]:
    for number, line in enumerate(lines, 1):
        if len(line) < 4000 and _STYLE.search(line):
            text = _ELEMENT.sub(" ", line) if "<" in line else line
            if len(_PROSE.findall(text)) >= 3:
                yield HiddenText(number, number, text, "text that a page hides", STYLED)


def _blobs(lines: Sequence[str], limits: ScanLimits) -> Iterator[HiddenText]:
    left = limits.max_blobs
    for number, line in enumerate(lines, 1):
        if len(line) < 28 or left <= 0:
            continue
        piece = line[: limits.max_line]
        for found in (*_BASE64.finditer(piece), *_HEX.finditer(piece)):
            left -= 1
            text = decoded(found.group())
            if text:
                yield HiddenText(number, number, text, "encoded text", ENCODED)
            if left <= 0:
                break


def decoded(blob: str) -> str | None:
    """The sentence that base64 or hexadecimal digits spell, or None where they spell none."""
    compact = blob.replace(" ", "").replace(":", "")
    raws = []
    try:
        raws.append(bytes.fromhex(compact))
    except ValueError:
        padded = blob.rstrip("=")
        try:
            raws.append(
                base64.urlsafe_b64decode(
                    padded.replace("+", "-").replace("/", "_") + "=" * (-len(padded) % 4)
                )
            )
        except (binascii.Error, ValueError):
            return None
    try:
        text = raws[0].decode("utf-8")
    except UnicodeDecodeError:
        return None
    readable = sum(letter.isprintable() or letter in "\n\t" for letter in text)
    spoken = text.count(" ") >= 2 or not text.isascii()
    return text if readable == len(text) and spoken and len(_PROSE.findall(text)) >= 2 else None


def _turned(lines: Sequence[str], limits: ScanLimits) -> Iterator[HiddenText]:
    whole = "\n".join(lines)
    if not whole.isascii():
        yield from _tagged(lines)
    low = whole.lower()
    for markers, turn, how in (
        (_ROT13, lambda text: codecs.encode(text, "rot13"), "ROT13"),
        (_REVERSED, lambda text: text[::-1], "reversed text"),
    ):
        if not any(marker in low for marker in markers):
            continue
        for number, line in enumerate(lines, 1):
            if len(line) <= limits.max_line and any(marker in line.lower() for marker in markers):
                yield HiddenText(number, number, turn(line), how, ENCODED)


def _tagged(lines: Sequence[str]) -> Iterator[HiddenText]:
    for number, line in enumerate(lines, 1):
        for found in _TAGS.finditer(line):
            yield HiddenText(number, number, untagged(found.group()), "invisible tag characters", ENCODED)
