"""Brings the database up: the embedded server where no address is set, migrations, grants."""

import os
from contextlib import suppress

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connections

from jobtwin.config.embedded import EmbeddedServer
from jobtwin.core.errors import OutsideFailure
from jobtwin.store.roles import grant_to_application

LOCK_SECONDS = 5.0
"""How long a migration waits for a table: everybody who comes after it waits as well."""
MIGRATION_LOCK = 7_226_534_021
"""The advisory lock of migrations; the number means nothing."""


def setup_django() -> None:
    """Loads Django with our settings; cheap to call again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jobtwin.config.settings")
    django.setup()


def embedded_server() -> EmbeddedServer | None:
    """The embedded server of this environment, or None where DATABASE_URL names another."""
    environment = settings.JOBTWIN
    return None if environment.database_url else EmbeddedServer(environment.database_folder)


def start_database() -> bool:
    """Starts the embedded server where one is used, migrates and grants; True where it was not running."""
    server = embedded_server()
    started = server.start() if server else False
    migrate()
    return started


def stop_database() -> bool:
    """Stops the embedded server; False where none runs or another database is used."""
    for connection in connections.all(initialized_only=True):
        with suppress(Exception):
            connection.close()
    server = embedded_server()
    return server.stop() if server else False


def migrate(*, lock_seconds: float = LOCK_SECONDS) -> None:
    """Applies migrations with the owner role and grants the application role its rights.

    Safe while others serve: a statement that waits longer than `lock_seconds` for a table gives up instead
    of holding up everybody behind it, and two migrations never run at once. Raises OutsideFailure: what was
    applied stays, and the same command goes on from there.
    """
    owner = connections["owner"]
    try:
        with owner.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{int(lock_seconds * 1000)}ms"])
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        grant_to_application()
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
            raise
        raise OutsideFailure(
            f"a table was in use for {lock_seconds:g} s, so the migration gave way; run it again", retry=True
        ) from error
    finally:
        owner.close()  # gives the lock back, too
