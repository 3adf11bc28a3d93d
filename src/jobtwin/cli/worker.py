"""`jobtwin worker`: run background work."""

import os
from collections.abc import Mapping

import click

from jobtwin.core.errors import BadInput

CONCURRENCY = 2
GRACE_SECONDS = 30.0


@click.command(epilog="Example: jobtwin worker --queues verification --concurrency 2")
@click.option("--queues", default="", help="Only these, separated by commas.  [default: all]")
@click.option("--concurrency", default=CONCURRENCY, show_default=True, type=click.IntRange(1, 64))
def command(queues: str, concurrency: int) -> None:
    """Run verification, review and credential jobs until SIGTERM; running jobs get 30 s to finish."""
    from jobtwin.config.database import setup_django

    setup_django()
    _tell(os.environ)
    from procrastinate.contrib.django import app

    from jobtwin.jobs.working import Work, work

    wanted = chosen_queues(queues, known=frozenset(task.queue for task in app.tasks.values()))
    work(Work(queues=wanted, concurrency=concurrency, grace_seconds=GRACE_SECONDS))


def _tell(values: Mapping[str, str]) -> None:
    """Spans to a collector and counters to Prometheus, where settings name them."""
    from jobtwin.telemetry.export import export_spans
    from jobtwin.telemetry.process import serve_metrics

    export_spans(values, service="jobtwin-worker")
    host, _, port = values.get("JOBTWIN_WORKER_METRICS", "").rpartition(":")
    if port:
        if not (host and port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
            raise BadInput("JOBTWIN_WORKER_METRICS is host:port, such as 127.0.0.1:9464")
        serve_metrics(host, int(port))


def chosen_queues(text: str, *, known: frozenset[str]) -> list[str]:
    """The queues named, or all. Raises BadInput for one that no task uses."""
    named = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [name for name in named if name not in known]
    if unknown:
        raise BadInput(f"no task uses the queue {unknown[0][:40]!r}; there are {', '.join(sorted(known))}")
    return named or sorted(known)
