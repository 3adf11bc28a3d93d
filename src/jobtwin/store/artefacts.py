"""Artefacts: the bundle of each submission and what else is too large for a row, as files."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.core.files import File
from django.core.files.storage import Storage

from jobtwin.core.errors import BadSource
from jobtwin.source.repository import Repository


@dataclass(frozen=True, slots=True)
class Artefacts:
    """Files below `root`, one folder a submission, named by its id and by nothing a learner wrote.

    With a `bucket` every machine has a root of its own, and the bucket holds what others must find: a
    file that is kept goes there, too, and one that is missing here is fetched from there.
    """

    root: Path
    bucket: Storage | None = None

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
        self.spread(self.bundle(submission))
        return sha256

    def keep_upload(self, upload: UUID, repository: Repository) -> str:
        """Keeps the bundle of an uploaded archive; returns its SHA-256 in hex."""
        path = self._upload(upload)
        sha256 = repository.bundle(path)
        self.spread(path)
        return sha256

    def uploaded(self, upload: UUID) -> Path:
        """The kept bundle of an uploaded archive, brought here from the bucket where it must be."""
        self.held(self._upload(upload))
        return self._upload(upload)

    def keep_uploaded(self, submission: UUID, upload: UUID) -> None:
        """Makes the bundle of an upload the one of a submission, as a whole or not at all."""
        partial = self._folder(submission) / f"commit.{os.getpid()}.partial"
        shutil.copyfile(self.uploaded(upload), partial)
        partial.replace(self.bundle(submission))
        self.spread(self.bundle(submission))

    def spread(self, path: Path) -> None:
        """Copies a kept file into the bucket, where there is one; a file that is there already stays."""
        name = str(path.relative_to(self.root))
        if self.bucket is not None and not self.bucket.exists(name):
            with path.open("rb") as file:
                self.bucket.save(name, File(file))

    def held(self, path: Path) -> bool:
        """Whether a file is kept, here or in the bucket; from there it is fetched whole or not at all."""
        if path.exists():
            return True
        name = str(path.relative_to(self.root))
        if self.bucket is None or not self.bucket.exists(name):
            return False
        partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
        with self.bucket.open(name) as source, partial.open("wb") as target:
            shutil.copyfileobj(source, target)
        partial.replace(path)
        return True

    def share(self, submission: UUID, copy: UUID) -> None:
        """Gives a copy of a submission the same bundle, where one is kept."""
        if self.held(self.bundle(submission)) and not self.held(self.bundle(copy)):
            self.bundle(copy).hardlink_to(self.bundle(submission))
            self.spread(self.bundle(copy))

    def open(self, submission: UUID, commit: str) -> Repository:
        """The pinned commit, from its repository or restored from its bundle.

        Raises BadSource where neither is kept, or they hold another commit.
        """
        kept = self._folder(submission) / "repository.git"
        if kept.exists():
            return Repository.open(kept, commit)
        if not self.held(self.bundle(submission)):
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
        """Removes every file of one of the `submissions` or `uploads`, here and in the bucket, if any."""
        for kept in ("commit.bundle", "inputs.json"):
            path = f"{folder}/{name}/{kept}"
            if self.bucket is not None and self.bucket.exists(path):
                self.bucket.delete(path)
        shutil.rmtree(self.root / folder / str(name), ignore_errors=True)

    def _upload(self, upload: UUID) -> Path:
        folder = self.root / "uploads" / str(upload)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / "commit.bundle"

    def _folder(self, submission: UUID) -> Path:
        folder = self.root / "submissions" / str(submission)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder
