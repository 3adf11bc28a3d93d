"""package.json and package-lock.json as data: what to install, written anew without scripts and addresses.

Source: npm documentation, "package-lock.json", lockfile versions 2 and 3.
"""

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from jobtwin.core.check import Reason
from jobtwin.source.tree import Tree
from jobtwin.verification.dependencies.failure import DependencyFailure

MAX_BYTES = 5_000_000
MAX_PACKAGES = 3000
MAX_FRONT_ENDS = 2
SCRIPTS = ("test", "build")
"""What is run of a front end, in this order."""

_GROUPS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_KEPT = frozenset(
    {
        *("name", "version", "integrity", "dependencies", "optionalDependencies", "peerDependencies"),
        *("peerDependenciesMeta", "dev", "optional", "devOptional", "peer", "os", "cpu", "libc", "bin"),
        *("inBundle", "bundleDependencies", "engines"),
    }
)
_PLACEHOLDER = 'echo "Error: no test specified" && exit 1'
_INTEGRITY = re.compile(r"(?:sha(?:1|256|384|512)-[A-Za-z0-9+/=]{20,120} ?)+")
_PLACE = re.compile(
    r"node_modules/(?:@[a-z0-9._~-]+/)?[A-Za-z0-9._~-]+(?:/node_modules/(?:@[a-z0-9._~-]+/)?[A-Za-z0-9._~-]+)*"
)


@dataclass(frozen=True, slots=True)
class FrontEnd:
    """A folder with a package.json; `scripts` are those of SCRIPTS that it defines."""

    folder: str
    manifest: Mapping[str, object]
    lock: bytes | None
    scripts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CleanLock:
    """What the installer is given, as texts of its two files; `packages` is their number."""

    package: str
    lock: str
    packages: int


def find_front_ends(tree: Tree, folder: str) -> tuple[FrontEnd, ...]:
    """The npm projects at and below a folder that define a script to run; at most MAX_FRONT_ENDS."""
    sizes = _sizes(tree)
    found = []
    for path in sorted(sizes, key=lambda one: (one.count("/"), one)):
        inside = not folder or path.startswith(f"{folder}/")
        if not inside or posixpath.basename(path) != "package.json" or "node_modules/" in path:
            continue
        front = _front_end(tree, sizes, posixpath.dirname(path))
        if front is not None and front.scripts:
            found.append(front)
    return tuple(found[:MAX_FRONT_ENDS])


def front_end_at(tree: Tree, folder: str) -> FrontEnd | None:
    """The npm project in just that folder, whatever its scripts."""
    return _front_end(tree, _sizes(tree), folder)


def _sizes(tree: Tree) -> dict[str, int]:
    return {entry.path: entry.size for entry in tree.entries() if entry.mode != "120000"}


def _front_end(tree: Tree, sizes: Mapping[str, int], folder: str) -> FrontEnd | None:
    def small(name: str) -> bytes | None:
        path = posixpath.join(folder, name)
        return tree.read(path) if sizes.get(path, MAX_BYTES + 1) <= MAX_BYTES else None

    manifest = _object(small("package.json") or b"")
    if manifest is None:
        return None
    return FrontEnd(folder, manifest, small("package-lock.json"), _scripts(manifest))


def _object(content: bytes) -> dict[str, object] | None:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _scripts(manifest: Mapping[str, object]) -> tuple[str, ...]:
    scripts = manifest.get("scripts")
    known = scripts if isinstance(scripts, dict) else {}
    return tuple(name for name in SCRIPTS if known.get(name) and known[name] != _PLACEHOLDER)


def clean_lock(front: FrontEnd) -> CleanLock:
    """Raises DependencyFailure: bad_requirement, unresolvable_statically, not_supported."""
    if front.lock is None:
        said = (
            f"{_at(front, 'package.json')} has no package-lock.json beside it: commit the one that npm writes"
        )
        raise DependencyFailure(Reason.UNRESOLVABLE_STATICALLY, said)
    document = _object(front.lock)
    packages = document.get("packages") if document is not None else None
    if document is None or document.get("lockfileVersion") not in {2, 3} or not isinstance(packages, dict):
        said = f"{_at(front, 'package-lock.json')} is no lock of version 2 or 3: write it with npm 7 or newer"
        raise DependencyFailure(Reason.UNRESOLVABLE_STATICALLY, said)
    if front.manifest.get("workspaces"):
        raise DependencyFailure(Reason.NOT_SUPPORTED, "npm workspaces are not installed here")
    if len(packages) > MAX_PACKAGES:
        raise DependencyFailure(
            Reason.NOT_SUPPORTED, f"the lock has more than {MAX_PACKAGES} packages", {"limit": "MAX_PACKAGES"}
        )
    root = _root(front)
    entries = {place: _entry(front, place, one) for place, one in packages.items() if place}
    whole = {"lockfileVersion": 3, "requires": True, "packages": {"": root, **entries}}
    return CleanLock(json.dumps(root), json.dumps(whole, sort_keys=True), len(entries))


def _at(front: FrontEnd, name: str) -> str:
    return posixpath.join(front.folder, name)


def _root(front: FrontEnd) -> dict[str, object]:
    """A package.json with names and versions alone: no script, no configuration."""
    root: dict[str, object] = {"name": "front-end", "version": "0.0.0", "private": True}
    for group in _GROUPS:
        given = front.manifest.get(group)
        if not isinstance(given, dict):
            continue
        for name, wanted in given.items():
            _require_plain(front, str(name), wanted)
        root[group] = given
    if isinstance(front.manifest.get("overrides"), dict):
        root["overrides"] = front.manifest["overrides"]
    return root


def _require_plain(front: FrontEnd, name: str, wanted: object) -> None:
    """A version, a range or an alias; nothing that names a file, a repository or an address."""
    text = str(wanted).removeprefix("npm:")
    alias = re.fullmatch(r"(?:@[\w.~-]+/)?[\w.~-]+@(.*)", text) if text != str(wanted) else None
    version = alias[1] if alias else text
    if not isinstance(wanted, str) or ":" in version or "/" in version:
        said = (
            f"{_at(front, 'package.json')}: {name[:80]} is no version of the registry: {str(wanted)[:80]!r}"
        )
        raise DependencyFailure(Reason.BAD_REQUIREMENT, said)


def _entry(front: FrontEnd, place: str, one: object) -> dict[str, object]:
    """One package without its address, which is never asked: name, version and hash say what it is."""
    if not isinstance(one, dict) or not _PLACE.fullmatch(place) or ".." in place or one.get("link"):
        said = f"{_at(front, 'package-lock.json')}: {place[:100]!r} is no package of the registry"
        raise DependencyFailure(Reason.BAD_REQUIREMENT, said)
    integrity = one.get("integrity")
    if not one.get("inBundle") and not (isinstance(integrity, str) and _INTEGRITY.fullmatch(integrity)):
        said = f"{_at(front, 'package-lock.json')}: {place[:100]!r} has no hash (integrity)"
        raise DependencyFailure(Reason.BAD_REQUIREMENT, said)
    return {name: value for name, value in one.items() if name in _KEPT}
