"""History: what stands in the `.git` of a folder beside its files, as text for a scan.

Git is never run inside a folder that a stranger wrote: names of references are read as files, and commits
by a git directory of our own that borrows nothing but the stranger's objects, so no configuration, hook or
helper of theirs has a say.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jobtwin.source.git import Git, GitFailed, GitOutputLimit, GitTimeout
from jobtwin.source.reach import within

_ID = re.compile(r"[0-9a-f]{40}")
_MAX_ID_BYTES = 256


@dataclass(frozen=True, slots=True)
class HistoryLimits:
    """Commits (newest first), references, bytes of commits and of packed references, seconds."""

    max_commits: int = 2000
    max_references: int = 2000
    max_bytes: int = 8 * 1024 * 1024
    max_packed_bytes: int = 1024 * 1024
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: full id, the people it names (`Name <mail>`), and its message, of any bytes."""

    id: str
    people: tuple[str, ...]
    message: bytes


@dataclass(frozen=True, slots=True)
class History:
    """Commits and names of references of one folder. `note` says what was not read, empty where all was."""

    commits: tuple[Commit, ...] = ()
    references: tuple[str, ...] = ()
    note: str = ""


def history_of(folder: Path, limits: HistoryLimits | None = None) -> History | None:
    """The history in `folder/.git`, None where that is no folder. It never raises for what it finds."""
    limits = limits or HistoryLimits()
    git_dir = folder / ".git"
    if git_dir.is_symlink() or not git_dir.is_dir():
        return None
    named = dict(_references(git_dir, limits))
    references = tuple(sorted(named))
    if (git_dir / "objects" / "info" / "alternates").exists():
        return History((), references, "commits not read: the repository borrows objects of another one")
    tips = sorted({one for one in named.values() if _ID.fullmatch(one)})
    if not tips:
        return History((), references)
    try:
        commits = _commits(git_dir, tips, limits)
    except GitOutputLimit:
        return History((), references, f"commits not read: more than {limits.max_bytes} bytes (max_bytes)")
    except (GitFailed, GitTimeout, OSError):
        return History((), references, "commits not read: git could not follow them")
    most = limits.max_commits
    note = f"only the newest {most} commits were read (max_commits)" if len(commits) >= most else ""
    return History(commits, references, note)


def _references(git_dir: Path, limits: HistoryLimits) -> Iterator[tuple[str, str]]:
    """Names of references with what they hold, as far as that is an id; links are not followed."""
    yield "HEAD", _first_word(git_dir / "HEAD")
    left = limits.max_references
    for name, value in (*_packed(git_dir / "packed-refs", limits), *_loose(git_dir)):
        left -= 1
        if left < 0:
            return
        yield name, value


def _loose(git_dir: Path) -> Iterator[tuple[str, str]]:
    for place, folders, names in os.walk(git_dir / "refs"):
        folders.sort()
        for name in sorted(names):
            path = Path(place) / name
            yield _shown(path.relative_to(git_dir)), _first_word(path)


def _packed(path: Path, limits: HistoryLimits) -> Iterator[tuple[str, str]]:
    if path.is_symlink() or not path.is_file():
        return
    with path.open("rb") as file:
        lines = file.read(limits.max_packed_bytes).decode("utf-8", errors="backslashreplace").split("\n")
    for line in lines:
        value, _, name = line.partition(" ")
        if name and _ID.fullmatch(value):
            yield name, value


def _first_word(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return ""
    try:
        with path.open("rb") as file:
            return file.read(_MAX_ID_BYTES).decode("ascii", errors="replace").strip()
    except OSError:
        return ""


def _shown(path: Path) -> str:
    return os.fsencode(path.as_posix()).decode("utf-8", errors="backslashreplace")


def _commits(git_dir: Path, tips: list[str], limits: HistoryLimits) -> tuple[Commit, ...]:
    git = within(Git(memory_bytes=1024 * 1024 * 1024), limits.seconds)
    with _borrowing(git, git_dir) as own, tempfile.TemporaryFile() as asked:
        asked.write("\n".join(tips).encode())
        asked.seek(0)
        written = git.run(
            f"--git-dir={own}",
            "rev-list", "--header", "--ignore-missing", f"--max-count={limits.max_commits}", "--stdin",
            stdin=asked,
            output_bytes=limits.max_bytes,
        )  # fmt: skip
    return tuple(_parsed(record) for record in written.split(b"\0") if record.strip())


@contextmanager
def _borrowing(git: Git, git_dir: Path) -> Iterator[Path]:
    """A git directory of our own, gone afterwards, that reads the objects of another."""
    folder = Path(tempfile.mkdtemp(prefix="jobtwin-history-"))
    try:
        own = folder / "own.git"
        git.run("init", "--quiet", "--bare", "--template=", "--", str(own))
        borrowed = os.fsencode((git_dir / "objects").absolute()) + b"\n"
        (own / "objects" / "info").mkdir(exist_ok=True)
        (own / "objects" / "info" / "alternates").write_bytes(borrowed)
        yield own
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _parsed(record: bytes) -> Commit:
    """One record of `rev-list --header`: id, headers, an empty line, the message indented by four spaces."""
    head, _, message = record.partition(b"\n\n")
    first, *headers = head.split(b"\n")
    people = {
        line.split(b" ", 1)[1].rsplit(b">", 1)[0].decode("utf-8", errors="replace") + ">"
        for line in headers
        if line.startswith((b"author ", b"committer "))
    }
    lines = [line.removeprefix(b"    ") for line in message.split(b"\n")]
    return Commit(first.decode("ascii", errors="replace").strip(), tuple(sorted(people)), b"\n".join(lines))
