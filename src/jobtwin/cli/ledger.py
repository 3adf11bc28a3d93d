"""`jobtwin ledger`: verify a mentor's ledger, offline; and export ledgers for that."""

from pathlib import Path

import click

from jobtwin.cli.output import FAILED, finish, one_line, print_json
from jobtwin.core.errors import BadInput, NotFound


@click.group(epilog="Example: jobtwin ledger verify ledgers/1f0c2a")
def command() -> None:
    """Export ledgers, and verify exports without asking anybody."""


@command.command(epilog="Example: jobtwin ledger verify ledgers/1f0c2a --kept checkpoint.txt")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--kept", type=click.Path(path_type=Path), help="A checkpoint that you kept from before.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def verify(folder: Path, kept: Path | None, as_json: bool) -> None:
    """Check the export in FOLDER. Exit: 0 valid, 1 tampered with, 2 unreadable."""
    from jobtwin.proofs.ledger import verify_ledger

    report = verify_ledger(folder, kept=None if kept is None else _read(kept))
    if as_json:
        print_json(report.as_json())
    else:
        click.echo(
            ("valid: " if not report.code else f"invalid: {report.code}: ") + one_line(report.sentence)
        )
        for signer in report.signers:
            click.echo(f"  signed by {signer}")
    finish(FAILED if report.code else 0)


@command.command("export", epilog="Example: jobtwin ledger export ledgers")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--ledger", "name", help="One ledger by its name (default: all).")
def export_all(folder: Path, name: str | None) -> None:
    """Write every ledger to a folder of its own in FOLDER (for operators; reads the database)."""
    from jobtwin.config.database import setup_django

    setup_django()
    from jobtwin.store.models import Ledger
    from jobtwin.store.queries.ledger import export_ledger

    rows = Ledger.objects.filter(**({"name": name} if name else {})).order_by("pk")
    if name and not rows.exists():
        raise NotFound(f"there is no ledger {one_line(name[:80])}")
    for ledger in rows:
        waiting = export_ledger(ledger, folder / ledger.name)
        end = f"; {waiting} entries wait for the second signature" if waiting else ""
        click.echo(f"{one_line(str(folder / ledger.name))}{end}")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
