"""The packaged sample capstone as a git repository, made at run time."""

import shutil
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

from jobtwin.source.repository import commit_folder

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
"""A fixed time, so that the same sample always has the same commit."""


def make_sample(into: Path) -> str:
    """Writes the sample as a fresh git repository to `into` and returns its commit."""
    shutil.rmtree(into, ignore_errors=True)
    into.parent.mkdir(parents=True, exist_ok=True)
    clean = into.with_name(into.name + ".files")
    shutil.rmtree(clean, ignore_errors=True)
    with as_file(files("jobtwin") / "samples" / "capstone") as folder:
        shutil.copytree(folder, clean, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", ".*_cache"))
    try:
        return commit_folder(clean, into, message="Capstone submission", moment=MOMENT)
    finally:
        shutil.rmtree(clean)
