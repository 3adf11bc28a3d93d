"""Which of several requirement files to install: base and test files; a pinned one before its loose twin."""

import posixpath
import re
from dataclasses import dataclass, field

from jobtwin.verification.dependencies.plan import Tier
from jobtwin.verification.dependencies.poetry import ASIDE
from jobtwin.verification.dependencies.reader import Reader

_KEYWORDS = frozenset({"requirements", "requirement", "reqs", "deps"})
_FOLDERS = frozenset({"requirements", "reqs"})
_BASE = frozenset({"base", "prod", "production", "main", "common", "core", "app", "runtime", "run"})
_TEST = frozenset({"test", "tests", "testing", "dev", "develop", "development", "ci"})
_PINNED = frozenset({"lock", "locked", "frozen", "freeze", "pinned"})
_PYTHON = re.compile(r"^(?:py|python)?[23]?[0-9]{0,2}$")


@dataclass
class Chosen:
    """Requirement files to read, and why others are left out. `lenient` files may be dropped whole."""

    files: dict[str, Tier] = field(default_factory=dict)
    lenient: set[str] = field(default_factory=set)
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Candidate:
    path: str
    words: frozenset[str]
    rank: int
    """0: says that it is pinned, 1: .txt, 2: .in"""


def choose_requirement_files(reader: Reader, folder: str, *, declared: bool) -> Chosen:
    """The files of `folder` to read. `declared`: a pyproject or setup file already names dependencies,
    so that a base file, most often an export of it, may be given up where both contradict each other."""
    chosen = Chosen()
    twins: dict[tuple[str, frozenset[str]], list[_Candidate]] = {}
    for candidate in filter(None, (_candidate(path, folder) for path in sorted(reader.paths()))):
        aside = [word for word in candidate.words if ASIDE.match(word) or _PYTHON.match(word)]
        if aside:
            chosen.left_out[candidate.path] = f"{sorted(aside)[0]}: not for tests"
            continue
        key = (posixpath.dirname(candidate.path), candidate.words)
        twins.setdefault(key, []).append(candidate)
    for candidates in twins.values():
        first, *others = sorted(candidates, key=lambda one: (one.rank, one.path))
        for other in others:
            chosen.left_out[other.path] = f"{first.path} stands for it"
        _place(chosen, first, declared=declared)
    return chosen


def _place(chosen: Chosen, candidate: _Candidate, *, declared: bool) -> None:
    words = candidate.words
    if words - _BASE - _TEST:
        chosen.files[candidate.path] = Tier.OPTIONAL
        chosen.lenient.add(candidate.path)
    else:
        base = not words & _TEST
        chosen.files[candidate.path] = Tier.OPTIONAL if base and declared else Tier.NEEDED


def _candidate(path: str, folder: str) -> _Candidate | None:
    if folder and not path.startswith(f"{folder}/"):
        return None
    inner = path[len(folder) + 1 :] if folder else path
    parent, name = posixpath.split(inner)
    stem, extension = posixpath.splitext(name.lower())
    if extension not in {".txt", ".in", ".lock", ".pip"} or parent.count("/"):
        return None
    words = set(filter(None, re.split(r"[-_.]", stem)))
    named = bool(words & _KEYWORDS)
    if parent in {"test", "tests"} and named:
        words.add("test")
    elif parent not in _FOLDERS and not (parent == "" and named):
        return None
    pinned = bool(words & _PINNED) or extension == ".lock"
    return _Candidate(
        path, frozenset(words - _KEYWORDS - _PINNED), 0 if pinned else 2 if extension == ".in" else 1
    )
