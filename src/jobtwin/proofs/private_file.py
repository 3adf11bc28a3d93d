"""Files that nobody but their owner can open: keys, and the list of keys."""

import os
import secrets
import stat
from pathlib import Path

from jobtwin.core.errors import BadInput, NotFound

READ_LIMIT = 1_000_000
SECRET_LIMIT = 10_000


def require_private(path: Path) -> None:
    """Raises BadInput unless the path is the owner's own and closed to group and others."""
    try:
        found = path.lstat()
    except OSError as error:
        raise NotFound(f"no keys at {path}: {error.strerror}") from error
    if not (stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)):
        raise BadInput(f"{path} is a link or a special file; keys are read from plain ones")
    if found.st_uid != os.geteuid():
        raise BadInput(f"{path} belongs to another user", code="open_permissions")
    if found.st_mode & 0o077:
        mode = "700" if stat.S_ISDIR(found.st_mode) else "600"
        raise BadInput(
            f"{path} can be opened by others (mode {found.st_mode & 0o777:o}); close it with chmod {mode}, "
            "and rotate its keys if somebody may have read them",
            code="open_permissions",
        )


def file_version(path: Path) -> tuple[object, ...]:
    """What tells a file from the one that stood there before: path, inode, size, instant. Raises NotFound."""
    try:
        found = path.stat()
    except OSError as error:
        raise NotFound(f"no keys at {path}: {error.strerror}") from error
    return (path, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def read_private(path: Path) -> bytes:
    """The first READ_LIMIT bytes of a closed file. Raises BadInput, NotFound."""
    require_private(path.parent)
    require_private(path)
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        return file.read(READ_LIMIT)


def write_private(path: Path, data: bytes) -> None:
    """Write a file of mode 600 as a whole or not at all; it is never readable by others, nor half there."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def secret_file(path: Path) -> bytes:
    """The bytes of a mounted secret: a plain file of this user or root, closed to others."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(file.fileno())
            data = file.read(SECRET_LIMIT)
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(found.st_mode) or found.st_uid not in (0, os.geteuid()) or found.st_mode & 0o027:
        raise BadInput(
            f"{path} must be a plain file of this user or root that others cannot open (mode 400 or 440)",
            code="open_permissions",
        )
    return data
