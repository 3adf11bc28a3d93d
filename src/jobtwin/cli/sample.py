"""The packaged samples as git repositories, made at run time."""

import shutil
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

import click

from jobtwin.core.errors import BadInput
from jobtwin.source.repository import commit_folder

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
"""A fixed time, so that the same sample always has the same commit."""

SAMPLES = {"capstone": "Capstone submission", "incident": "Release 318"}
"""Samples by name, each with the message of its one commit."""


@click.command(epilog="Example: jobtwin sample incident work/incident")
@click.argument("name", type=click.Choice(sorted(SAMPLES)))
@click.argument("into", type=click.Path(path_type=Path))
def command(name: str, into: Path) -> None:
    """Write the sample NAME to the new folder INTO, as a bare git repository that `git clone` takes."""
    if into.exists():
        raise BadInput(f"{into} is there already; name a new folder")
    click.echo(f"{name} at {into}, commit {make_sample(into, name)}")


def make_sample(into: Path, name: str = "capstone") -> str:
    """Writes a sample as a fresh git repository to `into`, in the place of what is there; its commit."""
    shutil.rmtree(into, ignore_errors=True)
    into.parent.mkdir(parents=True, exist_ok=True)
    clean = into.with_name(into.name + ".files")
    shutil.rmtree(clean, ignore_errors=True)
    with as_file(files("jobtwin") / "samples" / name) as folder:
        shutil.copytree(folder, clean, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", ".*_cache"))
    try:
        return commit_folder(clean, into, message=SAMPLES[name], moment=MOMENT)
    finally:
        shutil.rmtree(clean)
