"""`jobtwin backup`: database and artefacts into a new folder, keys into another one."""

import shutil
from pathlib import Path

import click

from jobtwin.cli.output import print_json
from jobtwin.core.errors import BadInput

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(
    epilog="Example: jobtwin backup /var/backups/jobtwin/2026-11-30 --keys /media/safe/keys-2026-11-30"
)
@click.argument("folder", type=FOLDER)
@click.option("--keys", "keys_folder", type=FOLDER, help="Copy the signing keys there; never inside FOLDER.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(folder: Path, keys_folder: Path | None, as_json: bool) -> None:
    """Write one snapshot of the database and the artefacts to FOLDER, which must not exist yet.

    Web and workers may go on meanwhile. The keys are not in it: whoever holds both can issue credentials.
    """
    if keys_folder is not None:
        require_apart(folder.absolute(), keys_folder.absolute())
    from jobtwin.config.database import setup_django

    setup_django()
    from django.conf import settings

    from jobtwin.config.backup import make_backup
    from jobtwin.store.clock import database_now

    made = make_backup(folder, now=database_now())
    if keys_folder is not None:
        copy_keys(settings.JOBTWIN.keys, keys_folder)
    if as_json:
        print_json({"folder": str(folder), "at": made.at, "artefacts": made.artefacts, **made.seen.as_json()})
        return
    rows = sum(made.seen.rows.values())
    click.echo(
        f"{folder}: {rows} rows, {len(made.seen.ledgers)} ledgers, {made.artefacts} files of artefacts"
    )
    click.echo(f"keys: {keys_folder or 'not copied (--keys FOLDER, kept apart)'}")


def require_apart(one: Path, other: Path) -> None:
    """Raises BadInput where one folder lies in the other."""
    if one.is_relative_to(other) or other.is_relative_to(one):
        raise BadInput("keys and data are kept apart: whoever holds both can issue credentials")


def copy_keys(source: Path, target: Path) -> None:
    """Copies a key ring, closed to others. Raises BadInput where there is none, or one is there already."""
    if not (source / "ring.json").exists():
        raise BadInput(f"{source} holds no key ring (keys of the environment are backed up where they live)")
    if target.exists():
        raise BadInput(f"{target} is there already; keys are never written over others")
    shutil.copytree(source, target)
    target.chmod(0o700)
