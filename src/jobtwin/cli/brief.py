"""`jobtwin brief`: check briefs."""

import json
from pathlib import Path

import click

from jobtwin.cli.output import FAILED, finish, report_error
from jobtwin.cli.source import brief_in
from jobtwin.core.brief import brief_schema
from jobtwin.core.errors import BadBrief


@click.group(epilog="Example: jobtwin brief lint my-exam.yaml")
def command() -> None:
    """Check exam briefs."""


@command.command(epilog="Example: jobtwin brief lint my-exam.yaml")
@click.argument("file", type=click.Path(path_type=Path))
def lint(file: Path) -> None:
    """Say what is wrong with a brief, one line a problem. Exit: 0 good, 1 not, 2 unreadable."""
    try:
        brief = brief_in(file)
    except BadBrief as error:
        report_error(error)
        finish(FAILED)
    click.echo(f"{brief.id} version {brief.version}: {len(brief.criteria())} criteria, {brief.digest}")


@command.command(epilog="Example: jobtwin brief schema > brief.schema.json")
def schema() -> None:
    """Print the JSON Schema of briefs."""
    click.echo(json.dumps(brief_schema(), indent=2))
