"""Structure of prose: sections with lines of their own, and the files of the tree that a text names."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jobtwin.core.criterion import DocumentProbe
from jobtwin.core.evidence import MAX_SPAN_LINES, Span
from jobtwin.review.files import Files
from jobtwin.review.guard import speaks_to_a_grader
from jobtwin.review.kinds import Kind, is_prose, kind_of
from jobtwin.review.shell import started
from jobtwin.review.substance import (
    LABEL_LEVEL,
    MAX_LINE,
    blank_html_comments,
    headings,
    substantial_code,
    substantial_prose,
)

_PRINTS = re.compile(r"(?:echo|printf|true|ls|cat|date|whoami|:)\b")
SECTION_LINES = 2
NO_SECTION = "no section with content under the heading that is asked for"
MAX_HEADINGS = 500
_BETWEEN_WORDS = re.compile(r"[\s`'\"()\[\]{}<>,;|*=]+")
_CODE = re.compile(
    r"^(?: {4}|\t)\S|`[^`\n]{2,}`|"
    r"\b(?:docker|podman|pip|uv|poetry|npm|pnpm|yarn|uvicorn|gunicorn|cargo|curl|kubectl|helm)\b"
)
_REAL = frozenset({Kind.PYTHON, Kind.CODE, Kind.CONFIG, Kind.DATA, Kind.NOTEBOOK})


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """What a document lacks (empty: nothing), and the spans that show what it has."""

    path: str
    lacks: tuple[str, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A document without hidden text and without lines that speak to a grader: read once, asked often."""

    path: str
    lines: tuple[str, ...]
    solid: tuple[int, ...]
    sections: tuple["Section", ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading on line `first` and the last line before the next one of its rank."""

    title: str
    first: int
    last: int
    shown: Span


def outline(files: Files, path: str) -> Outline:
    """The outline of one prose file."""
    visible = blank_html_comments(files.lines(path))
    lines = ["" if speaks_to_a_grader(line) else line for line in visible]
    solid = substantial_prose(lines)
    return Outline(path, tuple(lines), tuple(solid), tuple(_sections(path, lines, solid)))


def hold_against(document: Outline, probe: DocumentProbe, files: Files) -> DocumentResult:
    """One document held against a probe."""
    solid = document.solid
    lacks: list[str] = []
    spans: list[Span] = []
    if len(solid) < probe.min_lines:
        lacks.append(f"only {len(solid)} of {probe.min_lines} substantial lines")
    for pattern in probe.sections:
        found = next(_fitting(document, pattern), None)
        if found is None:
            lacks.append(NO_SECTION)
        else:
            spans.append(found.shown)
    if probe.names_files and not lacks:
        named = dict(_named_files(files, _asked_for(document, probe)))
        spans.extend(Span(document.path, line, line) for line in sorted(set(named.values()))[:2])
        if len(named) < probe.names_files:
            lacks.append(f"names only {len(named)} of {probe.names_files} files that exist")
    if probe.commands and _commands(_within(document, probe)) < probe.commands:
        lacks.append("shows no command there")
    if not spans and solid:
        spans.append(Span(document.path, solid[0], min(solid[-1], solid[0] + MAX_SPAN_LINES - 1)))
    return DocumentResult(document.path, tuple(dict.fromkeys(lacks)), tuple(spans))


def _fitting(document: Outline, pattern: str) -> Iterator[Section]:
    return (one for one in document.sections if re.search(pattern, one.title[:300]))


def _asked_for(document: Outline, probe: DocumentProbe) -> list[str]:
    """The lines in which files may be named, others blank."""
    return list(document.lines) if probe.named_in == "document" else _within(document, probe)


def _commands(lines: list[str]) -> int:
    """Lines of code in prose (fenced, indented by four, in backticks), and those that name a tool to run."""
    count, fence = 0, False
    for line in lines:
        if line.lstrip()[:3] in {"```", "~~~"}:
            fence = not fence
        elif line.strip() and (fence or _CODE.search(line)) and not _only_prints(line):
            count += 1
    return count


def _only_prints(line: str) -> bool:
    """True for a command that starts no program."""
    plain = line.strip().removeprefix("$ ")
    return bool(_PRINTS.match(plain)) and not started(plain)


def _within(document: Outline, probe: DocumentProbe) -> list[str]:
    """The lines of the sections that are asked for, others blank."""
    sections = [one for pattern in probe.sections for one in _fitting(document, pattern)]
    within = {n for one in sections for n in range(one.first, one.last + 1)}
    return [line if n in within else "" for n, line in enumerate(document.lines, 1)]


def _sections(path: str, lines: list[str], solid: list[int]) -> Iterator[Section]:
    """Every section that holds enough substantial lines."""
    listed = headings(lines)[:MAX_HEADINGS]
    for index, (number, level, title) in enumerate(listed):
        later = (n for n, other, _ in listed[index + 1 :] if other <= level)
        end = next(later, len(lines) + 1) - 1
        begin = number - 1 if level == LABEL_LEVEL else number  # a label's own line has text
        first, last = bisect_right(solid, begin), bisect_right(solid, end)
        if last - first >= SECTION_LINES:
            shown = Span(path, number, min(solid[last - 1], number + MAX_SPAN_LINES - 1))
            yield Section(title, number, end, shown)


def _named_files(files: Files, lines: Iterable[str]) -> Iterator[tuple[str, int]]:
    """`(path of a real file with content, line that names it)`, each file once."""
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        for word in _BETWEEN_WORDS.split(line[:MAX_LINE]):
            target = files.unique_end(word.removeprefix("./").rstrip(".:!?"))
            if target and target not in seen and _is_real(files, target):
                seen.add(target)
                yield target, number


def _is_real(files: Files, path: str) -> bool:
    if kind_of(path) not in _REAL or is_prose(path):
        return False
    return len(substantial_code(path, files.lines(path))) >= 3
