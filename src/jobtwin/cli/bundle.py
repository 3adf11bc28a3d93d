"""`jobtwin bundle`: everything that a decision stands on, in one file for `jobtwin replay`."""

from pathlib import Path
from uuid import UUID

import click

from jobtwin.cli.output import one_line
from jobtwin.core.errors import NotFound


@click.command(epilog="Example: jobtwin bundle 6f1c1e6e-3b1d-4b0a-9d4e-0a6f5b1f2c3d replay.jobtwin")
@click.argument("attempt", type=click.UUID)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def command(attempt: UUID, file: Path) -> None:
    """Write the evidence bundle of a verified ATTEMPT to FILE: the submission itself, facts, locks, ledgers.

    It holds the learner's work. Give it to nobody without their consent.
    """
    from jobtwin.config.database import setup_django

    setup_django()
    from jobtwin.jobs.bundle import write_bundle
    from jobtwin.store.models import Submission

    found = Submission.objects.filter(attempt_id=attempt).first()
    if found is None:
        raise NotFound("this attempt has no submission")
    write_bundle(found, file)
    click.echo(f"written to {one_line(str(file))}")
