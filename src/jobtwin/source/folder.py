"""Folders: a plain folder as a git repository of one commit, the same bytes always as the same commit."""

import os
import stat
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from jobtwin.core.errors import BadSource, OutsideFailure
from jobtwin.source.git import Git, GitFailed, GitSettings, operator_settings

AUTHOR = "Job Twin <sample@jobtwin.example>"

SKIPPED = frozenset({".git", "__pycache__", ".DS_Store"})
"""Names that are left out: git's own, and what an installer or a desktop leaves behind."""

_BRANCH = "refs/heads/main"


def commit_folder(
    folder: Path,
    into: Path,
    *,
    message: str,
    moment: datetime,
    author: str = AUTHOR,
    skip: Collection[str] = SKIPPED,
    settings: GitSettings | None = None,
) -> str:
    """Make the bare repository `into` with one commit of all files below `folder`; returns its id.

    The same files, modes, message, author and moment (to the second, recorded as UTC) give the same id
    on every machine: no configuration, hook, template, filter or ignore file has a say. Raises
    BadSource for a folder without files, ValueError for a naive moment or a repository that is there.
    """
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    if into.exists() and any(into.iterdir()):
        raise ValueError("a repository is made in a new or empty folder only")
    files = sorted(_files(folder, skip))
    if not files:
        raise BadSource("this folder holds no files")
    git = Git(settings=settings or operator_settings())
    try:
        return _import(git, folder, files, into, _header(message, moment, author))
    except GitFailed as error:
        raise OutsideFailure("git could not make a repository of the folder", retry=False) from error


def _import(git: Git, folder: Path, files: list[str], into: Path, header: bytes) -> str:
    git_dir = f"--git-dir={into.absolute()}"
    git.run("init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--", str(into.absolute()))
    with TemporaryFile() as stream:
        stream.write(header)
        for path in files:
            _write_file(stream, folder / path, path)
        stream.write(b"done\n")
        stream.seek(0)
        git.run(git_dir, "fast-import", "--quiet", "--done", stdin=stream)
    return git.run(git_dir, "rev-parse", "--verify", _BRANCH).decode("ascii").strip()


def _files(folder: Path, skip: Collection[str]) -> Iterator[str]:
    """Paths of files and links below `folder`, in one order; links to folders are not entered."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in skip]
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in (*names, *links):
            path = Path(place) / name
            if name not in skip and (path.is_symlink() or path.is_file()):
                yield path.relative_to(folder).as_posix()


def _header(message: str, moment: datetime, author: str) -> bytes:
    text = message.encode()
    when = f"{author} {int(moment.timestamp())} +0000".encode()
    return b"commit %b\nauthor %b\ncommitter %b\ndata %d\n%b\n" % (
        _BRANCH.encode(), when, when, len(text), text,
    )  # fmt: skip


def _write_file(stream: IO[bytes], file: Path, path: str) -> None:
    if file.is_symlink():
        mode, content = b"120000", os.fsencode(file.readlink())
    else:
        mode = b"100755" if file.stat().st_mode & stat.S_IXUSR else b"100644"
        content = file.read_bytes()
    stream.write(b"M %b inline %b\ndata %d\n%b\n" % (mode, _quoted(path), len(content), content))


def _quoted(path: str) -> bytes:
    """A path as fast-import reads any path: in double quotes, with \\, " and line breaks escaped."""
    raw = os.fsencode(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + raw + b'"'
