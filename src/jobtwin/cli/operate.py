"""`jobtwin operate`: an operator's acts on attempts, each with a reason that the learner sees."""

from typing import Any

import click

from jobtwin.cli.output import one_line, print_json

ATTEMPT = click.argument("attempt", metavar="ATTEMPT", type=click.UUID)
REASON = click.option("--reason", required=True, help="The learner sees it; 10 to 1000 characters.")
KIND = click.option(
    "--kind", type=click.Choice(["accommodation", "incident"]), required=True, help="Why time is granted."
)
MINUTES = click.option("--minutes", type=click.IntRange(min=1), required=True, help="How many more.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")


@click.group(epilog="Example: jobtwin operate attempts")
def command() -> None:
    """Extend and void attempts of your programmes, and answer disputes. Needs a token that operates."""


@command.command(epilog="Example: jobtwin operate attempts")
@AS_JSON
def attempts(as_json: bool) -> None:
    """List all attempts, the newest first."""
    from jobtwin.cli.client import connect, every
    from jobtwin.cli.own_attempt import line

    found = list(every(connect(), "/operating/attempts"))
    if as_json:
        print_json({"attempts": found})
        return
    for one in found:
        click.echo(f"{line(one['attempt'])}  {one_line(one['learner'])}")


@command.command(epilog="Example: jobtwin operate show 0b6f3a52-9f7e-4b5e-8d0c-0f9a3f7d1c11")
@ATTEMPT
@AS_JSON
def show(attempt: object, as_json: bool) -> None:
    """Show one attempt with its extensions and disputes."""
    from jobtwin.cli.client import connect
    from jobtwin.cli.own_attempt import line

    found = connect().get(f"/operating/attempts/{attempt}")
    if as_json:
        print_json(found)
        return
    click.echo(f"{line(found['attempt'])}  {one_line(found['learner'])}")
    for one in found["attempt"]["extensions"]:
        click.echo(one_line(f"  {one['minutes']} minutes, {one['kind']}: {one['reason']}"))
    for one in found["disputes"]:
        click.echo(one_line(f"  disputes {one['check']}: {one['reason']}"))
        click.echo(one_line(f"    {one['answer'] or 'not answered'}"))


@command.command(epilog="Example: jobtwin operate extend ATTEMPT --kind incident --minutes 30 --reason TEXT")
@ATTEMPT
@KIND
@MINUTES
@click.option("--window", help="The window that becomes longer (default: the open one, or the last).")
@REASON
@AS_JSON
def extend(attempt: object, kind: str, minutes: int, window: str | None, reason: str, as_json: bool) -> None:
    """Grant more time, also after the end. Every lock that depends on it moves along."""
    body = {"kind": kind, "minutes": minutes, "window": window, "reason": reason}
    done = _write(f"/operating/attempts/{attempt}/extensions", body)
    _say(done, as_json, f"the deadline is now {done['attempt']['deadline']}")


@command.command(
    epilog="Example: jobtwin operate everybody small 1 --kind incident --minutes 30 --reason TEXT"
)
@click.argument("brief")
@click.argument("version", type=click.IntRange(min=1))
@KIND
@MINUTES
@REASON
@AS_JSON
def everybody(brief: str, version: int, kind: str, minutes: int, reason: str, as_json: bool) -> None:
    """Grant the same to everybody who is at work on a version of BRIEF."""
    from urllib.parse import quote

    body = {"kind": kind, "minutes": minutes, "reason": reason}
    done = _write(f"/operating/briefs/{quote(brief, safe='')}/versions/{version}/extensions", body)
    _say(done, as_json, f"extended {len(done['extended'])}, left out {len(done['left_out'])}")
    for one in [] if as_json else done["left_out"]:
        click.echo(one_line(f"  {one['attempt']}: {one['why']}"))


@command.command(epilog="Example: jobtwin operate void ATTEMPT --reason TEXT")
@ATTEMPT
@REASON
@click.option("--yes", is_flag=True, help="Do not ask: it cannot be taken back.")
@AS_JSON
def void(attempt: object, reason: str, yes: bool, as_json: bool) -> None:
    """Declare an undecided attempt void: it does not count."""
    if not yes:
        click.confirm(f"void attempt {attempt} for good?", abort=True, err=True)
    done = _write(f"/operating/attempts/{attempt}/void", {"reason": reason})
    _say(done, as_json, f"voided at {done['attempt']['voided_at']}")


@command.command(epilog="Example: jobtwin operate answer ATTEMPT F1 --answer TEXT")
@ATTEMPT
@click.argument("check", metavar="CHECK")
@click.option("--answer", required=True, help="It stands beside the fact; 10 to 1000 characters.")
@AS_JSON
def answer(attempt: object, check: str, answer: str, as_json: bool) -> None:
    """Answer the dispute of CHECK, once."""
    from urllib.parse import quote

    path = f"/operating/attempts/{attempt}/disputes/{quote(check, safe='')}/answer"
    done = _write(path, {"answer": answer})
    _say(done, as_json, f"answered {done['check']} at {done['answered_at']}")


def _write(path: str, body: dict[str, object]) -> dict[str, Any]:
    from jobtwin.cli.client import connect

    done: dict[str, Any] = connect().write("POST", path, body)
    return done


def _say(done: dict[str, Any], as_json: bool, text: str) -> None:
    if as_json:
        print_json(done)
    else:
        click.echo(one_line(text))
