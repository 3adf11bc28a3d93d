"""The real database for tests: an embedded server a test process, in a folder of its own.

`db` runs a test in a transaction that is rolled back. `committed_db` is for tests in which several
connections must see the same rows: it commits, and empties the tables afterwards.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PREFIX = "jobtwin-test-"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def _base() -> Path:
    return Path("/var/lib") if os.geteuid() == 0 else Path(tempfile.gettempdir())


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A folder for this process; what killed runs left behind is stopped and removed first."""
    from jobtwin.config.embedded import EmbeddedServer

    for left in _base().glob(f"{PREFIX}*"):
        if not Path("/proc", left.name.removeprefix(PREFIX)).exists():
            EmbeddedServer(left / "home" / "postgres").stop()
            shutil.rmtree(left, ignore_errors=True)
    folder = _base() / f"{PREFIX}{os.getpid()}"
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def database(home: Path) -> Iterator[str]:
    """A migrated database; Django is loaded against it. Gives the superuser's address."""
    from jobtwin.config.embedded import APP_ROLE, OWNER_ROLE, EmbeddedServer

    server = EmbeddedServer(home / "home" / "postgres", durable=False)
    server.start()
    for name in [name for name in os.environ if name.startswith("JOBTWIN_")]:
        del os.environ[name]
    os.environ |= {
        "JOBTWIN_HOME": str(home / "home"),
        "JOBTWIN_KEYS": str(home / "keys" / "ring"),
        "DATABASE_URL": server.url(APP_ROLE),
        "JOBTWIN_OWNER_DATABASE_URL": server.url(OWNER_ROLE),
        "JOBTWIN_AFTER_CPU_SECONDS": "0",
    }
    from jobtwin.config.database import migrate, setup_django

    setup_django()
    from django.conf import settings

    # Whoever loads Django before this fixture has loaded somebody's real database.
    assert str(home) in str(settings.DATABASES["default"])
    migrate()
    _make_keys()
    yield server.url("postgres")
    _close_connections()
    server.stop()


@pytest.fixture
def db(database: str) -> Iterator[None]:
    """A transaction around the test, rolled back at its end."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def committed_db(database: str) -> Iterator[str]:
    """Commits are real; every table of ours is emptied afterwards. Gives the superuser's address."""
    import psycopg
    from django.apps import apps
    from psycopg import sql

    yield database
    _close_connections()
    tables = [
        model._meta.db_table
        for app in ("store", "procrastinate", "sessions")
        for model in apps.get_app_config(app).get_models()
    ]
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # the ledgers' triggers refuse TRUNCATE
        connection.execute(
            sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, tables)))
        )


def _make_keys() -> None:
    """Every start, draft and submission is given a signed receipt."""
    from jobtwin.store.clock import database_now
    from jobtwin.store.platform import make_keys

    make_keys(now=database_now())


@pytest.fixture(scope="module")
def browser(database: str) -> Iterator["Browser"]:
    """One Chromium for all tests; Django is called in this thread although the driver runs a loop in it."""
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


def _close_connections() -> None:
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
