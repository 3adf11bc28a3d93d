"""`jobtwin worker`: run background work."""

import os
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import click

from jobtwin.core.errors import BadInput

if TYPE_CHECKING:  # Django and verification load when the command runs
    from jobtwin.jobs.working import Work

CONCURRENCY = 2
GRACE_SECONDS = 30.0


@click.command(epilog="Example: jobtwin worker --queues verification --concurrency 2")
@click.option("--queues", default="", help="Only these, separated by commas.  [default: all]")
@click.option(
    "--concurrency",
    default=CONCURRENCY,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Jobs at a time.",
)
@click.option(
    "--has",
    default="",
    help="Engines and containers that it has, such as bubblewrap,containers; verifications that need others "
    "are left to other workers.  [default: JOBTWIN_WORKER_HAS, or auto: what works here]",
)
def command(queues: str, concurrency: int, has: str) -> None:
    """Run verification, review and credential jobs until SIGTERM; running jobs get 30 s to finish.

    It tells the database what it has and takes; operators see that on their page and in /metrics.
    """
    from jobtwin.config.database import setup_django

    setup_django()
    _tell(os.environ)
    from jobtwin.jobs.working import work

    work(_asked(queues, concurrency, has or os.environ.get("JOBTWIN_WORKER_HAS", "")))


def _asked(queues: str, concurrency: int, has: str) -> "Work":
    from procrastinate.contrib.django import app

    from jobtwin.jobs.working import Work
    from jobtwin.verification.needs import QUEUE, QUEUES

    known = frozenset({task.queue for task in app.tasks.values()} | set(QUEUES))
    wanted = chosen_queues(queues, known=known)
    verifies = any(name.partition(".")[0] == QUEUE for name in wanted)
    labels = _labels(has) if verifies else ()
    return Work(
        queues=served_queues(wanted, labels),
        concurrency=concurrency,
        grace_seconds=GRACE_SECONDS,
        has=labels,
    )


def _labels(text: str) -> tuple[str, ...]:
    """What was said, or what this machine earns."""
    from jobtwin.verification.f2.settings import ContainerSettings
    from jobtwin.verification.needs import AUTO, found_here, parse_labels
    from jobtwin.verification.settings import VerificationSettings

    if text not in {"", AUTO}:
        return parse_labels(text, setting="--has")
    settings = VerificationSettings.from_environment(os.environ)
    return found_here(settings, ContainerSettings.from_environment(os.environ, cache=settings.cache))


def served_queues(wanted: Collection[str], has: Collection[str]) -> list[str]:
    """The queues with `verification` spread into those that a worker with these labels may take.

    Raises BadInput for one that needs what the worker lacks.
    """
    from jobtwin.verification.needs import QUEUE, QUEUES, queues_for

    able = queues_for(has)
    lacking = [name for name in wanted if name in QUEUES and name not in able]
    if lacking:
        raise BadInput(f"{lacking[0]} needs what this worker lacks; it has {', '.join(has) or 'nothing'}")
    spread = [one for name in wanted for one in (able if name == QUEUE else [name])]
    return list(dict.fromkeys(spread))


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
    return named or sorted(name for name in known if "." not in name)
