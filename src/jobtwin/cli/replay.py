"""`jobtwin replay`: run a decision's checks again, anywhere, from its evidence bundle."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobtwin.cli.output import FAILED, INCONCLUSIVE, finish, one_line, print_json
from jobtwin.cli.progress import progress
from jobtwin.core.errors import BadInput

if TYPE_CHECKING:  # the engines load when the command runs
    from jobtwin.evals.differences import FactOutcome
    from jobtwin.evals.replay import Replay

SHOWN = 160
CODES = {"reproduced": 0, "differs": FAILED, "undecided": INCONCLUSIVE}


@click.command(epilog="Example: jobtwin replay replay.jobtwin --json")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--only", default="", help="Checks to run, separated by commas: F1,F2.")
@click.option("--facts", "all_facts", is_flag=True, help="List every fact, not only those that differ.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(file: Path, only: str, all_facts: bool, as_json: bool) -> None:
    """Run the checks and the deterministic review in FILE again, in this machine's sandbox.

    Says fact by fact what reproduced, what a clock or meter measured anew, what differs and why. Exit: 0 all
    reproduced, 1 something differs, 2 unusable bundle, 3 nothing differs, but this machine could
    not decide all of it.
    """
    from jobtwin.evals.replay import replay
    from jobtwin.proofs.replay_bundle import open_replay_bundle
    from jobtwin.verification.choose import engine_or_none
    from jobtwin.verification.settings import VerificationSettings

    bundle = open_replay_bundle(file)
    settings = VerificationSettings.from_environment(os.environ)
    wanted = frozenset(part.strip() for part in only.split(",") if part.strip()) or None
    if only and wanted is None:
        raise BadInput("--only names no check")
    with progress() as on_event:
        found = replay(
            bundle, engine=engine_or_none(settings), settings=settings, only=wanted, on_event=on_event
        )
    if as_json:
        print_json(found.as_json())
    else:
        _print(found, all_facts=all_facts)
    finish(CODES[found.result])


def _print(found: "Replay", *, all_facts: bool) -> None:
    from jobtwin.evals.differences import Same

    click.echo(f"commit {found.commit[:12]}, engine {found.engine}")
    for note in found.notes:
        click.echo(f"note: {one_line(note)}")
    signs = dict(zip(Same, "✓~?✗-", strict=True))
    for check, why in found.undecided.items():
        click.echo(one_line(f"? {check}: {why}"))
    for fact in found.facts:
        if all_facts or fact.outcome is Same.DIFFERS:
            click.echo(f"{signs[fact.outcome]} {_line(fact)}")
    counts = ", ".join(f"{found.count(one)} {one.value.replace('_', ' ')}" for one in Same)
    click.echo(f"facts: {counts}")
    said = {True: "the same, citation by citation", False: "DIFFERS", None: "made with a model; not replayed"}
    click.echo(f"draft review: {said[found.draft_same]}")
    for name, code in found.ledgers.items():
        click.echo(f"ledger {one_line(name)}: {code or 'holds'}")
    click.echo(_closing(found))


def _closing(found: "Replay") -> str:
    from jobtwin.evals.replay import Result

    if found.result is Result.UNDECIDED:
        return f"undecided: nothing differs, but this machine could not decide {', '.join(found.undecided)}"
    return "reproduced" if found.result is Result.REPRODUCED else "not reproduced"


def _line(fact: "FactOutcome") -> str:
    from jobtwin.evals.differences import Same

    if fact.outcome is Same.REPRODUCED:
        return one_line(f"{fact.path} = {fact.recorded[:SHOWN]}")
    was, now = fact.recorded[:SHOWN] or "nothing", fact.again[:SHOWN] or "nothing"
    return one_line(f"{fact.path}: {was} recorded, {now} now ({fact.why})")
