"""`jobtwin submit`: submits the saved draft, for good, and shows its verification."""

import json
import time
from pathlib import Path

import click

from jobtwin.cli.output import one_line, print_json
from jobtwin.core.errors import BadInput


@click.command(epilog='Example: jobtwin submit --force --reason "No registry to pull the image from."')
@click.option(
    "--force", is_flag=True, help='Submit although a critical self-check is a "no"; mentors see it.'
)
@click.option("--reason", default="", help="Why, with --force.")
@click.option("--yes", is_flag=True, help="Do not ask: a submission cannot be changed.")
@click.option(
    "--wait/--no-wait", default=True, show_default=True, help="Show the verification until its end."
)
@click.option("--receipt", type=click.Path(path_type=Path), help="Write the signed receipt to this file.")
@click.option("--attempt", "attempt_id", help="Its id, or how it begins (default: your one open attempt).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(
    force: bool,
    reason: str,
    yes: bool,
    wait: bool,
    receipt: Path | None,
    attempt_id: str | None,
    as_json: bool,
) -> None:
    """Submit the newest saved draft, once and for good."""
    from jobtwin.cli.client import connect
    from jobtwin.cli.own_attempt import check_line, choose, follow, newest_draft
    from jobtwin.cli.progress import progress

    client = connect()
    attempt = choose(client, attempt_id, only_open=True)
    draft = newest_draft(client, attempt)
    if not yes:
        shown = one_line(f"version {draft['version']}: {draft['source'] or 'no repository'}")
        click.confirm(f"{shown}. This is for good. Submit?", abort=True, err=True)
    body = {"version": max(1, draft["version"]), "force": force, "reason": reason}
    done = client.write("POST", f"/attempts/{attempt['id']}/submission", body)
    if receipt is not None:
        _keep(receipt, done["receipt"]["document"])
    if not as_json:
        submitted = done["submission"]
        click.echo(one_line(f"submitted commit {submitted['commit']} at {submitted['submitted_at']}"))
    if wait:
        with progress() as show:
            done["verification"] = follow(client, attempt["id"], show=show, sleep=time.sleep)
    if as_json:
        print_json(done)
        return
    for check in done.get("verification", {}).get("checks", []):
        click.echo(check_line(check))
    click.echo("next: jobtwin status")


def _keep(path: Path, document: object) -> None:
    """The submission stands already, so that a file that cannot be written is told and nothing is lost."""
    try:
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(
            f"submitted, but {path} cannot be written ({error.strerror}); get the receipt with "
            "`jobtwin receipt fetch`"
        ) from error
