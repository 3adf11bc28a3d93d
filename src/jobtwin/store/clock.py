"""The one clock: the database's."""

from datetime import datetime

from django.db import InterfaceError, OperationalError, connection


def database_now() -> datetime:
    """The database's time at this instant (not the start of the transaction), in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def arrival_now() -> datetime:
    """The database's time where a request arrives, which is the check of a kept connection, too.

    A connection that died since the last request is made anew, once; Django would ask `SELECT 1` for that
    at every request. Raises OperationalError where the database is gone.
    """
    connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs lack it
    try:
        return database_now()
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return database_now()
