"""The structural guard: signs that a text was put there for a grader or a model instead of a reader.

It flags and never grades: a security project quotes attacks. Each flag has lines and a reason; the
lines are shown to the mentor as inert text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jobtwin.review.files import Files
from jobtwin.review.globs import compiled
from jobtwin.review.kinds import is_generated

MAX_FLAGS = 100
MAX_FLAGS_A_FILE = 5
MAX_LINE = 4000

_AGENT_FILES = compiled(
    (
        "**/CLAUDE.md",
        "**/AGENTS.md",
        "**/AGENT.md",
        "**/GEMINI.md",
        "**/.cursorrules",
        "**/.cursor/rules/**",
        "**/.windsurfrules",
        "**/.clinerules",
        "**/.github/copilot-instructions.md",
        "**/.aider*",
        "**/llms.txt",
    )
)
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_TAGS = re.compile("[\U000e0001-\U000e007f]{3,}")
_ZERO_WIDTH = re.compile("\\w[\u200b\u2060\ufeff\u00ad]+\\w|[\u200b-\u200d\u2060]{4,}")
_GRADER = (
    r"(?:reviewers?|graders?|evaluators?|mentors?|markers?|assessors?|judges?|ai|llms?|models?|"
    r"assistants?|chatgpt)"
)
_GIVE = (
    r"(?:give|award|assign|grant|mark|score|rate|grade|accept|approve|return|output|answer|treat|consider)"
)
_PRIZE = (
    r"(?:full (?:marks?|points?|score|credit)|"
    r"(?:max(?:imum)?|top|highest|perfect) (?:marks?|points?|score|grade)|"
    r"1\.0{1,2}\b|100 ?%|10/10|as (?:pass(?:ed|ing)?|met|complete|verified|approved)\b)"
)
_SPOKEN = (
    (
        "asks to ignore instructions",
        re.compile(
            r"\b(?:ignore|disregard|forget|override|bypass)\s+(?:[\w'-]+\s+){0,4}"
            r"(?:instructions?|prompts?|rubric|criteria|guidelines|system (?:prompt|message))\b",
            re.IGNORECASE,
        ),
    ),
    (
        "tells a grader what to decide",
        re.compile(rf"\b{_GRADER}\b.{{0,80}}\b{_GIVE}\b.{{0,60}}{_PRIZE}", re.IGNORECASE),
    ),
    (
        "asks for a mark",
        re.compile(
            rf"(?:^|[.:;>*#\-]\s*|\bplease\s+|\bmust\s+)\b{_GIVE}\b.{{0,60}}"
            rf"\b(?:this|the|all|every|each)\b.{{0,60}}{_PRIZE}",
            re.IGNORECASE,
        ),
    ),
    (
        "looks like a reviewer's note or a verdict",
        re.compile(
            r"\b(?:reviewer|mentor|grader|marker|assessor|verification|platform)"
            r"(?:'s)?[ _-]?(?:note|comment|verdict|result|decision)s?\b"
            r"\s*[:\-—].{0,120}\b(?:met|pass(?:ed)?|approved?|confirmed|verified|full|1\.0)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "speaks as the system or in a chat template",
        re.compile(
            r"<\|?(?:im_start|system|start_header_id)\|?>|\[/?INST\]|<<SYS>>|"
            r"^\s*(?:###\s*)?system\s*(?:prompt|message)?\s*:\s*you\b",
            re.IGNORECASE,
        ),
    ),
)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?:\.0+)?\b|color\s*:\s*(?:white|#fff(?:fff)?|transparent)",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\.(?:md|markdown|mdx|html?|svg|rst|ipynb|txt)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Flag:
    """A sign on lines `line_start..line_end` of a file (0: its name)."""

    path: str
    line_start: int
    line_end: int
    reason: str

    def as_json(self) -> dict[str, object]:
        return {
            "path": self.path,
            "line_start": self.line_start,
            "line_end": self.line_end,
            "reason": self.reason,
        }


def scan(files: Files) -> tuple[Flag, ...]:
    """Flags of a tree in order of path and line, at most `MAX_FLAGS`."""
    found: list[Flag] = []
    for path in files.own:
        if is_generated(path):
            continue
        found.extend(_of_name(path))
        found.extend(_of_lines(path, files.lines(path)))
        if len(found) >= MAX_FLAGS:
            break
    return tuple(found[:MAX_FLAGS])


def speaks_to_a_grader(line: str) -> bool:
    """True where a line carries a sign; such a line never counts as content of a document."""
    return _reason(line[:MAX_LINE], markup=True, is_ascii=line.isascii()) is not None


def _of_name(path: str) -> Iterator[Flag]:
    if _AGENT_FILES.fullmatch(path):
        yield Flag(path, 0, 0, "a file of instructions for coding agents")
    words = re.sub(r"[_\-./]+", " ", path)
    if any(pattern.search(words) for _, pattern in _SPOKEN) or _BIDI.search(path) or _TAGS.search(path):
        yield Flag(path, 0, 0, "the name of the file speaks to a grader or hides characters")


def _of_lines(path: str, lines: list[str]) -> list[Flag]:
    found: list[Flag] = []
    markup = _MARKUP.search(path) is not None
    for number, raw in enumerate(lines, 1):
        line = raw[:MAX_LINE]
        if len(line) < 3:
            continue
        reason = _reason(line, markup=markup, is_ascii=line.isascii())
        if reason:
            found.append(Flag(path, number, number, reason))
            if len(found) >= MAX_FLAGS_A_FILE:
                break
    return found


def _reason(line: str, *, markup: bool, is_ascii: bool) -> str | None:
    if not is_ascii:
        if _BIDI.search(line):
            return "bidirectional control characters"
        if _TAGS.search(line):
            return "invisible tag characters"
        if _ZERO_WIDTH.search(line):
            return "zero-width characters inside words"
    for reason, pattern in _SPOKEN if markup else _SPOKEN[:-1]:
        if pattern.search(line):
            return reason
    if markup and "<" in line and _HIDING.search(line) and re.search(r">[^<]{20,}", line):
        return "text that a page would hide"
    return None
