"""The database's part of `jobtwin doctor --deploy`, asked over the application's connection."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from jobtwin.config.deployment import Advice
from jobtwin.store.roles import APPEND_ONLY

LEAST_VERSION = 140_000
MOST_SKEW = 2.0
"""Seconds that this machine's clock may differ: tokens and certificates are dated by it, deadlines never."""
SILENT_SECONDS = 30


def examine_database(now: datetime | None = None) -> list[Advice]:
    """D011 to D016. `now` is this machine's time (default: now)."""
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, clock_timestamp()")
            version, database_now = cursor.fetchone()
    except DatabaseError as error:
        hint = "is the server up, and may this machine reach it?"
        return [Advice("D011", "error", f"the database does not answer: {str(error).splitlines()[0]}", hint)]
    advice = [_version(version), _clock((now or datetime.now(UTC)) - database_now)]
    pending = _pending()
    advice.append(pending)
    return advice if pending.state == "error" else [*advice, _append_only(), _workers(), _mail()]


def _version(version: int) -> Advice:
    if version < LEAST_VERSION:
        return Advice("D011", "error", f"PostgreSQL {version // 10_000}", "install PostgreSQL 14 or newer")
    return Advice("D011", "good", f"PostgreSQL {version // 10_000} answers")


def _clock(skew: timedelta) -> Advice:
    seconds = abs(skew.total_seconds())
    if seconds > MOST_SKEW:
        return Advice("D012", "warning", f"this clock is {seconds:.0f} s away from the database's", "run NTP")
    return Advice("D012", "good", f"clocks agree within {MOST_SKEW:.0f} s")


def _pending() -> Advice:
    executor = MigrationExecutor(connections["default"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = ", ".join(f"{one.app_label}.{one.name}" for one, _ in plan[:3])
        return Advice("D013", "error", f"{len(plan)} migrations wait: {names}", "jobtwin database start")
    return Advice("D013", "good", "every migration is applied")


def _append_only() -> Advice:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name "
            "WHERE has_table_privilege(name, 'UPDATE') OR has_table_privilege(name, 'DELETE')",
            [list(APPEND_ONLY)],
        )
        open_tables = [row[0] for row in cursor.fetchall()]
    if open_tables:
        hint = "use a role that owns nothing, then `jobtwin database start`, which grants"
        return Advice("D014", "error", f"the application may change {', '.join(open_tables)}", hint)
    return Advice("D014", "good", "ledgers and receipts can only grow")


def _workers() -> Advice:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers "
            "WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [SILENT_SECONDS],
        )
        alive = cursor.fetchone()[0]
    if not alive:
        return Advice("D015", "warning", "no worker is alive", "start one: jobtwin worker")
    return Advice("D015", "good", f"{alive} workers alive")


def _mail() -> Advice:
    if settings.JOBTWIN.production and settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        hint = "people confirm their address by mail: name a mail server (docs/settings.md)"
        return Advice("D016", "error", "mail is written to standard output", hint)
    return Advice("D016", "good", "mail is sent")
