"""`jobtwin doctor`: what this machine can verify, and how to install what is missing."""

import os
from typing import TYPE_CHECKING

import click

from jobtwin.cli.output import finish, one_line, print_json

if TYPE_CHECKING:  # verification loads when the command runs
    from jobtwin.verification.machine import Part

NO_ENGINE = 1
SIGNS = {"works": "✓", "limited": "!", "missing": "✗"}
_ALONE = (
    "No sandbox works on this machine: checks that run code answer `no_engine`, and nothing of a\n"
    "submission is run outside one. Install bubblewrap first."
)


@click.command(epilog="Example: jobtwin doctor --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(as_json: bool) -> None:
    """Look at what this machine has to verify with: engines, control groups, programs, room.

    Each engine runs a harmless command in its sandbox. Exit: 0 where at least one engine works, else 1.
    """
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
