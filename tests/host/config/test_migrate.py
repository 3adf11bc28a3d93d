"""Migrating while others serve: a table that is in use is not waited for, and the next try goes through."""

import pytest

pytestmark = pytest.mark.host


def test_a_migration_gives_way_to_whoever_holds_a_table(committed_db: str) -> None:
    import psycopg

    from jobtwin.config.database import migrate
    from jobtwin.core.errors import OutsideFailure

    with psycopg.connect(committed_db) as busy:
        busy.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(OutsideFailure, match="in use for") as gave_way:
            migrate(lock_seconds=0.2)
    assert gave_way.value.retry
    migrate()


def test_two_migrations_never_run_at_once(committed_db: str) -> None:
    import threading

    import psycopg

    from jobtwin.config.database import MIGRATION_LOCK, migrate

    with psycopg.connect(committed_db) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
        second = threading.Thread(target=migrate)
        second.start()
        second.join(0.5)
        assert second.is_alive()
    second.join(60)
    assert not second.is_alive()
