"""`jobtwin draft`: a rubric review with verified citations and bounds."""

import json
from pathlib import Path

import click

from jobtwin.cli.output import one_line, print_json
from jobtwin.cli.source import chosen_brief, opened
from jobtwin.core.draft_review import DraftReview, Finding
from jobtwin.core.errors import BadInput

MAX_FACTS_BYTES = 20_000_000
SIGNS = {Finding.MET: "✓", Finding.NOT_MET: "✗", Finding.UNCLEAR: "?"}


@click.command(epilog="Example: jobtwin verify . --json > facts.json; jobtwin draft . --facts facts.json")
@click.argument("source")
@click.option("--brief", "brief_name", default="capstone", show_default=True, help="Built-in id or a file.")
@click.option(
    "--facts",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What `jobtwin verify --json` printed; without it, criteria that need checks are unclear.",
)
@click.option("--model", default="none", show_default=True, help="none, or PROVIDER:MODEL.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(source: str, brief_name: str, facts: Path | None, model: str, as_json: bool) -> None:
    """Draft a review of SOURCE (a git repository's HEAD). Nothing of the submission is run."""
    from jobtwin.review.draft import draft_review

    if model != "none":
        raise BadInput("drafts by a model are not built yet; --model none is complete")
    brief = chosen_brief(brief_name)
    known = None if facts is None else _read(facts)
    with opened(source) as repository:
        draft = draft_review(repository, brief, source=source, facts=known)
    if as_json:
        print_json(draft.as_json())
    else:
        _print(draft)


def _read(path: Path) -> dict[str, object]:
    if path.stat().st_size > MAX_FACTS_BYTES:
        raise BadInput(f"{path} is larger than {MAX_FACTS_BYTES} bytes")
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} is not JSON") from error
    if not isinstance(document, dict):
        raise BadInput(f"{path} is not what `jobtwin verify --json` prints")
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
    for flag in draft.flags:
        click.echo(f"flag: {one_line(json.dumps(dict(flag), ensure_ascii=False))}")
