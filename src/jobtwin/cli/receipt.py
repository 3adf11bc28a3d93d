"""`jobtwin receipt`: fetch the receipts of an attempt, verify one offline."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from jobtwin.cli.output import FAILED, finish, one_line, print_json
from jobtwin.core.errors import BadInput

MAX_FILE_BYTES = 1024 * 1024
KINDS = frozenset({"start", "draft", "submit", "extend", "withdraw", "void"})
FILE = click.Path(path_type=Path)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")


@click.group(epilog="Example: jobtwin receipt verify receipt-submit.json --keys did.json")
def command() -> None:
    """Fetch receipts, and verify them without asking anybody."""


@command.command(epilog="Example: jobtwin receipt verify receipt-submit.json --keys did.json")
@click.argument("file", type=FILE)
@click.option("--keys", required=True, type=FILE, help="The issuer's did.json, or keys.json of its keys.")
@click.option(
    "--content", type=FILE, help="JSON of what was written: the receipt must speak of exactly this."
)
@AS_JSON
def verify(file: Path, keys: Path, content: Path | None, as_json: bool) -> None:
    """Check the receipt in FILE. Exit: 0 valid, 1 invalid with a code, 2 unreadable. Nothing is fetched."""
    from jobtwin.proofs.receipt_verify import verify_receipt

    report = verify_receipt(
        _read(file), keys=_read(keys), now=datetime.now(UTC), content=_read(content) if content else None
    )
    if as_json:
        print_json(report.as_json())
    else:
        verdict = "valid" if report.valid else f"invalid: {report.code}"
        click.echo(f"{verdict}: {one_line(report.sentence)}")
    finish(0 if report.valid else FAILED)


@command.command(epilog="Example: jobtwin receipt fetch --out receipts")
@click.option("--attempt", help="Its id (default: your one attempt).")
@click.option("--out", type=FILE, default=Path("receipts"), show_default=True, help="Folder for the files.")
@AS_JSON
def fetch(attempt: str | None, out: Path, as_json: bool) -> None:
    """Download every receipt of an attempt, and the keys to check them with."""
    from jobtwin.cli.client import connect, every
    from jobtwin.cli.own_attempt import choose

    client = connect()
    path = f"/attempts/{choose(client, attempt)['id']}/receipts"
    files = {_name(one): one["document"] for one in every(client, path)}
    files["did.json"] = client.get("/receipt-keys")
    for name, document in files.items():
        _write(out / name, document)
    if as_json:
        print_json({"folder": str(out), "files": sorted(files)})
    else:
        click.echo(f"{len(files) - 1} receipts and did.json are in {out}")


def _name(receipt: dict[str, object]) -> str:
    version = f"-{receipt['draft_version']}" if receipt["what"] == "draft" else ""
    if receipt["what"] == "extend":
        version = f"-{receipt['id']}"
    known = receipt["what"] in KINDS and isinstance(receipt["draft_version"], int)
    if not known:
        raise BadInput("the server sent something that is no receipt")
    return f"receipt-{receipt['what']}{version}.json"


def _write(path: Path, document: object) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > MAX_FILE_BYTES:
        raise BadInput(f"{path} is larger than {MAX_FILE_BYTES} bytes")
    return data
