"""`jobtwin keys`: the platform's signing keys, and what is published of them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobtwin.cli.output import one_line, print_json
from jobtwin.core.errors import BadInput

if TYPE_CHECKING:  # proofs load when a command runs
    from jobtwin.proofs.key_source import KeySource
    from jobtwin.proofs.keys import KeyRecord, KeyRing

PURPOSES = ("issuer-ed25519", "issuer-p256", "ledger", "receipt", "witness")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
ANY_KEY_ID = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
"""One id in 64 begins with a hyphen, and is still an argument; -h would be one of its letters."""


@click.group(epilog="Example: jobtwin keys list")
def command() -> None:
    """Make, list, rotate, retire, revoke and publish the signing keys (folder: JOBTWIN_KEYS)."""


@command.command(epilog="Example: jobtwin keys init")
@AS_JSON
def init(as_json: bool) -> None:
    """Make every key of the platform that is missing; existing keys stay."""
    from jobtwin.proofs.keys import PLATFORM_PURPOSES

    records = _ring().init(PLATFORM_PURPOSES, now=datetime.now(UTC))
    _show(records, as_json)


@command.command("list", epilog="Example: jobtwin keys list --json")
@AS_JSON
def list_keys(as_json: bool) -> None:
    """List every key that ever was, with its dates; never a private half."""
    _show(_source().list(), as_json)


@command.command(epilog="Example: jobtwin keys rotate issuer-p256")
@click.argument("purpose", type=click.Choice(PURPOSES))
@AS_JSON
def rotate(purpose: str, as_json: bool) -> None:
    """Make a fresh key for PURPOSE. The former one's private half is deleted; what it signed stays valid."""
    fresh = _ring().rotate(purpose, now=datetime.now(UTC))
    if not as_json:
        click.echo("the former key signs nothing more; publish did.json anew: jobtwin keys export DIR")
    _show((fresh,), as_json)


@command.command(context_settings=ANY_KEY_ID, epilog="Example: jobtwin keys retire KEY_ID")
@click.argument("key_id")
@AS_JSON
def retire(key_id: str, as_json: bool) -> None:
    """End a key without a successor: its private half is deleted, and what it signed stays valid.

    Nothing is signed for its purpose until `jobtwin keys init` makes the next one. For a key that somebody
    else may hold, use `jobtwin keys revoke`.
    """
    record = _ring().retire(key_id, now=datetime.now(UTC))
    if not as_json:
        click.echo(f"nothing is signed for {record.purpose} until: jobtwin keys init")
    _show((record,), as_json)


@command.command(
    context_settings=ANY_KEY_ID, epilog='Example: jobtwin keys revoke KEY_ID --reason "laptop stolen"'
)
@click.argument("key_id")
@click.option("--at", help="Since when it counts as compromised, as 2026-11-23T09:00:00Z (default: now).")
@click.option("--reason", required=True, help="What happened; kept beside the key, not published.")
@AS_JSON
def revoke(key_id: str, at: str | None, reason: str, as_json: bool) -> None:
    """Mark a key as compromised and delete its private half.

    From then on a verifier believes nothing that the key signed, whatever date it carries: whoever holds
    the key also writes the dates. Issue again what must stand.
    """
    from jobtwin.proofs.second import parse_second

    now = datetime.now(UTC)
    try:
        moment = parse_second(at) if at else now
    except ValueError as error:
        raise BadInput(f"--at is an instant in UTC, as 2026-11-23T09:00:00Z, not {at!r}") from error
    if moment > now:
        raise BadInput("--at lies in the future; a key is compromised since an instant that has come")
    if not reason.strip():
        raise BadInput("--reason is empty; say what happened")
    record = _ring().revoke(key_id, at=moment, reason=reason.strip())
    if not as_json:
        click.echo("nothing that this key signed is believed any more, whatever its date")
        click.echo(
            "next: jobtwin keys init; jobtwin keys export DIR; jobtwin credential reissue --key KEY_ID"
        )
    _show((record,), as_json)


@command.command(epilog="Example: jobtwin keys export public")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@AS_JSON
def export(folder: Path, as_json: bool) -> None:
    """Write the public side to FOLDER: did.json, jwks.json, profile.json, and keys.json (all keys)."""
    from jobtwin.config.environment import read_environment
    from jobtwin.proofs.credential import document_bytes
    from jobtwin.proofs.did import IssuerProfile, did_document, jwks, profile_document
    from jobtwin.proofs.key_source import records_document

    issuer, records = IssuerProfile.at(read_environment().issuer, name="Job Twin"), _source().list()
    documents = {
        "did.json": did_document(issuer, records),
        "jwks.json": jwks(issuer, records),
        "profile.json": profile_document(issuer),
        "keys.json": records_document(records),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, document in documents.items():
            (folder / name).write_bytes(document_bytes(document))
    except OSError as error:
        raise BadInput(f"{folder} cannot be written: {error.strerror}") from error
    if as_json:
        print_json({"did": issuer.did, "files": [str(folder / name) for name in documents]})
        return
    click.echo(issuer.did)
    for name in documents:
        click.echo(f"  {one_line(str(folder / name))}")


def _show(records: "Iterable[KeyRecord]", as_json: bool) -> None:
    if as_json:
        names = ("purpose", "id", "created", "retired", "revoked", "reason")
        listed = [{**{name: getattr(one, name) for name in names}, "state": one.state} for one in records]
        print_json({"keys": listed})
        return
    for one in records:
        since = one.revoked or one.retired or one.created
        click.echo(f"{one.purpose:15} {one.id}  {one.state:8}{since}" + _because(one.reason))


def _because(reason: str) -> str:
    return f"  {one_line(reason)}" if reason else ""


def _ring() -> "KeyRing":
    """The folder of keys. Raises BadInput where the keys come from the environment."""
    from jobtwin.config.environment import read_environment

    environment = read_environment()
    if environment.public_keys:
        raise BadInput(
            "the keys come from the environment (JOBTWIN_PUBLIC_KEYS); make and change them where their "
            "folder is, with JOBTWIN_KEYS alone"
        )
    return environment.key_ring()


def _source() -> "KeySource":
    from jobtwin.config.environment import read_environment
    from jobtwin.proofs.key_source import EnvironmentKeys

    environment = read_environment()
    if environment.public_keys:
        return EnvironmentKeys(environment.public_keys, environment.key_variables)
    return _ring()
