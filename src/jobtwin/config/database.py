"""Brings the database up: the embedded server where no address is set, migrations, grants."""

import os
from contextlib import suppress

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from jobtwin.config.embedded import EmbeddedServer
from jobtwin.store.roles import grant_to_application


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


def migrate() -> None:
    """Applies migrations with the owner role and grants the application role its rights."""
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    grant_to_application()
    connections["owner"].close()
