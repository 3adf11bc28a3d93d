"""Artefacts: the bundle of each submission and what else is too large for a row, as files."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from jobtwin.core.errors import BadSource
from jobtwin.source.repository import Repository


@dataclass(frozen=True, slots=True)
class Artefacts:
    """Files below `root`, one folder a submission, named by its id and by nothing a learner wrote."""

    root: Path

    def bundle(self, submission: UUID) -> Path:
        """Where the git bundle of the pinned commit is kept."""
        return self._folder(submission) / "commit.bundle"

    def inputs(self, submission: UUID) -> Path:
        """Where settings and locks of the verification are kept."""
        return self._folder(submission) / "inputs.json"

    def answers(self, submission: UUID) -> Path:
        """The folder of a model's answers: a review that was killed goes on from there, on any worker."""
        return self._folder(submission) / "answers"

    def keep(self, submission: UUID, repository: Repository) -> str:
        """Keeps the bundle of a fetched commit as a whole or not at all; returns its SHA-256 in hex."""
        partial = self._folder(submission) / f"commit.{os.getpid()}.partial"
        sha256 = repository.bundle(partial)
        partial.replace(self.bundle(submission))
        return sha256

    def keep_upload(self, upload: UUID, repository: Repository) -> str:
        """Keeps the bundle of an uploaded archive; returns its SHA-256 in hex."""
        folder = self.root / "uploads" / str(upload)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return repository.bundle(folder / "commit.bundle")

    def keep_uploaded(self, submission: UUID, upload: UUID) -> None:
        """Makes the bundle of an upload the one of a submission, as a whole or not at all."""
        partial = self._folder(submission) / f"commit.{os.getpid()}.partial"
        shutil.copyfile(self.root / "uploads" / str(upload) / "commit.bundle", partial)
        partial.replace(self.bundle(submission))

    def share(self, submission: UUID, copy: UUID) -> None:
        """Gives a copy of a submission the same bundle, where one is kept."""
        if self.bundle(submission).exists() and not self.bundle(copy).exists():
            self.bundle(copy).hardlink_to(self.bundle(submission))

    def open(self, submission: UUID, commit: str) -> Repository:
        """The pinned commit, from its repository or restored from its bundle.

        Raises BadSource where neither is kept, or they hold another commit.
        """
        kept = self._folder(submission) / "repository.git"
        if kept.exists():
            return Repository.open(kept, commit)
        if not self.bundle(submission).exists():
            raise BadSource("the files of this submission have not been fetched yet")
        partial = self._folder(submission) / f"repository.{os.getpid()}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        Repository.from_bundle(self.bundle(submission), partial).close()
        try:
            partial.rename(kept)
        except OSError:  # another worker restored it meanwhile
            shutil.rmtree(partial)
        return Repository.open(kept, commit)

    def erase(self, folder: str, name: UUID) -> None:
        """Removes every file of one of the `submissions` or `uploads`; again, changes nothing."""
        shutil.rmtree(self.root / folder / str(name), ignore_errors=True)

    def _folder(self, submission: UUID) -> Path:
        folder = self.root / "submissions" / str(submission)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder
