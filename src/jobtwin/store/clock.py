"""The one clock: the database's."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """The database's time at this instant (not the start of the transaction), in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment
