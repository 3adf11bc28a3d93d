"""`jobtwin draft`: a rubric review with verified citations and bounds."""

import json
import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobtwin.cli.output import one_line, print_json
from jobtwin.cli.source import chosen_brief, opened
from jobtwin.core.draft_review import DraftReview, Finding
from jobtwin.core.errors import BadInput

if TYPE_CHECKING:
    from jobtwin.review.model.reader import ModelReader

MAX_FACTS_BYTES = 20_000_000
SIGNS = {Finding.MET: "✓", Finding.NOT_MET: "✗", Finding.UNCLEAR: "?"}


@click.command(
    epilog="Example: jobtwin verify . --json > facts.json; jobtwin draft . --facts facts.json; "
    "with a model: OPENAI_API_KEY=... jobtwin draft . --model openai:MODEL"
)
@click.argument("source")
@click.option("--brief", "brief_name", default="capstone", show_default=True, help="Built-in id or a file.")
@click.option(
    "--facts",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What `jobtwin verify --json` printed; without it, criteria that need checks are unclear.",
)
@click.option(
    "--model",
    default="none",
    show_default=True,
    help="none, or PROVIDER:MODEL (openai, openai-chat, openai-responses, anthropic), which moves scores "
    "inside the bounds of none only. Key and address: OPENAI_API_KEY, OPENAI_BASE_URL, ANTHROPIC_...",
)
@click.option("--fallback", multiple=True, help="PROVIDER:MODEL to ask where the one before does not answer.")
@click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of answers; a review that was stopped goes on from there.",
)
@click.option(
    "--prices",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help='JSON: {"PROVIDER:MODEL": {"tokens_in": "1.25", "tokens_out": "10"}} in USD per million tokens.',
)
@click.option("--max-calls", type=click.IntRange(0, 1000), default=40, show_default=True)
@click.option("--max-tokens", type=click.IntRange(0, 10_000_000), default=250_000, show_default=True)
@click.option("--max-cost", type=float, help="US dollars; needs a price for the model.")
@click.option("--max-seconds", type=click.FloatRange(1, 7200), default=300, show_default=True)
@click.option("--call-seconds", type=click.FloatRange(1, 600), default=30, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(
    source: str,
    brief_name: str,
    facts: Path | None,
    model: str,
    as_json: bool,
    cache: Path | None,
    fallback: tuple[str, ...],
    **limits: float | Path | None,
) -> None:
    """Draft a review of SOURCE (a git repository's HEAD). Nothing of the submission is run."""
    from jobtwin.review.draft import draft_review

    reader = None if model == "none" else _reader((model, *fallback), cache, limits)
    brief = chosen_brief(brief_name)
    known = None if facts is None else _read(facts, "what `jobtwin verify --json` prints")
    with opened(source) as repository:
        draft = draft_review(repository, brief, source=source, facts=known, reader=reader)
    if as_json:
        print_json(draft.as_json())
    else:
        _print(draft)


def _reader(
    names: tuple[str, ...], cache: Path | None, limits: Mapping[str, float | Path | None]
) -> "ModelReader":
    """A reader over the models named; loopback and private addresses are allowed from the terminal."""
    from jobtwin.config.secret_files import with_secret_files
    from jobtwin.review.model.cache import AnswerCache
    from jobtwin.review.model.endpoint import endpoints_of
    from jobtwin.review.model.prices import read_prices
    from jobtwin.review.model.reader import ModelReader
    from jobtwin.review.model.settings import Budget, ModelSettings

    prices, cost = limits["prices"], limits["max_cost"]
    known = read_prices(prices) if isinstance(prices, Path) else {}
    if cost is not None and not set(names) <= known.keys():
        raise BadInput("--max-cost needs a price for every model named; give --prices")
    budget = Budget(
        calls=int(str(limits["max_calls"])),
        tokens=int(str(limits["max_tokens"])),
        money=None if cost is None else Decimal(str(cost)),
        seconds=float(str(limits["max_seconds"])),
    )
    settings = ModelSettings(budget=budget, call_seconds=float(str(limits["call_seconds"])), prices=known)
    return ModelReader(
        endpoints_of(names, with_secret_files(os.environ), private=True),
        settings,
        None if cache is None else AnswerCache(cache),
    )


def _read(path: Path, wanted: str) -> dict[str, object]:
    if path.stat().st_size > MAX_FACTS_BYTES:
        raise BadInput(f"{path} is larger than {MAX_FACTS_BYTES} bytes")
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} is not JSON") from error
    if not isinstance(document, dict):
        raise BadInput(f"{path} is not {wanted}")
    return document


def _print(draft: DraftReview) -> None:
    click.echo(f"{one_line(draft.source)} at {draft.commit[:12]}, brief {draft.brief}, model {draft.model}")
    for dimension in draft.dimensions:
        click.echo(
            f"\n{dimension.id} (weight {dimension.weight}): {dimension.score} in "
            f"[{dimension.lower}, {dimension.upper}]"
        )
        for criterion in dimension.criteria:
            click.echo(f"  {SIGNS[criterion.verdict]} {criterion.id}: {one_line(criterion.note)}")
            for citation in criterion.citations:
                span = citation.span
                click.echo(f"      {one_line(span.path)}:{span.line_start}-{span.line_end}")
    overall = draft.as_json()["overall"]
    click.echo(f"\noverall {overall}")
    if draft.model != "none":
        click.echo(_spent(draft.usage))
    for flag in draft.flags:
        click.echo(f"flag: {one_line(json.dumps(dict(flag), ensure_ascii=False))}")


def _spent(usage: Mapping[str, object]) -> str:
    cost = "no known price" if usage["cost"] is None else f"{usage['cost']} {usage['currency']}"
    return (
        f"model: {usage['calls']} calls, {usage['cached']} from the cache, {usage['tokens_in']} tokens sent, "
        f"{usage['tokens_out']} answered, {cost}; outcomes {usage['outcomes']}"
    )
