"""Signs: what stands out without being read, as fixed scores below the flag: they rank and inform.

Invisible and bidirectional characters (Trojan Source, CVE-2021-42574), mixed alphabets in one word (Unicode
TR39), and files that coding agents take instructions from.
"""

import re
from collections.abc import Iterator, Sequence

from jobtwin.review.globs import compiled
from jobtwin.review.scan.found import Suspicion

AGENT_FILES = compiled(
    (
        "**/CLAUDE.md", "**/CLAUDE.local.md", "**/AGENTS.md", "**/AGENT.md", "**/GEMINI.md",
        "**/.cursorrules", "**/.cursor/rules/**", "**/.windsurfrules", "**/.clinerules", "**/.clinerules/**",
        "**/.roorules", "**/.github/copilot-instructions.md", "**/.github/instructions/**", "**/.aider*",
        "**/llms.txt", "**/SKILL.md",
    )
)  # fmt: skip
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_TAGS = re.compile("(?<!\U0001f3f4)[\U000e0020-\U000e007e]{4,}")
_ZERO_WIDTH = re.compile("[a-zA-Z][\u200b\u200c\u200d\u2060\ufeff\u00ad]+[a-zA-Z]")
_MIXED = re.compile(r"(?:[a-zA-Z][\u0400-\u04ff]|[\u0400-\u04ff][a-zA-Z])")

MAX_SIGNS = 20
TAGS, ZERO_WIDTH, BIDI, MIXED, AGENT_FILE = 0.3, 0.26, 0.2, 0.18, 0.16


def signs(path: str, lines: Sequence[str]) -> Iterator[Suspicion]:
    """Fixed signs of a file, at most `MAX_SIGNS`."""
    if AGENT_FILES.fullmatch(path):
        yield Suspicion(0, 0, AGENT_FILE, "a file of instructions for coding agents")
    left = MAX_SIGNS
    for number, line in enumerate(lines, 1):
        if left and not line.isascii() and (found := _of_line(line)):
            left -= 1
            yield Suspicion(number, number, *found)


def _of_line(line: str) -> tuple[float, str] | None:
    if _TAGS.search(line):
        return TAGS, "invisible tag characters"
    if len(_ZERO_WIDTH.findall(line)) >= 2:
        return ZERO_WIDTH, "invisible characters inside words"
    if _BIDI.search(line):
        return BIDI, "characters that change the direction of text"
    return (MIXED, "words of mixed alphabets") if len(_MIXED.findall(line)) >= 3 else None
