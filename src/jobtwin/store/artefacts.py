"""Artefacts: the bundle of each submission and what else is too large for a row, as files."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Artefacts:
    """Files below `root`, one folder a submission, named by its id and by nothing a learner wrote."""

    root: Path

    def bundle(self, submission: UUID) -> Path:
        """Where the git bundle of the pinned commit is kept."""
        return self._folder(submission) / "commit.bundle"

    def repository(self, submission: UUID) -> Path:
        """Where the bare repository made from the bundle is kept, for the file view."""
        return self._folder(submission) / "repository.git"

    def _folder(self, submission: UUID) -> Path:
        folder = self.root / "submissions" / str(submission)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder
