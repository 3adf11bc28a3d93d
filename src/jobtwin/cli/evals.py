"""`jobtwin evals`: how good the review is, offline or with a real model."""

import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobtwin.core.errors import BadInput

if TYPE_CHECKING:
    from jobtwin.evals.report import Rows

FAILED = 1


@click.group(epilog="Example: jobtwin evals run --report evals.md")
def command() -> None:
    """Measure the review: verdicts, attacks, stub models, retrieval, guard."""


@command.command(
    epilog="Example: jobtwin evals run; OPENAI_API_KEY=... jobtwin evals run --model openai:NAME"
)
@click.option("--model", help="PROVIDER:MODEL to ask as well; its cost is printed before it starts.")
@click.option("--capstones", type=click.IntRange(1, 200), default=40, show_default=True)
@click.option(
    "--model-capstones", type=click.IntRange(1, 200), default=8, show_default=True, help="Shown to a model."
)
@click.option(
    "--attacks", type=click.IntRange(1, 40), default=1, show_default=True, help="Capstones an attack."
)
@click.option(
    "--prices", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="As `draft` has."
)
@click.option("--only", multiple=True, metavar="TASK", help="A task such as verdicts; may be repeated.")
@click.option("--logs", type=click.Path(path_type=Path, file_okay=False), help="Folder for the logs.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Markdown file to write.")
def run(
    model: str | None,
    capstones: int,
    model_capstones: int,
    attacks: int,
    prices: Path | None,
    only: tuple[str, ...],
    logs: Path | None,
    report: Path | None,
) -> None:
    """Run every eval. The exit code is 1 where something that must hold does not."""
    _require_inspect()
    from jobtwin.evals.run import run_offline
    from jobtwin.evals.tasks import OFFLINE, Plan

    if unknown := sorted(set(only) - set(OFFLINE)):
        raise BadInput(f"no task {', '.join(unknown)}; there are {', '.join(OFFLINE)}")

    with tempfile.TemporaryDirectory(prefix="jobtwin-evals-") as scratch:
        folder = logs or Path(scratch)
        if model is not None:
            _run_model(model, min(model_capstones, capstones), prices, folder)
        run_offline(Plan(capstones=capstones, an_attack=attacks, a_change=capstones), folder, only)
        _tell(folder, report)


@command.command(name="report", epilog="Example: jobtwin evals report LOGS --into evals.md --bundle site")
@click.argument("logs", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), help="Markdown file to write.")
@click.option("--bundle", type=click.Path(path_type=Path), help="New folder for a static site.")
def report_command(logs: Path, into: Path | None, bundle: Path | None) -> None:
    """Build the report again from LOGS of a run."""
    _require_inspect()
    _tell(logs, into)
    if bundle is not None:
        from inspect_ai.log import bundle_log_dir

        bundle_log_dir(str(logs), str(bundle))


def _require_inspect() -> None:
    if find_spec("inspect_ai") is None:
        raise BadInput("the evals need inspect-ai: pip install --require-hashes -r requirements/evals.txt")


def _run_model(model: str, capstones: int, prices: Path | None, logs: Path) -> None:
    from jobtwin.evals.price import estimate
    from jobtwin.evals.run import run_model
    from jobtwin.evals.tasks import made
    from jobtwin.review.model.endpoint import endpoints_of
    from jobtwin.review.model.prices import read_prices
    from jobtwin.review.model.reader import ModelReader
    from jobtwin.review.model.settings import ModelSettings

    known = {} if prices is None else read_prices(prices)
    endpoints = endpoints_of((model,), os.environ, private=True)
    click.echo(f"{model} on {capstones} capstones: {estimate(model, made(capstones), known)}", err=True)
    run_model(ModelReader(endpoints, ModelSettings(prices=known)), f"model {model}", capstones, logs)


def _tell(logs: Path, into: Path | None) -> None:
    """Prints the report or writes it; ends with FAILED where something must hold and does not."""
    from jobtwin.evals.report import failures, markdown, rows_of

    rows: Rows = rows_of(logs)
    if into is None:
        click.echo(markdown(rows))
    else:
        into.write_text(markdown(rows), encoding="utf-8")
        click.echo(f"written to {into}")
    broken = failures(rows)
    for line in broken:
        click.echo(f"FAILED {line}", err=True)
    if broken:
        raise click.exceptions.Exit(FAILED)
