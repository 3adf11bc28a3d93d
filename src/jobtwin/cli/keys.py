"""`jobtwin keys`: the platform's signing keys."""

from datetime import UTC, datetime

import click


@click.group(epilog="Example: jobtwin keys list")
def command() -> None:
    """Make and list the signing keys (folder: JOBTWIN_KEYS)."""


@command.command(epilog="Example: jobtwin keys init")
def init() -> None:
    """Make every key that is missing; existing keys stay."""
    from jobtwin.config.environment import read_environment
    from jobtwin.proofs.keys import PLATFORM_PURPOSES, KeyRing

    ring = KeyRing(read_environment().keys)
    for record in ring.init(PLATFORM_PURPOSES, now=datetime.now(UTC)):
        click.echo(f"{record.purpose}  {record.id}")


@command.command("list", epilog="Example: jobtwin keys list")
def list_keys() -> None:
    """List every key that ever was, with its dates; never a private half."""
    from jobtwin.config.environment import read_environment
    from jobtwin.proofs.keys import KeyRing

    for record in KeyRing(read_environment().keys).list():
        state = "revoked" if record.revoked else "retired" if record.retired else "active"
        click.echo(f"{record.purpose}  {record.id}  {state}  {record.created}")
