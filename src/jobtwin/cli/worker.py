"""`jobtwin worker`: run background work."""

import click

CONCURRENCY = 2
GRACE_SECONDS = 30.0


@click.command(epilog="Example: jobtwin worker --concurrency 2")
@click.option("--concurrency", default=CONCURRENCY, show_default=True, type=click.IntRange(1, 64))
def command(concurrency: int) -> None:
    """Run verification, review and credential jobs until SIGTERM; running jobs get 30 s to finish."""
    from jobtwin.config.database import setup_django

    setup_django()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise click.ClickException("the job queue is not wired to Django's database")
    with app.replace_connector(connector.get_worker_connector()) as worker:
        worker.run_worker(
            concurrency=concurrency, shutdown_graceful_timeout=GRACE_SECONDS, delete_jobs="successful"
        )
