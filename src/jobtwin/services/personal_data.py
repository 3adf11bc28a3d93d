"""A person's own data, taken along as one archive."""

import hashlib
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from jobtwin.core.errors import Refused
from jobtwin.services.audit import record_act
from jobtwin.store.models import AuditEntry, Person
from jobtwin.store.queries.personal_data import files_of

FORM = "jobtwin-data/1"
MOST_A_DAY = 5
"""Exports of one person in 24 hours."""


def export_data(*, person: Person, into: IO[bytes], now: datetime) -> None:
    """Writes everything that is kept about a person as a ZIP; the manifest names the SHA-256 of each file.

    Raises Refused over MOST_A_DAY.
    """
    recent = AuditEntry.objects.filter(actor=person, what="data_exported", at__gt=now - timedelta(days=1))
    if recent.count() >= MOST_A_DAY:
        raise Refused(
            f"you took your data along {MOST_A_DAY} times today; try again tomorrow", code="too_often"
        )
    record_act(actor=person, programme=None, what="data_exported", subject=f"person {person.pk}", now=now)
    files: dict[str, str] = {}
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files_of(person):
            files[name] = _put(archive, name, content)
        manifest = {"form": FORM, "made_at": now.isoformat(), "files": files}
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))


def _put(archive: zipfile.ZipFile, name: str, content: bytes | Path) -> str:
    if isinstance(content, bytes):
        archive.writestr(name, content)
        return hashlib.sha256(content).hexdigest()
    archive.write(content, name, zipfile.ZIP_STORED)  # a git bundle is compressed already
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
