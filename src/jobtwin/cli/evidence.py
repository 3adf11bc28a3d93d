"""`jobtwin evidence`: find the lines that speak to a criterion."""

import json
from pathlib import Path

import click

from jobtwin.cli.output import one_line, print_json
from jobtwin.cli.source import opened
from jobtwin.core.errors import BadInput
from jobtwin.core.evidence import ScoredSpan, lines_of
from jobtwin.source.repository import Repository

MAX_CRITERIA_BYTES = 10_000_000


@click.command(epilog='Example: jobtwin evidence . --criterion "the service limits request size" --top 3')
@click.argument("source")
@click.option("--criterion", help="One criterion as text.")
@click.option(
    "--criteria",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help='Many: a file with one {"id", "text"} a line.',
)
@click.option("--top", default=10, show_default=True, type=click.IntRange(1, 100), help="Spans a criterion.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a criterion.")
def command(source: str, criterion: str | None, criteria: Path | None, top: int, as_json: bool) -> None:
    """Find spans of at most 40 lines in SOURCE (a git repository's HEAD) for each criterion."""
    from jobtwin.review.index import EvidenceIndex

    wanted = _wanted(criterion, criteria)
    with opened(source) as repository:
        index = EvidenceIndex.build(repository)
        for one, text in wanted:
            spans = index.search(text, top=top)
            if as_json or criteria is not None:
                print_json({"id": one, "spans": [span.as_json() for span in spans]})
            else:
                _print(repository, text, spans)


def _wanted(criterion: str | None, criteria: Path | None) -> list[tuple[str, str]]:
    if (criterion is None) == (criteria is None):
        raise BadInput("give --criterion TEXT or --criteria FILE")
    if criterion is not None:
        if not criterion.strip():
            raise BadInput("the criterion is empty")
        return [("criterion", criterion)]
    path = criteria or Path()
    if path.stat().st_size > MAX_CRITERIA_BYTES:
        raise BadInput(f"{path} is larger than {MAX_CRITERIA_BYTES} bytes")
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return [_parse(line, number, path) for number, line in enumerate(lines, 1) if line.strip()]


def _parse(line: str, number: int, path: Path) -> tuple[str, str]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} line {number}: not JSON") from error
    if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in ("id", "text")):
        raise BadInput(f'{path} line {number}: needs "id" and "text" as strings')
    return row["id"], row["text"]


def _print(repository: Repository, text: str, spans: tuple[ScoredSpan, ...]) -> None:
    click.echo(one_line(text))
    if not spans:
        click.echo("  nothing found")
    for found in spans:
        span = found.span
        click.echo(f"  {one_line(span.path)}:{span.line_start}-{span.line_end}  {found.score:.2f}")
        first = lines_of(repository.read(span.path) or b"")[span.line_start - 1]
        click.echo(f"      {one_line(first.strip())[:100]}")
