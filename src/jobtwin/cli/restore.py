"""`jobtwin restore`: a backup into an empty database, then everything verified."""

from pathlib import Path

import click

from jobtwin.cli.backup import FOLDER, copy_keys
from jobtwin.cli.output import FAILED, finish, one_line, print_json


@click.command(
    epilog="Example: jobtwin restore /var/backups/jobtwin/2026-11-30 --keys /media/safe/keys-2026-11-30"
)
@click.argument("folder", type=FOLDER)
@click.option(
    "--keys", "keys_folder", type=FOLDER, help="A copy of the signing keys, where none are here yet."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(folder: Path, keys_folder: Path | None, as_json: bool) -> None:
    """Restore FOLDER into an empty database and verify it: rows, ledgers, credentials, bundles.

    Exit: 0 where everything is as it was and verifies, 1 where something is not, 2 where nothing was done.
    """
    from jobtwin.config.database import embedded_server, setup_django

    setup_django()
    from django.conf import settings

    from jobtwin.config.backup import compare, read_manifest, restore_backup
    from jobtwin.config.backup_check import verify_everything
    from jobtwin.store.clock import database_now

    read_manifest(folder)
    if keys_folder is not None:
        copy_keys(keys_folder, settings.JOBTWIN.keys)
    if (server := embedded_server()) is not None:
        server.start()
    manifest = restore_backup(folder)
    verified = verify_everything(database_now())
    problems = [*compare(manifest), *verified.problems]
    if as_json:
        print_json(
            {
                "at": manifest["at"],
                "ledgers": verified.ledgers,
                "credentials": verified.credentials,
                "problems": problems,
            }
        )
    else:
        click.echo(f"restored as of {manifest['at']}")
        click.echo(f"{verified.ledgers} ledgers and {verified.credentials} credentials verify")
        for problem in problems:
            click.echo(f"✗ {one_line(problem)}")
    finish(FAILED if problems else 0)
