"""`jobtwin rehearse`: has the server verify the saved draft before the one submission."""

import time
from collections.abc import Callable
from typing import Any

import click

from jobtwin.cli.output import FAILED, finish, one_line, print_json

POLL_SECONDS = 2.0


@click.command(epilog="Example: jobtwin rehearse")
@click.option(
    "--wait/--no-wait", default=True, show_default=True, help="Wait for the result. The clock runs on."
)
@click.option("--attempt", "attempt_id", help="Its id, or how it begins (default: your one open attempt).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(wait: bool, attempt_id: str | None, as_json: bool) -> None:
    """Rehearse: the server verifies your saved draft, for you alone. Exit 1 where a check is refuted."""
    from jobtwin.cli.client import connect
    from jobtwin.cli.own_attempt import choose

    client = connect()
    attempt = choose(client, attempt_id, only_open=True)
    path = f"/attempts/{attempt['id']}/rehearsals"
    made = client.write("POST", path, {"version": max(1, int(attempt["draft_version"]))})
    click.echo(one_line(f"rehearsal {made['number']} of commit {made['commit']}"), err=True)
    if wait:
        made = awaited(lambda: client.get(f"{path}?limit=1")["items"][0], sleep=time.sleep)
    if as_json:
        print_json(made)
    for check in [] if as_json else made["checks"]:
        click.echo(found_line(check))
    finish(FAILED if any(check["verdict"] == "refuted" for check in made["checks"]) else 0)


def awaited(look: Callable[[], dict[str, Any]], *, sleep: Callable[[float], None]) -> dict[str, Any]:
    """The newest rehearsal once it has finished; only one runs at a time."""
    while True:
        newest = look()
        if newest["finished_at"] is not None:
            return newest
        sleep(POLL_SECONDS)


def found_line(check: dict[str, Any]) -> str:
    """What one check found, in one line."""
    return one_line(f"{check['id']}  {check['verdict']} ({check['reason']}) {check['summary']}")
