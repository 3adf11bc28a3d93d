"""`jobtwin credential`: verify what an employer was given, offline or by the issuer's own address."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from jobtwin.cli.output import FAILED, finish, one_line, print_json
from jobtwin.core.errors import BadInput

if TYPE_CHECKING:  # proofs load when a command runs
    from jobtwin.proofs.verification import Verification

MAX_FILE_BYTES = 16 * 1024 * 1024
FILE = click.Path(path_type=Path)


@click.group(
    epilog="Example: jobtwin credential verify credential.json --did did.json --status status-list.json"
)
def command() -> None:
    """Verify credentials without asking anybody; issue them again where this platform must."""


@command.command(
    epilog="Example: jobtwin credential verify credential.jwt --did did.json --status status-list.json"
)
@click.argument("file")
@click.option("--did", type=FILE, help="The issuer's DID document.")
@click.option("--status", type=FILE, help="The issuer's status list.")
@click.option("--online", is_flag=True, help="Fetch both from the issuer's own address instead.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def verify(file: str, did: Path | None, status: Path | None, online: bool, as_json: bool) -> None:
    """Check FILE: JSON, JWT, a badge (PNG, SVG) with one baked in, or a transcript.

    With --did and --status nothing is fetched. With --online, the issuer's keys and status list come from
    its own address, and FILE may be a credential's address.

    Exit: 0 valid, 1 invalid with a code, 2 unreadable.
    """
    if online:
        if did or status:
            raise click.UsageError("give --did and --status, or --online")
        several = _online(file)
    elif did is None or status is None:
        raise click.UsageError("give --did and --status, or --online")
    else:
        several = _offline(_read(Path(file)), _read(did), _read(status))
    if as_json:
        print_json(several[0].as_json() if len(several) == 1 else [one.as_json() for one in several])
    else:
        for one in several:
            _print(one)
    finish(0 if all(one.valid for one in several) else FAILED)


def _offline(data: bytes, keys: bytes, listed: bytes) -> "tuple[Verification, ...]":
    from jobtwin.proofs.baking import verify_presented
    from jobtwin.proofs.transcript import is_transcript, verify_transcript

    now = datetime.now(UTC)
    if is_transcript(data):
        return verify_transcript(data, did=keys, status_list=listed, now=now)
    return (verify_presented(data, did=keys, status_list=listed, now=now),)


def _online(file: str) -> "tuple[Verification, ...]":
    from functools import cache

    from jobtwin.cli.public_fetch import PublicFetch
    from jobtwin.proofs.online import verify_online
    from jobtwin.proofs.transcript import is_transcript, split_transcript

    fetch = cache(PublicFetch.from_environment().__call__)
    data = fetch(file) if file.startswith(("https://", "http://")) else _read(Path(file))
    credentials = split_transcript(data) if is_transcript(data) else (data,)
    return tuple(verify_online(one, fetch=fetch, now=datetime.now(UTC)) for one in credentials)


def _print(found: "Verification") -> None:
    for check in found.checks:
        click.echo(f"{'✓' if check.ok else '✗'} {check.name}: {one_line(check.sentence)}")
    click.echo("valid" if found.valid else f"invalid: {found.code}")


@command.command(epilog='Example: jobtwin credential reissue --key KEY_ID --reason "the key was lost"')
@click.argument("credential_id", required=False, type=click.UUID)
@click.option("--key", "key_id", help="Every live credential that this key signed.")
@click.option("--reason", default="Its signing key was lost.", show_default=True, help="Shown on its page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def reissue(credential_id: UUID | None, key_id: str | None, reason: str, as_json: bool) -> None:
    """Issue one credential, or all that a key signed, again; the former ones are revoked and lead to them."""
    from jobtwin.config.database import setup_django

    if (credential_id is None) == (key_id is None):
        raise BadInput("name one credential, or a key with --key")
    setup_django()
    from jobtwin.services.credential import reissue_credential
    from jobtwin.store.clock import database_now
    from jobtwin.store.queries.credential import signed_with
    from jobtwin.store.queries.issued import issued_at

    former = signed_with(key_id) if key_id else []
    if credential_id is not None:
        former = [issued_at(credential_id).credential]
    done = [
        (str(one.pk), str(reissue_credential(credential=one, reason=reason, now=database_now()).pk))
        for one in former
    ]
    if as_json:
        print_json({"reissued": [{"former": one, "fresh": fresh} for one, fresh in done]})
        return
    for one, fresh in done:
        click.echo(f"{one} is revoked and replaced by {fresh}")
    click.echo(f"{len(done)} issued again")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > MAX_FILE_BYTES:
        raise BadInput(f"{path} is larger than {MAX_FILE_BYTES} bytes")
    return data
