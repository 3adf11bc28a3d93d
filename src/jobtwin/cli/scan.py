"""`jobtwin scan`: find text that speaks to a grader or a model."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from jobtwin.cli.output import one_line, print_json
from jobtwin.core.errors import BadInput
from jobtwin.review.scan.found import FLAGGED, ScannedFile, Suspicion
from jobtwin.review.scan.history import ScannedHistory


@click.command(epilog="Example: jobtwin scan . --json")
@click.argument("source", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object with every file.")
@click.option(
    "--jsonl",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help='Texts instead of files: a file with one {"text"} a line.',
)
def command(source: str | None, as_json: bool, jsonl: Path | None) -> None:
    """Scan SOURCE (a file, a folder or a repository's https address) for text aimed at graders or models.

    Flags are signs for a person, never a grade: the exit code is 0 whether or not something was found.
    """
    if source == "" or (source is None) == (jsonl is None):
        raise BadInput("give a PATH or an https address, or --jsonl FILE")
    if jsonl is not None:
        _scan_texts(jsonl)
        return
    files, history = _scanned(source or "")
    if as_json:
        beside = {} if history is None else {"history": history.as_json()}
        print_json({"files": [one.as_json() for one in files], **beside})
    else:
        _print(files, history)


def _scanned(source: str) -> tuple[tuple[ScannedFile, ...], ScannedHistory | None]:
    """Files and, of a folder with a `.git`, its history; of an address only the files of one commit come."""
    from jobtwin.review.scan import scan_path, scan_tree
    from jobtwin.review.scan.history import scan_history

    if "://" not in source:
        return scan_path(Path(source)), scan_history(Path(source))
    from jobtwin.cli.source import opened

    with opened(source) as repository:
        return scan_tree(repository), None


def _scan_texts(path: Path) -> None:
    from jobtwin.review.scan import Scanner

    scanner = Scanner()
    for text in _texts(path, scanner.limits.max_jsonl_line):
        score = scanner.text(text)
        print_json({"score": score, "flagged": score >= FLAGGED})


def _texts(path: Path, longest: int) -> Iterator[str]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(longest + 1):
            number += 1
            if len(line) > longest:
                raise BadInput(f"{path} line {number}: more than {longest} bytes (max_jsonl_line)")
            if line.strip():
                yield _text(line, number, path)


def _text(line: bytes, number: int, path: Path) -> str:
    try:
        row = json.loads(line.decode("utf-8", errors="replace"))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} line {number}: not JSON") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise BadInput(f'{path} line {number}: needs "text" as a string')
    return str(row["text"])


def _print(files: tuple[ScannedFile, ...], history: ScannedHistory | None) -> None:
    flagged = [one for one in files if one.flagged]
    for one in sorted(flagged, key=lambda file: (-file.score, file.path)):
        click.echo(f"{one.score:.2f}  {one_line(one.path)}")
        _print_spans(one.spans)
    for one in files:
        if one.note:
            click.echo(f"note  {one_line(one.path)}: {one_line(one.note)}")
    if history is not None:
        _print_history(history)
    click.echo(f"{len(files)} files, {len(flagged)} flagged")


def _print_history(history: ScannedHistory) -> None:
    for one in history.found:
        if one.found.flagged:
            click.echo(f"{one.found.score:.2f}  {one.carrier} {one_line(one.name)}")
            _print_spans(one.found.spans)
    if history.note:
        click.echo(f"note  history: {one_line(history.note)}")
    flagged = sum(one.found.flagged for one in history.found)
    click.echo(f"{history.commits} commits, {history.references} references, {flagged} flagged")


def _print_spans(spans: tuple[Suspicion, ...]) -> None:
    for span in spans:
        click.echo(
            f"      lines {span.line_start}-{span.line_end}  {span.score:.2f}  {one_line(span.reason)}"
        )
