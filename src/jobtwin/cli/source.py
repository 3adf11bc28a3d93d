"""Opening a source that somebody named on the terminal, for as long as a command needs it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobtwin.core.brief import Brief
from jobtwin.core.errors import BadInput
from jobtwin.source.address import TERMINAL, parse_source
from jobtwin.source.brief import BriefLimits, built_in_brief, built_in_ids, read_brief
from jobtwin.source.repository import Repository, fetch


@contextmanager
def opened(source: str) -> Iterator[Repository]:
    """The repository at HEAD of a path or https address, pinned. Raises BadSource, OutsideFailure."""
    folder = Path(tempfile.mkdtemp(prefix="jobtwin-"))
    try:
        with fetch(parse_source(source, TERMINAL), into=folder / "repository.git") as repository:
            yield repository
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def chosen_brief(name: str) -> Brief:
    """The built-in brief of that id, or the one in that file. Raises BadBrief, BadInput."""
    return built_in_brief(name) if name in built_in_ids() else brief_in(Path(name))


def brief_in(path: Path) -> Brief:
    """The brief in a file. Raises BadInput where it cannot be read, BadBrief where it is not valid."""
    try:
        with path.open("rb") as file:
            text = file.read(BriefLimits().max_bytes + 1)
    except OSError as error:
        known = ", ".join(built_in_ids())
        raise BadInput(f"no brief at {path} ({error.strerror}); built in: {known}") from error
    return read_brief(text, name=str(path))
