"""A fresh, migrated database with keys, in a folder of its own; removed afterwards."""

# ruff: noqa: PLC0415  Django is set up before its models are imported

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "jobtwin-bench-desk-"


@contextmanager
def instance() -> Iterator[Path]:
    """Gives a folder for files; Django is set up on the embedded server inside."""
    base = Path("/var/lib") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    folder = base / f"{PREFIX}{os.getpid()}"
    folder.mkdir(mode=0o755)
    for name in [one for one in os.environ if one.startswith(("JOBTWIN_", "DATABASE_URL"))]:
        del os.environ[name]
    os.environ |= {"JOBTWIN_HOME": str(folder / "home"), "JOBTWIN_KEYS": str(folder / "keys" / "ring")}
    from jobtwin.config.database import setup_django, start_database, stop_database
    from jobtwin.store.clock import database_now
    from jobtwin.store.platform import make_keys

    setup_django()
    start_database()
    try:
        make_keys(now=database_now())
        yield folder
    finally:
        stop_database()
        shutil.rmtree(folder, ignore_errors=True)
