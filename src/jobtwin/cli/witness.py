"""`jobtwin witness`: the second signature, by files; `init` and `sign` run offline."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobtwin.cli.output import FAILED, finish, one_line, print_json
from jobtwin.core.errors import BadInput, NotFound

if TYPE_CHECKING:  # proofs load when a command runs
    from jobtwin.proofs.witness import Seen

FILE_BYTES = 64 * 1024 * 1024
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
FILE = click.Path(path_type=Path, dir_okay=False)
KEYS = click.option("--keys", type=click.Path(path_type=Path, file_okay=False), required=True)
NAME = click.option("--name", required=True, help="The witness's name, such as witness.example.org.")


@click.group(
    epilog="Example: jobtwin witness sign request.json --keys ~/witness --name witness.example.org ..."
)
def command() -> None:
    """Sign checkpoints a second time, with a key that the operator does not hold."""


@command.command(epilog="Example: jobtwin witness init --keys ~/witness --name witness.example.org")
@KEYS
@NAME
@AS_JSON
def init(keys: Path, name: str, as_json: bool) -> None:
    """Make the witness's key, once, and print its verifier key for JOBTWIN_WITNESS_KEY."""
    from jobtwin.proofs.keys import WITNESS, KeyRing
    from jobtwin.proofs.note import VerifierKey

    records = KeyRing(keys).init([WITNESS], now=datetime.now(UTC))
    key = str(VerifierKey.parse(str(VerifierKey(name, records[0].public_key.raw))))
    if as_json:
        print_json({"key": key})
    else:
        click.echo(key)


@command.command(epilog="Example: jobtwin witness request --out request.json")
@click.option("--out", type=FILE, required=True)
@click.option("--after", type=FILE, help="An answer whose refusals say what the witness has seen.")
def request(out: Path, after: Path | None) -> None:
    """Write what waits for the second signature (for operators; reads the database)."""
    from jobtwin.config.database import setup_django
    from jobtwin.proofs.witness import parse_answer, requests_json

    setup_django()
    from jobtwin.store.queries.ledger import asks, asks_after

    refused = parse_answer(_read(after)).refused if after else ()
    found = list(asks_after({one.origin: one.seen for one in refused}) if refused else asks())
    _write(out, requests_json(found))
    click.echo(f"{len(found)} checkpoints wait for the second signature: {one_line(str(out))}")


@command.command(
    epilog="Example: jobtwin witness sign request.json --keys ~/witness --name witness.example.org "
    "--log-key exam.example.org/ledger+... --state seen.json --out answer.json"
)
@click.argument("request_file", type=FILE)
@KEYS
@NAME
@click.option(
    "--log-key", "log_keys", multiple=True, required=True, help="The log's verifier key, published."
)
@click.option("--state", type=FILE, required=True, help="What this witness remembers; made at the first use.")
@click.option("--out", type=FILE, required=True)
@AS_JSON
def sign(
    request_file: Path,
    keys: Path,
    name: str,
    log_keys: tuple[str, ...],
    state: Path,
    out: Path,
    as_json: bool,
) -> None:
    """Sign what continues the trees that were signed before. Exit: 0 all signed, 1 some refused."""
    from jobtwin.proofs.keys import WITNESS, KeyRing
    from jobtwin.proofs.note import VerifierKey
    from jobtwin.proofs.witness import parse_requests, seen_json, sign_requests

    answer = sign_requests(
        parse_requests(_read(request_file)),
        _remembered(state),
        log_keys=tuple(VerifierKey.parse(one) for one in log_keys),
        name=name,
        signer=KeyRing(keys).load(WITNESS),
    )
    _write(state, seen_json(answer.seen))  # before the answer: what was signed is never forgotten
    _write(out, json.dumps(answer.as_json(), indent=1) + "\n")
    if as_json:
        print_json({"signed": len(answer.signed), "refused": answer.as_json()["refused"]})
    else:
        click.echo(f"signed {len(answer.signed)}, refused {len(answer.refused)}: {one_line(str(out))}")
        for one in answer.refused:
            click.echo(f"  {one_line(one.origin)}: {one.code}: {one_line(one.sentence)}")
    finish(FAILED if answer.refused else 0)


@command.command(epilog="Example: jobtwin witness add answer.json")
@click.argument("answer_file", type=FILE)
def add(answer_file: Path) -> None:
    """Record the signatures of an answer (for operators). Exit: 0 all taken, 1 some not."""
    from jobtwin.config.database import setup_django
    from jobtwin.proofs.witness import parse_answer

    setup_django()
    from jobtwin.services.witness import add_signatures
    from jobtwin.store.clock import database_now

    added = add_signatures(answer=parse_answer(_read(answer_file)), now=database_now())
    click.echo(f"{added.new} new second signatures")
    for problem in added.problems:
        click.echo(f"  {one_line(problem)}", err=True)
    finish(FAILED if added.problems else 0)


def _remembered(state: Path) -> "Seen":
    from jobtwin.proofs.witness import parse_seen

    return parse_seen(_read(state)) if state.exists() else {}


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES + 1)
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > FILE_BYTES:
        raise BadInput(f"{path} has more than {FILE_BYTES} bytes")
    return data.decode("utf-8", "replace")


def _write(path: Path, text: str) -> None:
    """As a whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error
