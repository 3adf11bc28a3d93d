"""Backups: the database at one instant, the artefacts that it speaks of, and the keys in another place.

    FOLDER/database.dump      pg_dump's own format, of one snapshot
    FOLDER/artefacts/         the bundle and the inputs of each submission
    FOLDER/manifest.json      when, by which version, the dump's digest, and what a restore must still say

The database is read first: an artefact is never changed and never removed, so those copied afterwards hold
all that the dump speaks of.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, transaction

from jobtwin import __version__
from jobtwin.config.database import migrate
from jobtwin.config.database_programs import run_program
from jobtwin.core.errors import BadInput, Refused
from jobtwin.core.instant import utc_text
from jobtwin.store.queries.integrity import Fingerprint, differences, fingerprint

DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "artefacts"
KEPT = ("submissions/*/commit.bundle", "submissions/*/inputs.json", "uploads/*/commit.bundle")
"""An unpacked repository beside them is made again from its bundle."""
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    folder: Path
    at: str
    artefacts: int
    seen: Fingerprint


def make_backup(folder: Path, *, now: datetime) -> Backup:
    """Writes a backup into a new folder, whole or not at all. Raises BadInput, OutsideFailure."""
    partial = folder.with_name(f"{folder.name}.partial")
    if folder.exists():
        raise BadInput(f"{folder} is there already; a backup is never written over another")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700, parents=True)
    seen = _dump(partial / DUMP)
    copied = sum(1 for _ in _copied(settings.JOBTWIN.artefacts, partial / FILES))
    manifest = {
        "version": 1,
        "at": utc_text(now),
        "jobtwin": __version__,
        "dump_sha256": _sha256(partial / DUMP),
        "fingerprint": seen.as_json(),
    }
    (partial / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
    partial.rename(folder)
    return Backup(folder, str(manifest["at"]), copied, seen)


def restore_backup(folder: Path) -> dict[str, Any]:
    """Restores into an empty database and gives the manifest.

    Raises BadInput for what is no whole backup, Refused where the database or the artefacts are not empty.
    """
    manifest = read_manifest(folder)
    if _has_tables():
        raise Refused("the database is not empty: restore into a fresh one and keep the old")
    if any(settings.JOBTWIN.artefacts.glob("submissions/*")):
        raise Refused(f"{settings.JOBTWIN.artefacts} is not empty: move it away first")
    run_program(
        "pg_restore", "--no-owner", "--no-acl", "--exit-on-error", "--single-transaction",
        "--dbname", str(_owner()["NAME"]), str(folder / DUMP),
        address=_owner(), server_major=_server_major(),
    )  # fmt: skip
    for _ in _copied(folder / FILES, settings.JOBTWIN.artefacts):
        pass
    migrate()
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose dump is whole. Raises BadInput."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        whole = manifest["version"] == 1 and manifest["dump_sha256"] == _sha256(folder / DUMP)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BadInput(f"{folder} is no backup: {type(error).__name__}") from error
    if not whole:
        raise BadInput(f"{folder / DUMP} is not what its manifest describes: it was cut or changed")
    return dict(manifest)


def compare(manifest: dict[str, Any]) -> list[str]:
    """How the database differs from what the manifest saw, a sentence each; broken bundles, too."""
    return [*differences(manifest["fingerprint"], fingerprint()), *_broken_bundles()]


def _dump(into: Path) -> Fingerprint:
    """Dumps one snapshot, and fingerprints the very same one."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        run_program(
            "pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}",
            "--file", str(into),
            address=_owner(), server_major=_server_major(),
        )  # fmt: skip
        return fingerprint("owner")


def _copied(source: Path, target: Path) -> Iterator[Path]:
    """Copies what is kept of every submission; gives each file that was written."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for pattern in KEPT:
        for path in sorted(source.glob(pattern)):
            place = target / path.relative_to(source)
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(path, place)
            yield place


def _broken_bundles() -> Iterator[str]:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT id::text, bundle_sha256 FROM store_submission WHERE bundle_sha256 <> ''")
        for submission, expected in cursor.fetchall():
            path = settings.JOBTWIN.artefacts / "submissions" / submission / "commit.bundle"
            if not path.exists():
                yield f"artefacts: the bundle of {submission} is missing"
            elif _sha256(path) != expected:
                yield f"artefacts: the bundle of {submission} was changed"


def _has_tables() -> bool:
    return bool(connections["owner"].introspection.table_names())


def _owner() -> dict[str, Any]:
    return dict(connections["owner"].settings_dict)


def _server_major() -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        return int(cursor.fetchone()[0])


def _sha256(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(CHUNK):
            found.update(part)
    return found.hexdigest()
