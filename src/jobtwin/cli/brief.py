"""`jobtwin brief`: check briefs, publish and retire them."""

import json
from pathlib import Path

import click

from jobtwin.cli.output import FAILED, finish, one_line, report_error
from jobtwin.cli.source import brief_in
from jobtwin.core.brief import Brief, brief_schema
from jobtwin.core.errors import BadBrief
from jobtwin.core.instant import utc_text

FILE = click.Path(path_type=Path)


@click.group(epilog="Example: jobtwin brief lint my-exam.yaml")
def command() -> None:
    """Check exam briefs; publish and retire them on this server."""


@command.command(epilog="Example: jobtwin brief lint my-exam.yaml")
@click.argument("file", type=FILE)
def lint(file: Path) -> None:
    """Say what is wrong with a brief, one line a problem. Exit: 0 good, 1 not, 2 unreadable."""
    brief = _good(file)
    click.echo(f"{brief.id} version {brief.version}: {len(brief.criteria())} criteria, {brief.digest}")


@command.command(epilog="Example: jobtwin brief schema > brief.schema.json")
def schema() -> None:
    """Print the JSON Schema of briefs."""
    click.echo(json.dumps(brief_schema(), indent=2))


@command.command(epilog="Example: jobtwin brief preview my-exam.yaml")
@click.argument("file", type=FILE)
def preview(file: Path) -> None:
    """Show a brief in short, as it would be published."""
    brief = _good(file)
    rubric = brief.rubric
    click.echo(f"{brief.title} ({brief.kind}, {brief.id} version {brief.version})")
    click.echo(
        f"time-box: {brief.time_box}, pass mark {rubric.pass_mark}, {brief.attempts_allowed} attempt(s)"
    )
    for window in brief.windows:
        click.echo(f"window {window.id}: {window.title}, {window.minutes} minutes")
    for dimension in rubric.dimensions:
        click.echo(f"{dimension.weight} {dimension.title}: {len(dimension.criteria)} criteria")
    for check in brief.self_checks:
        click.echo(f"{check.id} {check.kind}, verifies {check.verification}: {check.question}")
    click.echo(brief.digest)


@command.command(epilog="Example: jobtwin brief publish my-exam.yaml")
@click.argument("file", type=FILE)
def publish(file: Path) -> None:
    """Publish a brief on this server: learners can start it from now on. The same again changes nothing."""
    from jobtwin.config.database import setup_django

    brief = _good(file)
    setup_django()
    from jobtwin.services.brief import publish_brief
    from jobtwin.store.clock import database_now

    version = publish_brief(brief=brief, now=database_now())
    click.echo(f"published {version.brief_id} version {version.version}, {version.digest}")


@command.command(epilog="Example: jobtwin brief retire my_exam 1")
@click.argument("brief_id")
@click.argument("version", type=click.IntRange(1, 2**31 - 1))
def retire(brief_id: str, version: int) -> None:
    """Offer a published version no more; attempts at it go on."""
    from jobtwin.config.database import setup_django

    setup_django()
    from jobtwin.services.brief import retire_brief
    from jobtwin.store.clock import database_now
    from jobtwin.store.queries.brief import published_version

    retire_brief(version=published_version(brief_id, version), now=database_now())
    click.echo(one_line(f"retired {brief_id} version {version}"))


@command.command("list", epilog="Example: jobtwin brief list")
def list_versions() -> None:
    """List all published versions of this server."""
    from jobtwin.config.database import setup_django

    setup_django()
    from jobtwin.store.queries.operations import every_version

    for one in every_version():
        retired = f", retired {utc_text(one.retired_at)}" if one.retired_at else ""
        click.echo(f"{one.brief_id} version {one.version}, published {utc_text(one.published_at)}{retired}")


def _good(file: Path) -> Brief:
    try:
        return brief_in(file)
    except BadBrief as error:
        report_error(error)
        finish(FAILED)
