"""A fresh, migrated, durable database on the embedded server, in a folder of its own; removed afterwards."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def own_folder(name: str) -> Path:
    """A new folder for the benchmark of that name, where the database's own user may look in."""
    base = Path("/var/lib") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    folder = base / f"jobtwin-{name}-{os.getpid()}"
    folder.mkdir(mode=0o755)
    return folder


def own_settings(folder: Path, **further: str) -> None:
    """Settings of this process: a home and keys in the folder, and none that were there before."""
    for name in [one for one in os.environ if one.startswith(("JOBTWIN_", "DATABASE_URL"))]:
        del os.environ[name]
    own = {"JOBTWIN_HOME": str(folder / "home"), "JOBTWIN_KEYS": str(folder / "keys" / "ring")}
    os.environ |= own | further


@contextmanager
def instance(name: str) -> Iterator[Path]:
    """Gives a folder for files; Django is set up on the embedded server inside, and there are keys."""
    folder = own_folder(name)
    own_settings(folder)
    try:
        with database():
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database() -> Iterator[None]:
    """Django on the embedded server that the settings name, with keys, while the block runs."""
    from jobtwin.config.database import setup_django, start_database, stop_database
    from jobtwin.store.clock import database_now
    from jobtwin.store.platform import make_keys

    setup_django()
    start_database()
    try:
        make_keys(now=database_now())
        yield
    finally:
        stop_database()


def postgres_process(folder: Path) -> int:
    """The process id of the embedded server of that folder."""
    return int((folder / "home" / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
