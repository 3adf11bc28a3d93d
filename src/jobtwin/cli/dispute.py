"""`jobtwin dispute`: says why a refuted check is wrong."""

import click

from jobtwin.cli.output import one_line, print_json


@click.command(epilog='Example: jobtwin dispute F1 --reason "The test needs a font that is not there."')
@click.argument("check", metavar="CHECK")
@click.option("--reason", required=True, help="Why it is wrong, in 10 to 1000 characters.")
@click.option("--attempt", "attempt_id", help="Its id, or how it begins (default: your one attempt).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(check: str, reason: str, attempt_id: str | None, as_json: bool) -> None:
    """Dispute the refuted CHECK, once. An operator answers, and both stand beside it for the mentors."""
    from urllib.parse import quote

    from jobtwin.cli.client import connect
    from jobtwin.cli.own_attempt import choose

    client = connect()
    attempt = choose(client, attempt_id)
    path = f"/attempts/{attempt['id']}/disputes/{quote(check, safe='')}"
    made = client.write("POST", path, {"reason": reason})
    if as_json:
        print_json(made)
    else:
        click.echo(one_line(f"disputed {made['check']} at {made['raised_at']}; see `jobtwin status`"))
