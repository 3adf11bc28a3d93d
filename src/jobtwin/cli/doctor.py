"""`jobtwin doctor`: what this machine can verify, and how to install what is missing."""

import os
from typing import TYPE_CHECKING

import click

from jobtwin.cli.output import finish, one_line, print_json

if TYPE_CHECKING:  # verification and Django load when the command runs
    from jobtwin.config.deployment import Advice
    from jobtwin.verification.machine import Part

NO_ENGINE = 1
BAD_DEPLOYMENT = 1
SIGNS = {"works": "✓", "limited": "!", "missing": "✗", "good": "✓", "warning": "!", "error": "✗"}
_ALONE = (
    "No sandbox works on this machine: checks that run code answer `no_engine`, and nothing of a\n"
    "submission is run outside one. Install bubblewrap first."
)


@click.command(epilog="Example: jobtwin doctor --json; before going live: jobtwin doctor --deploy")
@click.option(
    "--deploy", is_flag=True, help="Look at settings, keys and database instead; exit 1 for an error."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(deploy: bool, as_json: bool) -> None:
    """Look at what this machine has to verify with: engines, control groups, programs, room.

    Each engine runs a harmless command in its sandbox. Exit: 0 where at least one engine works, else 1.
    """
    if deploy:
        finish(_deployment(as_json=as_json))
    from jobtwin.verification.machine import examine, has_engine
    from jobtwin.verification.settings import VerificationSettings

    parts = examine(VerificationSettings.from_environment(os.environ))
    ready = has_engine(parts)
    if as_json:
        print_json({"ready": ready, "parts": [part.as_json() for part in parts]})
    else:
        show(parts, ready=ready)
    finish(0 if ready else NO_ENGINE)


def show(parts: "list[Part]", *, ready: bool) -> None:
    """A line a part: what was found and what it gives; below it what to do."""
    for part in parts:
        click.echo(f"{SIGNS[part.state]} {part.name} {one_line(part.found)}".rstrip())
        click.echo(f"    {part.gives}")
        if part.remedy:
            click.echo(f"    to do: {one_line(part.remedy)}")
    if not ready:
        click.echo(f"\n{_ALONE}")


def _deployment(*, as_json: bool) -> int:
    from jobtwin.config.deployment import examine_settings

    advice = examine_settings(os.environ)
    if len(advice) > 1:  # settings that cannot be read lead to no database
        from jobtwin.config.database import setup_django

        setup_django()
        from jobtwin.config.deployment_database import examine_database

        advice += examine_database()
    ready = all(one.state != "error" for one in advice)
    if as_json:
        print_json({"ready": ready, "checks": [one.as_json() for one in advice]})
    else:
        show_advice(advice)
    return 0 if ready else BAD_DEPLOYMENT


def show_advice(advice: "list[Advice]") -> None:
    """A line a check with its id; below it what to do."""
    for one in advice:
        click.echo(f"{SIGNS[one.state]} {one.id} {one_line(one.found)}")
        if one.hint:
            click.echo(f"    to do: {one_line(one.hint)}")
