"""`jobtwin ledger`: verify a mentor's ledger, offline."""

from pathlib import Path

import click

from jobtwin.cli.output import FAILED, finish, one_line, print_json
from jobtwin.core.errors import BadInput


@click.group(epilog="Example: jobtwin ledger verify ledgers/1f0c2a")
def command() -> None:
    """Verify exported ledgers without asking anybody."""


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


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
