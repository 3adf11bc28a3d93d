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
from jobtwin.verification.npm.plain import NAME, are_overrides, is_name, is_range, is_version

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
_PLACE = re.compile(rf"node_modules/{NAME}(?:/node_modules/{NAME})*")


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
    if document is None or document.get("lockfileVersion") not in (2, 3) or not isinstance(packages, dict):
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
        if isinstance(given, dict):
            _require_ranges(given, _at(front, "package.json"))
            root[group] = given
    overrides = front.manifest.get("overrides")
    if isinstance(overrides, dict):
        if not are_overrides(overrides):
            raise _bad(f"{_at(front, 'package.json')}: overrides name more than versions of the registry")
        root["overrides"] = overrides
    return root


def _require_ranges(given: Mapping[str, object], where: str) -> None:
    """Names with versions, ranges or aliases; nothing that names a file, a repository or an address."""
    for name, wanted in given.items():
        if not is_name(name) or not is_range(wanted):
            raise _bad(f"{where}: {name[:80]} is no version of the registry: {str(wanted)[:80]!r}")


def _entry(front: FrontEnd, place: str, one: object) -> dict[str, object]:
    """One package without its address, which is never asked: name, version and hash say what it is."""
    where = f"{_at(front, 'package-lock.json')}: {place[:100]!r}"
    if not isinstance(one, dict) or not _PLACE.fullmatch(place) or ".." in place or one.get("link"):
        raise _bad(f"{where} is no package of the registry")
    if not is_version(one.get("version")) or not is_name(one.get("name", "a")):
        raise _bad(f"{where} has no name and version of the registry")
    for group in _GROUPS:
        if isinstance(one.get(group), dict):
            _require_ranges(one[group], where)
    integrity = one.get("integrity")
    bundled = one.get("inBundle") and "/node_modules/" in place
    if not bundled and not (isinstance(integrity, str) and _INTEGRITY.fullmatch(integrity)):
        raise _bad(f"{where} has no hash (integrity)")
    return {name: value for name, value in one.items() if name in _KEPT}


def _bad(said: str) -> DependencyFailure:
    return DependencyFailure(Reason.BAD_REQUIREMENT, said)
