"""`jobtwin start`: starts the clock of an exam."""

import click

from jobtwin.cli.output import one_line, print_json


@click.command(epilog="Example: jobtwin start capstone")
@click.argument("brief")
@click.option("--yes", is_flag=True, help="Do not ask: the clock cannot be stopped or started again.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(brief: str, yes: bool, as_json: bool) -> None:
    """Start the exam BRIEF at the server that you are logged in to. Read its brief first."""
    from urllib.parse import quote

    from jobtwin.cli.client import connect

    client = connect()
    found = client.get(f"/briefs/{quote(brief, safe='')}")
    if not yes:
        title = one_line(f"{found['title']} (version {found['version']}, {_span(found['time_box_minutes'])})")
        click.confirm(f"{title}: the clock starts now and is not stopped. Start?", abort=True, err=True)
    body = {"brief": found["id"], "digest": found["digest"]}
    started = client.write("POST", "/attempts", body)
    if as_json:
        print_json(started)
        return
    attempt = started["attempt"]
    click.echo(one_line(f"started attempt {attempt['id']}"))
    click.echo(one_line(f"deadline {attempt['deadline']}, by the server's clock"))
    click.echo("next: jobtwin save --source https://… --answer F1=yes")


def _span(minutes: int) -> str:
    return f"{minutes // 60} hours" if minutes % 60 == 0 else f"{minutes} minutes"
