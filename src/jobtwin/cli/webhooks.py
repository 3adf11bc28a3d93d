"""`jobtwin webhooks`: the receivers of your programmes' events, by a token with the scopes of webhooks."""

from typing import Any

import click

from jobtwin.cli.output import one_line, print_json

WEBHOOK = click.argument("webhook", metavar="WEBHOOK", type=click.UUID)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")


@click.group(epilog="Example: jobtwin webhooks list")
def command() -> None:
    """List, add and change webhooks. A secret is printed once, and nowhere again."""


@command.command("list", epilog="Example: jobtwin webhooks list")
@AS_JSON
def list_webhooks(as_json: bool) -> None:
    """List the receivers of your programmes, the oldest first."""
    from jobtwin.cli.client import connect, every

    found = list(every(connect(), "/webhooks"))
    if as_json:
        print_json({"webhooks": found})
        return
    for one in found:
        state = f"off: {one['off_reason']}" if one["turned_off_at"] else "on"
        click.echo(one_line(f"{one['id']}  {one['programme']}  {one['url']}  {state}"))


@command.command(
    epilog="Example: jobtwin webhooks add default https://lms.example.org/in --event attempt.decided"
)
@click.argument("programme", metavar="PROGRAMME")
@click.argument("url", metavar="URL")
@click.option("--event", "events", multiple=True, required=True, help="Which it is told; give it again.")
@AS_JSON
def add(programme: str, url: str, events: tuple[str, ...], as_json: bool) -> None:
    """Add a receiver at URL for the events of PROGRAMME."""
    _secret("/webhooks", {"programme": programme, "url": url, "events": list(events)}, as_json)


@command.command(epilog="Example: jobtwin webhooks rotate WEBHOOK --leaked")
@WEBHOOK
@click.option("--leaked", is_flag=True, help="The former secret ends at once, without an overlap.")
@AS_JSON
def rotate(webhook: object, leaked: bool, as_json: bool) -> None:
    """Make a new secret; the former one signs beside it for the overlap."""
    _secret(f"/webhooks/{webhook}/secret", {"leaked": leaked}, as_json)


@command.command(epilog="Example: jobtwin webhooks off WEBHOOK")
@WEBHOOK
@AS_JSON
def off(webhook: object, as_json: bool) -> None:
    """Send it nothing any more; its log stays."""
    _turn(webhook, as_json, on=False)


@command.command(epilog="Example: jobtwin webhooks on WEBHOOK")
@WEBHOOK
@AS_JSON
def on(webhook: object, as_json: bool) -> None:
    """Send it events again, first those that still wait."""
    _turn(webhook, as_json, on=True)


def _secret(path: str, body: dict[str, object], as_json: bool) -> None:
    made = _write("POST", path, body)
    if as_json:
        print_json(made)
        return
    click.echo(one_line(f"{made['webhook']['id']}  {made['webhook']['url']}"))
    click.echo(made["secret"])


def _turn(webhook: object, as_json: bool, *, on: bool) -> None:
    done = _write("PATCH", f"/webhooks/{webhook}", {"on": on})
    if as_json:
        print_json(done)
    else:
        click.echo(one_line(f"{done['id']} is {'on' if on else 'off'}"))


def _write(method: str, path: str, body: dict[str, object]) -> dict[str, Any]:
    from jobtwin.cli.client import connect

    done: dict[str, Any] = connect().write(method, path, body)
    return done
