"""Lock files as exact pins. Names, versions and hashes count; the addresses in a lock are never asked."""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from packaging.markers import InvalidMarker, Marker
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from jobtwin.verification.dependencies.gathering import Table, as_list, table, texts
from jobtwin.verification.dependencies.plan import Pin
from jobtwin.verification.dependencies.reader import Reader

_NAME = re.compile(r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$")
INDEX_OF_ITS_OWN = "an index of its own"
LOCKS = ("uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock")


@dataclass
class Lock:
    """The packages of one lock: pins by name, what each depends on, and those from elsewhere."""

    path: str
    pins: dict[str, list[Pin]] = field(default_factory=dict)
    depends: dict[str, set[str]] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)

    def reachable(self, names: set[str]) -> set[str]:
        """The names that `names` need, themselves included."""
        found, todo = set(names), list(names)
        while todo:
            for one in self.depends.get(todo.pop(), set()) - found:
                found.add(one)
                todo.append(one)
        return found


def read_lock(reader: Reader, folder: str) -> Lock | None:
    """The first lock of a folder, in the order of `LOCKS`; None where there is none or it is refused."""
    for name in LOCKS:
        path = posixpath.join(folder, name)
        if reader.has(path):
            return _READERS[name](reader, path)
    return None


def _packages(reader: Reader, path: str, key: str) -> list[Table]:
    document = reader.toml(path, lock=True) or {}
    return _within(reader, path, [one for one in as_list(document.get(key)) if isinstance(one, dict)])


def _within(reader: Reader, path: str, packages: list[Table]) -> list[Table]:
    if len(packages) > reader.limits.locked:
        reader.refuse(f"the lock holds more than {reader.limits.locked} packages", path)
    return packages[: reader.limits.locked]


def _uv(reader: Reader, path: str) -> Lock:
    lock = Lock(path)
    packages = _packages(reader, path, "package")
    usual = Counter(str(table(one, "source").get("registry", "")) for one in packages)
    usual.pop("", None)
    registry = usual.most_common(1)[0][0] if usual else ""
    for one in packages:
        name = _name(one)
        source = table(one, "source")
        lock.depends.setdefault(name, set()).update(_uv_dependencies(one))
        if source.get("registry") == registry and registry.startswith("https://"):
            _pin(lock, name, one, _marker(texts(one.get("resolution-markers"))), _uv_hashes(one))
        elif {"virtual", "editable"} & set(source):
            if "." not in source.values():
                lock.foreign[name] = "workspace"
        else:
            lock.foreign[name] = _foreign(source)
    return lock


def _uv_dependencies(package: Table) -> set[str]:
    tables = [package.get("dependencies")]
    tables += table(package, "optional-dependencies").values()
    return {_name(one) for value in tables for one in as_list(value) if isinstance(one, dict)}


def _uv_hashes(package: Table) -> tuple[str, ...]:
    files = [*as_list(package.get("wheels")), package.get("sdist")]
    return _sha256(str(table(one).get("hash", "")) for one in files)


def _pylock(reader: Reader, path: str) -> Lock:
    lock = Lock(path)
    for one in _packages(reader, path, "packages"):
        name = _name(one)
        lock.depends.setdefault(name, set()).update(
            _name(item) for item in as_list(one.get("dependencies")) if isinstance(item, dict)
        )
        elsewhere = [key for key in ("vcs", "directory", "archive") if key in one]
        if elsewhere:
            lock.foreign[name] = {"vcs": "version control", "directory": "a local path"}.get(
                elsewhere[0], "an address"
            )
            continue
        files = [*as_list(one.get("wheels")), one.get("sdist")]
        digests = _sha256(f"sha256:{table(item, 'hashes').get('sha256', '')}" for item in files)
        _pin(lock, name, one, _marker(texts(one.get("marker"))), digests)
    return lock


def _poetry(reader: Reader, path: str) -> Lock:
    lock = Lock(path)
    document = reader.toml(path, lock=True) or {}
    old_files = table(document, "metadata", "files")
    packages = [one for one in as_list(document.get("package")) if isinstance(one, dict)]
    for one in _within(reader, path, packages):
        name = _name(one)
        lock.depends.setdefault(name, set()).update(map(canonicalize_name, table(one, "dependencies")))
        source = table(one, "source")
        if source:
            lock.foreign[name] = {
                "git": "version control",
                "url": "an address",
                "legacy": INDEX_OF_ITS_OWN,
            }.get(str(source.get("type")), "a local path")
            continue
        files = as_list(one.get("files")) or as_list(old_files.get(str(one.get("name"))))
        _pin(lock, name, one, "", _sha256(str(table(item).get("hash", "")) for item in files))
    return lock


def _pipfile(reader: Reader, path: str) -> Lock:
    lock = Lock(path)
    document = reader.json(path) or {}
    for section in ("default", "develop"):
        named = table(document, section)
        _within(reader, path, list(map(table, named.values())))
        for raw, value in list(named.items())[: reader.limits.locked]:
            name = _canonical(raw)
            if not isinstance(value, dict) or not isinstance(value.get("version"), str):
                lock.foreign[name] = "elsewhere than the index"
                continue
            version = {"version": str(value["version"]).removeprefix("==")}
            _pin(lock, name, version, "", _sha256(texts(value.get("hashes"))))
    # A Pipfile.lock does not say what needs what.
    everything = set(lock.pins) | set(lock.foreign)
    lock.depends = dict.fromkeys(everything, everything)
    return lock


_READERS: dict[str, Callable[[Reader, str], Lock]] = {
    "uv.lock": _uv,
    "pylock.toml": _pylock,
    "poetry.lock": _poetry,
    "Pipfile.lock": _pipfile,
}


def _pin(lock: Lock, name: str, package: Mapping[str, object], marker: str, hashes: tuple[str, ...]) -> None:
    try:
        version = str(Version(str(package.get("version", ""))[:100]))
    except InvalidVersion:
        return
    pin = Pin(name, version, marker, hashes)
    pins = lock.pins.setdefault(name, [])
    # A pin becomes a line of a file that the installer reads: a line break would become an option.
    if _NAME.match(name) and pin.text.isascii() and pin.text.isprintable() and pin not in pins:
        pins.append(pin)


def _name(package: Table) -> str:
    return _canonical(str(package.get("name", ""))[:200])


def _canonical(name: str) -> str:
    return canonicalize_name(name)


def _sha256(values: Iterable[str]) -> tuple[str, ...]:
    found = (one.removeprefix("sha256:") for one in values if one.startswith("sha256:"))
    return tuple(sorted({one for one in found if len(one) == 64}))


def _marker(alternatives: list[str]) -> str:
    joined = " or ".join(f"({one})" for one in alternatives[:50])
    try:
        return str(Marker(joined[:5_000])) if joined else ""
    except (InvalidMarker, RecursionError):
        return ""


def _foreign(source: Table) -> str:
    for key, kind in (("git", "version control"), ("url", "an address"), ("registry", INDEX_OF_ITS_OWN)):
        if key in source:
            return kind
    return "a local path"
