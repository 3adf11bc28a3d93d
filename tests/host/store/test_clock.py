"""The time of an arrival is one statement, and a connection that died meanwhile is made anew."""

import pytest

pytestmark = pytest.mark.host


def test_the_arrival_asks_the_database_once(committed_db: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jobtwin.store.clock import arrival_now, database_now

    before = database_now()
    with CaptureQueriesContext(connection) as asked:
        arrived = arrival_now()
    assert [one["sql"] for one in asked] == ["SELECT clock_timestamp()"]
    assert before <= arrived <= database_now()


def test_a_connection_that_died_since_the_last_request_is_made_anew(committed_db: str) -> None:
    import psycopg
    from django.db import connection

    from jobtwin.store.clock import arrival_now

    arrival_now()
    died = connection.connection.info.backend_pid
    with psycopg.connect(committed_db, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", [died])
    arrival_now()
    assert connection.connection.info.backend_pid != died


def test_nothing_is_made_anew_within_a_transaction(committed_db: str) -> None:
    import psycopg
    from django.db import DatabaseError, connection, transaction

    from jobtwin.store.clock import arrival_now

    def lost() -> None:
        with transaction.atomic():
            with psycopg.connect(committed_db, autocommit=True) as other:
                pid = connection.connection.info.backend_pid
                other.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
            arrival_now()

    arrival_now()
    with pytest.raises(DatabaseError):
        lost()
    connection.close()
