"""`jobtwin status`: where the own attempts stand."""

from typing import Any

import click

from jobtwin.cli.output import one_line, print_json


@click.command(epilog="Example: jobtwin status")
@click.option("--attempt", "attempt_id", help="Only this one (its id, or how it begins).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(attempt_id: str | None, as_json: bool) -> None:
    """Show your attempts: state, time left, what is saved, verified and decided."""
    from jobtwin.cli.client import Client, connect, every
    from jobtwin.cli.own_attempt import check_line, choose, line

    client: Client = connect()
    attempts = [choose(client, attempt_id)] if attempt_id else list(every(client, "/attempts"))
    shown = [{**one, **_details(client, one)} for one in attempts]
    if as_json:
        print_json({"attempts": shown})
        return
    for one in shown:
        click.echo(line(one))
        for window in one["windows"]:
            click.echo(one_line(f"  window {window['id']}: {window['state']}, ends {window['ends_at']}"))
        for check in one["checks"]:
            click.echo(f"  {check_line(check)}")
        if one["result"]:
            outcome = "passed" if one["result"]["passed"] else "not passed"
            click.echo(one_line(f"  {outcome} at {one['result']['overall']}"))
    if not shown:
        click.echo("you have started nothing; see `jobtwin start --help`")


def _details(client: Any, attempt: dict[str, Any]) -> dict[str, Any]:
    path = f"/attempts/{attempt['id']}"
    verified, decided = attempt["verified_at"] is not None, attempt["decided_at"] is not None
    return {
        "checks": client.get(f"{path}/self-checks") if verified else [],
        "result": client.get(f"{path}/result") if decided else None,
    }
