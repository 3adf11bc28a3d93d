"""/metrics: what Prometheus reads. Only with the operator's token, or from this machine in development."""

import secrets
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from jobtwin.store.clock import database_now
from jobtwin.store.queries.telemetry import Snapshot, snapshot
from jobtwin.telemetry.process import process_registry

LOOPBACK = frozenset({"127.0.0.1", "::1"})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Counters of this process and its siblings, and what the database knows; 404 for everybody else."""
    if not _allowed(request):
        return HttpResponse("there is nothing here\n", status=404, content_type="text/plain")
    body = generate_latest(process_registry()) + generate_latest(_of_database())
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def _allowed(request: HttpRequest) -> bool:
    token = settings.JOBTWIN.metrics_token
    if token:
        given = request.headers.get("Authorization", "")
        return secrets.compare_digest(given.encode(), f"Bearer {token}".encode())
    return not settings.JOBTWIN.production and request.META.get("REMOTE_ADDR") in LOOPBACK


def _of_database() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_DatabaseMetrics())
    return registry


class _DatabaseMetrics(Collector):
    """One snapshot a scrape. Where the database does not answer it says so and the rest is still given."""

    def collect(self) -> Iterator[Metric]:
        try:
            seen = snapshot(database_now())
        except DatabaseError:
            yield GaugeMetricFamily("jobtwin_database_up", "1 where the database answers.", value=0)
            return
        yield GaugeMetricFamily("jobtwin_database_up", "1 where the database answers.", value=1)
        yield from _queues(seen)
        attempts = GaugeMetricFamily("jobtwin_attempts", "Attempts by state.", labels=["state"])
        for state, count in seen.attempts.items():
            attempts.add_metric([state.value], count)
        yield attempts
        for name, help_text, value in (
            ("jobtwin_workers", "Workers with a heartbeat.", seen.workers),
            ("jobtwin_marks_late", "Claimed marks that are due and not sealed.", seen.marks_late),
            ("jobtwin_marks_at_risk", "Claimed marks with a fifth of their time left.", seen.marks_at_risk),
            ("jobtwin_ledgers", "Ledgers of mentors.", seen.ledgers),
            ("jobtwin_ledger_entries", "Entries in all ledgers.", seen.ledger_entries),
            (
                "jobtwin_ledger_unsigned",
                "Most entries of one ledger without a checkpoint.",
                seen.ledger_unsigned,
            ),
            ("jobtwin_webhooks_failing", "Endpoints that took nothing lately.", seen.webhooks.failing),
            ("jobtwin_webhooks_off", "Endpoints that are turned off.", seen.webhooks.off),
            ("jobtwin_webhook_waiting", "Deliveries that are not taken yet.", seen.webhooks.waiting),
            ("jobtwin_webhook_overdue_seconds", "By how much a try is late.", seen.webhooks.overdue),
        ):
            yield GaugeMetricFamily(name, help_text, value=value)


def _queues(seen: Snapshot) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("jobtwin_queue_jobs", "Jobs by queue and status.", labels=["queue", "status"])
    oldest = GaugeMetricFamily(
        "jobtwin_queue_oldest_seconds", "Age of the first job that waits.", labels=["queue"]
    )
    for one in seen.queues:
        jobs.add_metric([one.name, one.status], one.jobs)
        if one.status == "todo":
            oldest.add_metric([one.name], one.oldest)
    yield jobs
    yield oldest
    yield from _takers(seen)


def _takers(seen: Snapshot) -> Iterator[Metric]:
    capacity = GaugeMetricFamily(
        "jobtwin_queue_capacity", "Jobs that live workers take at once.", labels=["queue"]
    )
    nobody = GaugeMetricFamily(
        "jobtwin_queue_nobody_takes", "Jobs that wait for a worker that is not there.", labels=["queue"]
    )
    for one in seen.taken:
        capacity.add_metric([one.queue], one.capacity)
        nobody.add_metric([one.queue], one.nobody)
    yield capacity
    yield nobody
