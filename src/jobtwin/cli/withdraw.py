"""`jobtwin withdraw`: gives up an attempt, for good."""

import click

from jobtwin.cli.output import one_line, print_json


@click.command(epilog="Example: jobtwin withdraw --attempt 0b6f3a52")
@click.option("--attempt", "attempt_id", help="Its id, or how it begins (default: your one open attempt).")
@click.option("--yes", is_flag=True, help="Do not ask: it cannot be taken back.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(attempt_id: str | None, yes: bool, as_json: bool) -> None:
    """Withdraw from an open attempt. It counts as used, and nothing of it is marked."""
    from jobtwin.cli.client import connect
    from jobtwin.cli.own_attempt import choose

    client = connect()
    attempt = choose(client, attempt_id, only_open=True)
    if not yes:
        named = one_line(f"{attempt['title']}, attempt {attempt['id']}")
        click.confirm(f"{named}: withdrawing is for good. Withdraw?", abort=True, err=True)
    done = client.write("POST", f"/attempts/{attempt['id']}/withdrawal", {"confirm": True})
    if as_json:
        print_json(done)
    else:
        click.echo(one_line(f"withdrawn at {done['attempt']['withdrawn_at']}"))
