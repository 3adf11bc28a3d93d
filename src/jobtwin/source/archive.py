"""Archives: a zip or tar file as a repository of one commit, so that everything else reads it as any other.

    python -m jobtwin.source.archive FILE FOLDER LIMITS     unpacks; prints one line of JSON where it refuses

Unpacking happens in a process of its own with little memory and time: an archive's index is a stranger's
structure. Nothing is written but regular files below FOLDER, after its name was checked; links, devices,
encrypted members and names that collide are refused with a sentence. Sizes are counted as bytes come
out, whatever the archive says of itself.
"""

import errno
import json
import lzma
import resource
import shutil
import stat
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from jobtwin.core.errors import BadSource, OutsideFailure
from jobtwin.source.folder import SKIPPED, commit_folder
from jobtwin.source.limits import DEFAULT_LIMITS, MEBIBYTE
from jobtwin.source.paths import check_collisions, check_path, shown

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
"""One moment for every archive, so that the same files have the same commit whenever they come."""

LEFT_OUT = SKIPPED | {"__MACOSX"}
"""Folders that are passed over wherever they stand."""

CHUNK = 1024 * 1024

BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, IndexError, NotImplementedError, OverflowError, ValueError),
)
"""What the readers of the standard library raise for bytes that are no archive."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What an archive may be: `upload_bytes` as it travels, the rest as it comes out."""

    upload_bytes: int = 100 * MEBIBYTE
    files: int = DEFAULT_LIMITS.files
    file_bytes: int = DEFAULT_LIMITS.file_bytes
    total_bytes: int = DEFAULT_LIMITS.total_bytes
    depth: int = DEFAULT_LIMITS.depth
    path_bytes: int = DEFAULT_LIMITS.path_bytes
    seconds: int = 60
    memory_bytes: int = 512 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Member:
    """One regular file of an archive; `size` is what the archive says."""

    path: str
    size: int
    executable: bool
    handle: object


def archive_as_repository(archive: Path, into: Path, *, limits: ArchiveLimits, work: Path) -> str:
    """Makes the bare repository `into` of the archive's files; returns its commit.

    `work` is a new folder for what is unpacked, gone again at the end. One folder that everything lies in
    is left out of the paths. Raises BadSource for what no submission may hold, OutsideFailure where this
    machine failed.
    """
    try:
        _unpack_apart(archive, work, limits)
        return commit_folder(work, into, message="Submitted archive", moment=MOMENT, skip=LEFT_OUT)
    finally:
        shutil.rmtree(work, ignore_errors=True)


_OWN_CODE = {"PYTHONPATH": str(Path(__file__).parents[2])}
"""The whole environment of the child: where this package is, installed or not."""


