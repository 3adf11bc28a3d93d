"""Every migration is applied to exams that were begun before it: their rows stay and are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytestmark = pytest.mark.host

NAME = "jobtwin_every_migration"
CHAIN = (
    "person",
    "briefversion",
    "attempt",
    "submission",
    "checkrecord",
    "draft",
    "ledger",
    "mark",
    "decision",
)
"""What is written after each migration: one more exam, as the schema of that version asks for it."""
SOME = {
    "timestamp with time zone": "'2026-11-01T09:00:00Z'",
    "boolean": "false",
    "jsonb": "'{}'",
    "uuid": "gen_random_uuid()",
    "ARRAY": "'{}'",
    "numeric": "1",
    "double precision": "1",
    "integer": "1",
    "smallint": "1",
    "bigint": "1",
}
FITTING = {
    "attempt": {"deadline": "'2026-11-15T09:00:00Z'", "started_at": "'2026-11-01T08:00:00Z'"},
    "checkrecord": {"verdict": "'confirmed'", "reason": "'ok'"},
    "mark": {"seat": "1", "no_conflict_declared": "true"},
    "person": {"email": "gen_random_uuid()::text || '@example.org'", "pseudonym": "gen_random_uuid()"},
    "briefversion": {"digest": "md5(random()::text) || md5(random()::text)", "brief_id": "gen_random_uuid()"},
    "ledger": {"name": "md5(random()::text)", "origin": "md5(random()::text)"},
}
_COLUMNS = """
    SELECT columns.column_name, columns.data_type, foreign_keys.target
    FROM information_schema.columns AS columns
    LEFT JOIN (
        SELECT attribute.attname AS name, constraints.confrelid::regclass::text AS target
        FROM pg_constraint AS constraints JOIN pg_attribute AS attribute
          ON attribute.attrelid = constraints.conrelid AND attribute.attnum = constraints.conkey[1]
        WHERE constraints.contype = 'f' AND constraints.conrelid = %(table)s::regclass
    ) AS foreign_keys ON foreign_keys.name = columns.column_name
    WHERE columns.table_schema = 'public' AND columns.table_name = %(table)s
      AND columns.is_nullable = 'NO' AND columns.column_default IS NULL AND columns.is_identity = 'NO'
"""


class Written:
    """Writes rows as the schema stands at this moment, and remembers them."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.newest: dict[str, object] = {}
        self.counts: dict[str, int] = {}
        self.applied: list[str] = []

    def after(self, action: str, migration: Any = None, _fake: bool | None = None) -> None:
        """Django's progress callback: one more exam after each of our migrations."""
        if action != "apply_success" or migration.app_label != "store":
            return
        self.applied.append(migration.name)
        with self.connection.cursor() as cursor:
            for noun in CHAIN:
                self._add(cursor, f"store_{noun}", FITTING.get(noun, {}))
            if migration.name < "0021":
                cursor.execute(
                    "INSERT INTO procrastinate_jobs (queue_name, task_name, priority) "
                    "VALUES ('verification', 'verify_submission', 0)"
                )

    def _add(self, cursor: Any, table: str, fitting: dict[str, str]) -> None:
        cursor.execute(_COLUMNS, {"table": table})
        values = {}
        for column, kind, target in cursor.fetchall():
            if target is not None:
                values[column] = f"(SELECT id FROM {target} ORDER BY ctid DESC LIMIT 1)"  # noqa: S608  of the catalogue
            else:
                values[column] = fitting.get(column) or SOME.get(kind, "''")
        names = ", ".join(f'"{name}"' for name in values)
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(values.values())})")  # noqa: S608  of the catalogue
        self.counts[table] = self.counts.get(table, 0) + 1


@contextmanager
def empty_database() -> Iterator[Any]:
    """A database of its own on the tests' server, reached by the owner role."""
    from django.conf import settings
    from django.db import connections

    from jobtwin.config.embedded import EmbeddedServer, ensure_database

    ensure_database(EmbeddedServer(settings.JOBTWIN.database_folder), NAME)
    connections.databases["every"] = {**connections.databases["owner"], "NAME": NAME}
    try:
        yield connections["every"]
    finally:
        connections["every"].close()
        del connections.databases["every"]


@pytest.mark.usefixtures("database")
def test_rows_of_every_earlier_version_come_through_all_later_migrations() -> None:
    from django.apps import apps
    from django.db.migrations.executor import MigrationExecutor

    with empty_database() as connection:
        written = Written(connection)
        executor = MigrationExecutor(connection, progress_callback=written.after)
        leaves = executor.loader.graph.leaf_nodes()
        queue = [leaf for leaf in leaves if leaf[0] == "procrastinate"]
        executor.migrate([("procrastinate", "0041_post_retry_failed_job")])
        executor.loader.build_graph()
        executor.migrate([*queue, *leaves])
        numbers = len(written.applied)
        assert written.applied == sorted(
            name for app, name in executor.loader.disk_migrations if app == "store"
        )
        for model in apps.get_app_config("store").get_models():
            rows = list(model._base_manager.using("every").all())
            assert len(rows) >= written.counts.get(model._meta.db_table, 0), model.__name__
        assert set(written.counts.values()) == {numbers}
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT priority FROM procrastinate_jobs")
            assert cursor.fetchall() == [(1_000_000_000,)], (
                "those that waited keep their place before newer ones"
            )
