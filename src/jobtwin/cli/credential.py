"""`jobtwin credential`: verify what an employer was given, offline."""

from datetime import UTC, datetime
from pathlib import Path

import click

from jobtwin.cli.output import FAILED, finish, one_line, print_json
from jobtwin.core.errors import BadInput

MAX_FILE_BYTES = 16 * 1024 * 1024
FILE = click.Path(path_type=Path)


@click.group(
    epilog="Example: jobtwin credential verify credential.json --did did.json --status status-list.json"
)
def command() -> None:
    """Verify credentials without asking anybody."""


@command.command(
    epilog="Example: jobtwin credential verify credential.jwt --did did.json --status status-list.json"
)
@click.argument("file", type=FILE)
@click.option("--did", required=True, type=FILE, help="The issuer's DID document.")
@click.option("--status", required=True, type=FILE, help="The issuer's status list.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def verify(file: Path, did: Path, status: Path, as_json: bool) -> None:
    """Check FILE (JSON or JWT). Exit: 0 valid, 1 invalid with a code, 2 unreadable. Nothing is fetched."""
    from jobtwin.proofs.verify import verify_credential

    found = verify_credential(_read(file), did=_read(did), status_list=_read(status), now=datetime.now(UTC))
    if as_json:
        print_json(found.as_json())
    else:
        for check in found.checks:
            click.echo(f"{'✓' if check.ok else '✗'} {check.name}: {one_line(check.sentence)}")
        click.echo("valid" if found.valid else f"invalid: {found.code}")
    finish(0 if found.valid else FAILED)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > MAX_FILE_BYTES:
        raise BadInput(f"{path} is larger than {MAX_FILE_BYTES} bytes")
    return data