def _unpack_apart(archive: Path, work: Path, limits: ArchiveLimits) -> None:
    command = [sys.executable, "-P", "-s", "-m", "jobtwin.source.archive", str(archive), str(work)]
    try:
        done = subprocess.run(
            [*command, json.dumps(asdict(limits))],
            capture_output=True, timeout=limits.seconds, check=False, env=_OWN_CODE, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise too_large(f"unpacking the archive takes more than {limits.seconds} seconds") from error
    if done.returncode == 0:
        return
    try:
        told = json.loads(done.stdout)
    except ValueError:
        raise BadSource("the archive could not be unpacked; pack it anew as zip or tar.gz") from None
    if told["code"] == "outside_failure":
        raise OutsideFailure(told["message"], retry=True)
    raise BadSource(told["message"], code=told["code"])


def unpack(archive: Path, into: Path, limits: ArchiveLimits) -> None:
    """Writes the regular files of an archive below the new folder `into`. Raises BadSource."""
    into.mkdir(mode=0o700, parents=True)
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as opened:
                _write(list(_zip_members(opened, limits)), into, limits, lambda one: _open_zip(opened, one))
        else:
            with tarfile.open(archive, "r:*") as tar:
                _write(list(_tar_members(tar, limits)), into, limits, lambda one: _open_tar(tar, one))
    except BROKEN as error:
        raise BadSource("this is no zip or tar archive that can be read whole; pack it anew") from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the file's start, as a broken index names it
            raise
        raise BadSource("the archive's index does not fit it; pack it anew") from error
    except RuntimeError as error:
        raise BadSource("the archive is encrypted or damaged; pack it without a password") from error


def _zip_members(opened: zipfile.ZipFile, limits: ArchiveLimits) -> Iterator[Member]:
    for count, one in enumerate(opened.infolist(), 1):
        _require_few(count, limits)
        mode = one.external_attr >> 16
        if one.is_dir():
            continue
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise _no_link(one.filename)
        if one.flag_bits & 0x1:
            raise BadSource(f"a file of the archive is encrypted: {shown(one.filename)}")
        yield Member(one.filename, one.file_size, bool(mode & stat.S_IXUSR), one)


def _tar_members(tar: tarfile.TarFile, limits: ArchiveLimits) -> Iterator[Member]:
    for count, one in enumerate(tar, 1):
        _require_few(count, limits)
        if one.isdir():
            continue
        if not one.isreg() or one.issparse():
            raise _no_link(one.name)
        yield Member(one.name.removeprefix("./"), one.size, bool(one.mode & stat.S_IXUSR), one)


def _write(
    members: list[Member], into: Path, limits: ArchiveLimits, opened: Callable[[Member], IO[bytes]]
) -> None:
    kept = [one for one in members if not LEFT_OUT & set(one.path.split("/"))]
    if not kept:
        raise BadSource("the archive holds no files")
    for one in kept:
        _require_path(one.path, limits)
    check_collisions(one.path for one in kept)
    if sum(one.size for one in kept) > limits.total_bytes:
        raise _too_much(limits)
    root = _common_folder([one.path for one in kept])
    left = limits.total_bytes
    for one in kept:
        left -= _write_one(one, into / one.path.removeprefix(root), opened(one), left, limits)


def _write_one(one: Member, target: Path, content: IO[bytes], left: int, limits: ArchiveLimits) -> int:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = 0
    with content, target.open("xb") as file:
        while chunk := content.read(CHUNK):
            written += len(chunk)
            if written > limits.file_bytes:
                raise too_large(f"{shown(one.path)} comes out larger than {limits.file_bytes} bytes")
            if written > left:
                raise _too_much(limits)
            file.write(chunk)
    target.chmod(0o700 if one.executable else 0o600)
    return written


def _require_path(path: str, limits: ArchiveLimits) -> None:
    check_path(path)
    if "\\" in path:
        raise BadSource(f"a file name holds a backslash: {shown(path)}", code="bad_path")
    if path.count("/") >= limits.depth:
        raise BadSource(f"a path has more than {limits.depth} steps: {shown(path)}", code="too_deep")
    if len(path.encode(errors="surrogatepass")) > limits.path_bytes:
        raise BadSource(f"a path has more than {limits.path_bytes} bytes: {shown(path)}", code="bad_path")


def _common_folder(paths: list[str]) -> str:
    """`project/` where every path lies in that one folder, else nothing."""
    firsts = {path.partition("/")[0] for path in paths}
    alone = len(firsts) == 1 and all("/" in path for path in paths)
    return f"{next(iter(firsts))}/" if alone else ""


def _open_zip(opened: zipfile.ZipFile, one: Member) -> IO[bytes]:
    return opened.open(one.handle)  # type: ignore[arg-type]  # `_zip_members` put it there


def _open_tar(tar: tarfile.TarFile, one: Member) -> IO[bytes]:
    content = tar.extractfile(one.handle)  # type: ignore[arg-type]  # `_tar_members` put it there
    if content is None:
        raise _no_link(one.path)
    return content


def _require_few(count: int, limits: ArchiveLimits) -> None:
    if count > limits.files:
        raise too_large(f"the archive holds more than {limits.files} files and folders")


def _no_link(path: str) -> BadSource:
    return BadSource(f"the archive holds a link or a special file: {shown(path)}; put the file itself there")


def _too_much(limits: ArchiveLimits) -> BadSource:
    return too_large(f"the archive comes out larger than {limits.total_bytes} bytes in all")


def too_large(message: str) -> BadSource:
    """The error for an archive beyond a limit."""
    return BadSource(message, code="too_large")


def _main(archive: str, into: str, text: str) -> int:
    limits = ArchiveLimits(**json.loads(text))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    try:
        unpack(Path(archive), Path(into), limits)
    except BadSource as error:
        told = {"code": error.code, "message": error.message}
    except MemoryError:
        told = {"code": "too_large", "message": "reading the archive takes more memory than it is given"}
    except OSError as error:
        told = {"code": "outside_failure", "message": f"this machine could not unpack: {error.strerror}"}
    else:
        return 0
    sys.stdout.write(json.dumps(told))
    return 1


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:4]))
