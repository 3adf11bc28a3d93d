"""The guard as a draft uses it: the scanner's findings over a tree as flags for the mentor.

It flags and never grades: a security project quotes attacks. Every span that `jobtwin scan` would show is a
flag, so about one file in a hundred has one; no model sees such lines (`withheld`), and no document is
credited for them (`speaks_to_a_grader`).
"""

from dataclasses import dataclass
from functools import cache

from jobtwin.review.files import Files
from jobtwin.review.kinds import is_generated
from jobtwin.review.scan import Scanner
from jobtwin.review.scan.found import SHOWN, ScannedFile, Suspicion

MAX_FLAGS = 100
MAX_FLAGS_A_FILE = 5
MAX_LINE = 4000


@dataclass(frozen=True, slots=True)
class Flag:
    """A sign on lines `line_start..line_end` of a file (0: its name); `score` in [0, 1] ranks."""

    path: str
    line_start: int
    line_end: int
    reason: str
    score: float

    def as_json(self) -> dict[str, object]:
        return {
            "path": self.path,
            "line_start": self.line_start,
            "line_end": self.line_end,
            "reason": self.reason,
            "score": self.score,
        }


@dataclass(frozen=True)
class Guard:
    """What the scanner found in the own files of one tree; each is read once."""

    found: tuple[ScannedFile, ...]

    @classmethod
    def over(cls, files: Files) -> "Guard":
        scanner = _scanner()
        listed = (path for path in files.own if not is_generated(path))
        return cls(tuple(scanner.file(path, files.content(path) or b"") for path in listed))

    def flags(self) -> tuple[Flag, ...]:
        """What a mentor is shown, the strongest `MAX_FLAGS`, in order of path and line."""
        shown = [
            Flag(one.path, span.line_start, span.line_end, span.reason, span.score)
            for one in self.found
            for span in _strongest(one)
        ]
        shown.sort(key=lambda flag: (-flag.score, flag.path, flag.line_start))
        return tuple(sorted(shown[:MAX_FLAGS], key=lambda flag: (flag.path, flag.line_start)))

    def withheld(self) -> dict[str, frozenset[int]]:
        """Lines (0: the whole file) by path that no model is shown: all that the scanner suspects."""
        return {
            one.path: frozenset(n for span in one.spans for n in range(span.line_start, span.line_end + 1))
            for one in self.found
            if one.spans
        }


def scan(files: Files) -> tuple[Flag, ...]:
    """Flags of a tree."""
    return Guard.over(files).flags()


def speaks_to_a_grader(line: str) -> bool:
    """True where a line carries a sign; such a line never counts as content of a document."""
    return _scanner().line(line[:MAX_LINE]) >= SHOWN


def _strongest(one: ScannedFile) -> list[Suspicion]:
    return sorted(one.spans, key=lambda span: -span.score)[:MAX_FLAGS_A_FILE]


@cache
def _scanner() -> Scanner:
    return Scanner()
