"""What a check is given: one commit, a place to work, an engine, and someone to tell."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jobtwin.core.check import CheckResult
from jobtwin.source.tree import Tree
from jobtwin.verification.engine import Engine
from jobtwin.verification.events import Progress
from jobtwin.verification.settings import VerificationSettings
from jobtwin.verification.shared import Shared


@dataclass(frozen=True)
class Subject:
    """`work` is a private folder of this verification; `subfolder` is the project's, "" for the root;
    `artifact` is the public artifact's address where somebody gave one beside the repository; `shared` is
    what the checks of one verification prepare together."""

    tree: Tree
    engine: Engine
    settings: VerificationSettings
    progress: Progress
    work: Path
    subfolder: str = ""
    artifact: str | None = None
    shared: Shared | None = None


Check = Callable[[Subject], CheckResult]
"""A check never raises for what a submission holds; EngineFailure and the like are the caller's to tell."""


@contextmanager
def sharing(subject: Subject) -> Iterator[Shared]:
    """What the verification shares; for a check on its own, something that ends with the block."""
    if subject.shared is not None:
        yield subject.shared
        return
    with Shared(subject.work) as own:
        yield own
