"""Receiving an archive: streamed to a file within a limit, then unpacked, pinned and kept as a bundle."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from jobtwin.core.errors import BadInput, JobTwinError, OutsideFailure
from jobtwin.services.draft import latest_draft, save_draft, saved_work
from jobtwin.services.upload import begin_upload, record_upload, require_arrived
from jobtwin.source.address import TERMINAL, parse_source
from jobtwin.source.archive import archive_as_repository, too_large
from jobtwin.source.repository import fetch
from jobtwin.store import platform
from jobtwin.store.models import Attempt, Draft, Upload


def receive_archive(
    *,
    attempt: Attempt,
    chunks: Iterable[bytes],
    declared: int | None,
    now: datetime,
    clock: Callable[[], datetime],
) -> Upload:
    """Keeps an archive that comes in chunks; `declared` is the length that the request names, `now` when it
    began, `clock` says when it has ended.

    A declared length beyond the limit is refused before a byte is read, and a stream that turns out longer
    as soon as it does; one that breaks off is told as such. Raises BadSource, OutsideFailure, Refused and
    TooLate; nothing is kept then.
    """
    begin_upload(attempt=attempt, now=now)
    limits = platform.archive_limits()
    if declared is not None and declared > limits.upload_bytes:
        raise _longer(limits.upload_bytes)
    folder = Path(tempfile.mkdtemp(prefix="jobtwin-upload-"))
    try:
        sha256, size = _written(chunks, folder / "archive", limits.upload_bytes)
        if declared is not None and size < declared:
            raise broken_off()
        require_arrived(attempt, clock())
        commit = archive_as_repository(
            folder / "archive", folder / "made.git", limits=limits, work=folder / "work"
        )
        upload_id = uuid4()
        source = parse_source(str(folder / "made.git"), TERMINAL)
        with fetch(source, commit=commit, into=folder / "repository.git") as repository:
            bundle_sha256 = platform.artefacts().keep_upload(upload_id, repository)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return record_upload(
        attempt=attempt, upload_id=upload_id, sha256=sha256, size=size, commit=commit,
        bundle_sha256=bundle_sha256, now=now,
    )  # fmt: skip


def keep_as_draft(*, attempt: Attempt, upload: Upload, now: datetime) -> Draft:
    """Saves a version of the draft that names the archive; everything else in it stays as it was saved."""
    newest = latest_draft(attempt)
    work = replace(saved_work(newest), source=upload.source)
    return save_draft(attempt=attempt, work=work, base_version=newest.version if newest else 0, now=now)


def broken_off() -> JobTwinError:
    """The error for an archive of which a part never came."""
    return OutsideFailure(
        "the upload broke off before its end; upload it again", retry=True, code="broken_upload"
    )


def too_long() -> JobTwinError:
    """The error for an archive that is longer than is taken."""
    return _longer(platform.archive_limits().upload_bytes)


def _written(chunks: Iterable[bytes], path: Path, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise _longer(limit)
            digest.update(chunk)
            file.write(chunk)
    if not size:
        raise BadInput("no file came along; choose a zip or tar.gz, and send its length", code="no_file")
    return digest.hexdigest(), size


def _longer(limit: int) -> JobTwinError:
    return too_large(f"an archive has at most {limit} bytes; leave out what can be built or downloaded again")
