"""Work folders: one a verification, removed at its end, or at the next start where it was killed."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from jobtwin.verification.cgroups import PREFIX, is_alive, start_time


@contextlib.contextmanager
def work_folder(parent: Path) -> Iterator[Path]:
    """A private folder below `parent` (made if missing), gone when the block ends."""
    parent.mkdir(parents=True, exist_ok=True)
    me = os.getpid()
    folder = parent / f"{PREFIX}{me}-{start_time(me)}-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def reap_folders(parent: Path) -> int:
    """Remove the folders of verifiers that no longer run. How many there were."""
    if not parent.is_dir():
        return 0
    left = [folder for folder in parent.glob(f"{PREFIX}*") if not is_alive(folder.name)]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


def write_files(files: Mapping[str, bytes], into: Path) -> Path:
    """Write files by path below `into`, which is returned."""
    into.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        _place(into, path).write_bytes(content)
    return into


def _place(into: Path, path: str) -> Path:
    parts = path.split("/")
    if path.startswith("/") or any(part in {"", ".", ".."} for part in parts):
        raise ValueError(f"not a path inside a tree: {path!r}")
    place = into / path
    place.parent.mkdir(parents=True, exist_ok=True)
    return place
