"""Evidence bundles: everything that a decision stands on, in one file that anybody can run again.

    manifest.json             form, commit, brief digest, checker version, settings, SHA-256 of every file
    brief.json                the exam
    commit.bundle             the submission (git)
    report.json, draft.json   recorded facts, and the draft review with its citations
    locks.json                packages with hashes, as they were installed
    ledgers/<name>/...        the mentors' ledgers
    credential.json, did.json where one was issued

The container is a ZIP whose members are stored, not compressed: what a stranger hands over has the size that
it seems to have. Members are read by the names of the manifest, never written to a path of theirs.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobtwin.core.errors import BadDocument, BadInput

FORM = "jobtwin-bundle/1"
MANIFEST = "manifest.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,100}){0,2}")
_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class BundleLimits:
    """How much of a bundle is read: bytes in all, of the manifest, of a JSON member, and how many members."""

    max_bytes: int = 2 * 1024**3
    max_manifest: int = 1024 * 1024
    max_json: int = 64 * 1024 * 1024
    max_members: int = 200


@dataclass(frozen=True)
class ReplayBundle:
    """A bundle whose every member has the digest that the manifest gives."""

    path: Path
    manifest: dict[str, Any]
    limits: BundleLimits

    def names(self) -> tuple[str, ...]:
        """Every member but the manifest, sorted."""
        return tuple(sorted(self.manifest["files"]))

    def read(self, name: str) -> bytes:
        """The bytes of a member. Raises BadDocument where there is none of that name."""
        if name not in self.manifest["files"]:
            raise BadDocument(f"the bundle holds no {name}")
        with zipfile.ZipFile(self.path) as container:
            return container.read(name)

    def json(self, name: str) -> dict[str, Any]:
        """A member that is one JSON object. Raises BadDocument."""
        return _object(self.read(name), name, self.limits.max_json)

    def copy(self, prefix: str, folder: Path) -> tuple[str, ...]:
        """Writes the members below `prefix/` into a folder of one's own; returns their names below it."""
        copied = []
        for name in self.names():
            if name.startswith(f"{prefix}/"):
                below = name.removeprefix(f"{prefix}/")
                path = folder / below
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.read(name))
                copied.append(below)
        return tuple(copied)


def write_replay_bundle(path: Path, facts: Mapping[str, object], files: Mapping[str, bytes | Path]) -> None:
    """Write a bundle as a whole or not at all; the same content gives the same bytes.

    `facts` become members of the manifest. Raises BadInput where it cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    digests = {name: _digest(content) for name, content in files.items()}
    manifest = {"form": FORM, **facts, "files": dict(sorted(digests.items()))}
    text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as container:
            container.writestr(zipfile.ZipInfo(MANIFEST, _MOMENT), text)
            for name, content in sorted(files.items()):
                data = content if isinstance(content, bytes) else content.read_bytes()
                container.writestr(zipfile.ZipInfo(name, _MOMENT), data)
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error


def open_replay_bundle(path: Path, limits: BundleLimits | None = None) -> ReplayBundle:
    """A bundle with every digest checked. Raises BadInput for no file, BadDocument for what is no bundle."""
    limits = limits or BundleLimits()
    try:
        with zipfile.ZipFile(path) as container:
            members = container.infolist()
            _require_plain(members, path.stat().st_size, limits)
            manifest = _object(container.read(MANIFEST), MANIFEST, limits.max_manifest)
            files = _files(manifest, {one.filename for one in members})
            for name, digest in files.items():
                if _member_digest(container, name) != digest:
                    raise BadDocument(f"{name} is not the file that the manifest names", code="CHANGED")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError) as error:
        raise BadDocument(f"{path} is no evidence bundle") from error
    return ReplayBundle(path, manifest, limits)


def _require_plain(members: list[zipfile.ZipInfo], size: int, limits: BundleLimits) -> None:
    """Raises BadDocument for what is too much, compressed, encrypted, named twice or named badly."""
    names = [one.filename for one in members]
    if size > limits.max_bytes or len(names) > limits.max_members:
        raise BadDocument(
            f"a bundle has at most {limits.max_bytes} bytes and {limits.max_members} files", code="TOO_LARGE"
        )
    plain = all(
        one.compress_type == zipfile.ZIP_STORED
        and one.file_size == one.compress_size
        and not one.flag_bits & 1
        for one in members
    )
    if not plain or len(set(names)) != len(names) or not all(map(_NAME.fullmatch, names)):
        raise BadDocument("a bundle's files are stored as they are, each once, under plain names")
    if sum(one.file_size for one in members) > size:
        raise BadDocument("the bundle's files overlap")


def _object(data: bytes, name: str, limit: int) -> dict[str, Any]:
    """The JSON object of a member; numbers of facts may have fractions. Raises BadDocument."""
    if len(data) > limit:
        raise BadDocument(f"{name} has more than {limit} bytes", code="TOO_LARGE")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadDocument(f"{name} is not JSON") from error
    if not isinstance(found, dict):
        raise BadDocument(f"{name} is no JSON object")
    return found


def _files(manifest: Mapping[str, object], names: set[str]) -> dict[str, str]:
    files = manifest.get("files")
    if manifest.get("form") != FORM or not isinstance(files, dict):
        raise BadDocument(f"the manifest is not of the form {FORM}")
    if set(files) != names - {MANIFEST}:
        raise BadDocument("the manifest does not name exactly the files of the bundle", code="CHANGED")
    return files


def _member_digest(container: zipfile.ZipFile, name: str) -> str:
    sha256 = hashlib.sha256()
    with container.open(name) as member:
        while part := member.read(1024 * 1024):
            sha256.update(part)
    return sha256.hexdigest()


def _digest(content: bytes | Path) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
