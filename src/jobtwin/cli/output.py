"""What every command prints alike: JSON for machines, plain lines for people, one line for an error."""

import json
import sys
from typing import NoReturn

import click

from jobtwin.core.errors import BadInput, JobTwinError, OutsideFailure

UNUSABLE = 2
FAILED = 1
INCONCLUSIVE = 3


def print_json(value: object) -> None:
    """One JSON value on one line of standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, sort_keys=False, allow_nan=False))


def report_error(error: JobTwinError) -> int:
    """Prints one line on standard error and gives the exit code: 2 for unusable input, else 1."""
    click.echo(f"jobtwin: {error.code}: {one_line(error.message)}", err=True)
    for problem in getattr(error, "problems", ()):
        click.echo(f"  {one_line(problem)}", err=True)
    return UNUSABLE if isinstance(error, BadInput | OutsideFailure) else FAILED


def one_line(text: str) -> str:
    """The text without line breaks or control characters: a hostile name must not drive a terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def finish(code: int) -> NoReturn:
    """Ends the command with an exit code."""
    sys.stdout.flush()
    raise click.exceptions.Exit(code)
