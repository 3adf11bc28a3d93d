"""Paths: which names a submission's files may have.

Refused are names that could be written somewhere else, be taken for git's own folder on some file
system, or stand for one another on a file system that folds case or Unicode forms. Other odd names (line
breaks, dashes, quotes) are fine: nothing here hands a name to a shell.
"""

import re
import unicodedata
from collections.abc import Iterable

from jobtwin.core.errors import BadSource

MAX_NAME_BYTES = 255
"""Bytes of one name: what common file systems can hold."""

_HFS_IGNORED = dict.fromkeys([*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF])
"""Characters that HFS+ leaves out of a comparison (the list of git's own utf8.c), for `str.translate`."""

_SHORT_GIT = re.compile(r"(?:\.git|git~1)[. ]*(?::.*)?", re.DOTALL)


def path_text(raw: bytes) -> str:
    """A path as git stores it, decoded. Raises BadSource (bad_path) where it is not UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        shown = raw[:80].decode("ascii", errors="backslashreplace")
        raise bad_path(f"a file name is not UTF-8: {shown}") from error


def check_path(path: str) -> None:
    """Raises BadSource (bad_path) for one path that no file of a submission may have."""
    if path.startswith("/") or re.match(r"[A-Za-z]:[/\\]", path):
        raise bad_path(f"a file has an absolute path: {shown(path)}")
    if "\0" in path:
        raise bad_path(f"a file name holds a zero byte: {shown(path)}")
    for name in path.split("/"):
        if name in ("", ".", ".."):
            raise bad_path(f"a path holds an empty step, . or ..: {shown(path)}")
        if len(name.encode()) > MAX_NAME_BYTES:
            raise bad_path(f"a file name has more than {MAX_NAME_BYTES} bytes: {shown(path)}")
        if any(part == ".." or is_git_name(part) for part in name.split("\\")):
            raise bad_path(f"a name stands for git's own folder on some systems: {shown(path)}")


def is_git_name(name: str) -> bool:
    """True where some file system takes `name` for `.git`.

    Case and ignorable characters as HFS+ folds them; short names, trailing dots and spaces and
    streams as NTFS reads them.
    """
    return _SHORT_GIT.fullmatch(_folded(name)) is not None


def check_collisions(paths: Iterable[str]) -> None:
    """Raises BadSource (bad_path) where two names in one folder fold to the same name.

    Folders count too: `Src/a` and `src/b` would share one folder elsewhere. So does a name that stands
    twice, or for a file and for a folder.
    """
    names: dict[tuple[str, str], str] = {}
    whole: set[str] = set()
    folders: set[str] = set()
    for path in paths:
        if path in whole:
            raise bad_path(f"a path stands twice: {shown(path)}")
        whole.add(path)
        folder = ""
        for name in path.split("/"):
            first = names.setdefault((folder, _folded(name)), name)
            here = f"{folder}/{name}" if folder else name
            if first != name:
                raise bad_path(f"two names are one on some systems: {shown(here)} and {shown(first)}")
            folder = here
            if here != path:
                folders.add(here)
    both = sorted(whole & folders)
    if both:
        raise bad_path(f"a path is a file and a folder: {shown(both[0])}")


def bad_path(message: str) -> BadSource:
    """The error for a path that no submission may hold."""
    return BadSource(message, code="bad_path")


def shown(path: str) -> str:
    """A path for a sentence: printable ASCII, quoted, cut at 120 characters."""
    return ascii(path if len(path) <= 120 else path[:117] + "...")


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.translate(_HFS_IGNORED))
    return unicodedata.normalize("NFC", plain.casefold())
