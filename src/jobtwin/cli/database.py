"""`jobtwin database`: the embedded server, migrations and grants."""

import click


@click.group(epilog="Example: jobtwin database stop")
def command() -> None:
    """Start, migrate or stop the database."""


@command.command(epilog="Example: jobtwin database start")
def start() -> None:
    """Start the embedded server where one is used, migrate, and grant the application role its rights."""
    from jobtwin.config.database import setup_django, start_database

    setup_django()
    click.echo("started and migrated" if start_database() else "was running; migrated")


@command.command(epilog="Example: jobtwin database stop")
def stop() -> None:
    """Stop the embedded server, also one that a killed process left running."""
    from jobtwin.config.database import setup_django, stop_database

    setup_django()
    click.echo("stopped" if stop_database() else "no embedded server was running")
