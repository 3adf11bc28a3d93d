"""Control groups of one box: those of the engine, and what runc makes below and beside them.

runc joins every version 1 hierarchy, not only those that limit something, and a killed verifier leaves
its folders; all carry the verifier's name, so that they are found again.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jobtwin.verification.cgroups import PREFIX, Groups, Hierarchy, find_hierarchies, is_alive
from jobtwin.verification.f2.inside.bundle import APP

INNER = "-c"
"""Ends the name of the group that runc makes: next to its box's in version 2, below it in version 1."""
_LEAF = "box"
_PATIENCE_SECONDS, _LOOK_SECONDS = 10.0, 0.01


@dataclass(frozen=True)
class BoxGroups:
    """`groups` limits the whole box; `inner` is the name that runc is given, relative to its own group;
    `roots` are the folders below which runc makes groups."""

    groups: Groups
    inner: str
    joins: tuple[str, ...]
    roots: tuple[Path, ...]

    def members(self, whole: bool) -> Iterator[str]:  # noqa: FBT001 - a question that is asked by position
        """The processes of the box, or of the submission's container alone: as runc counts them."""
        folder = self.groups.pids_folder()
        if folder is None:
            return
        beside = Path(folder).with_name(self.inner)
        inner = [beside if beside.is_dir() else Path(folder, self.inner)]
        for top in [Path(folder), *inner] if whole else [one / APP for one in inner]:
            for below in _folders(top):
                yield from map(str, _pids(below))

    def close(self) -> None:
        """Kill what is left, and remove every group of this box."""
        self.groups.kill()
        for root in self.roots:
            _remove_named(root, self.inner.removesuffix(INNER))
        self.groups.close()


def hierarchies_here() -> dict[str, Hierarchy]:
    """The hierarchies of this machine that limit and count."""
    return find_hierarchies(
        mounts=Path("/proc/self/mounts").read_text(), own=Path("/proc/self/cgroup").read_text()
    )


def make_groups(hierarchies: dict[str, Hierarchy], *, memory_bytes: int, processes: int) -> BoxGroups:
    """Groups of one box. Raises OSError."""
    groups = Groups(hierarchies, memory_bytes=memory_bytes, processes=processes)
    files = [Path(path) for path in groups.joins()]
    name = files[0].parent.name if files else f"{PREFIX}none"
    unified = {one.parent for one in hierarchies.values() if one.version == 2}
    joins = tuple(str(_joined(path, unified)) for path in files)
    return BoxGroups(groups, f"{name}{INNER}", joins, _roots(hierarchies))


def _joined(procs: Path, unified: set[Path]) -> Path:
    """Where the box joins: version 2 lets no process stand in a group with limited groups below it."""
    if procs.parent.parent not in unified:
        return procs
    leaf = procs.parent / _LEAF
    leaf.mkdir()
    (procs.parent / "cgroup.subtree_control").write_text("+memory +pids")
    return leaf / procs.name


def _roots(hierarchies: dict[str, Hierarchy]) -> tuple[Path, ...]:
    """The verifier's own group in every hierarchy, mounted where the kernel's table says."""
    own: dict[str, str] = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        own |= dict.fromkeys(names.split(","), path)
    found = {one.parent for one in hierarchies.values()}
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, point, kind, options = line.split(" ")[:4]
        if kind in {"cgroup", "cgroup2"}:
            controllers = options.split(",") if kind == "cgroup" else [""]
            path = next((own[name] for name in controllers if name in own), "/")
            below = Path(point) / path.lstrip("/")
            found |= {below if below.is_dir() else Path(point), Path(point)}
    return tuple(sorted(found))


def reap_groups(hierarchies: dict[str, Hierarchy]) -> int:
    """Remove the groups of boxes whose verifier was killed. How many there were."""
    count = 0
    for root in _roots(hierarchies):
        for folder in root.glob(f"{PREFIX}*"):
            if not is_alive(folder.name.removesuffix(INNER)):
                _remove_tree(folder)
                count += 1
    return count


def _remove_named(root: Path, name: str) -> None:
    for each in (name, f"{name}{INNER}"):
        if (root / each).is_dir():
            _remove_tree(root / each)


def _remove_tree(folder: Path) -> None:
    """From the innermost group outwards; each must be empty, and a killed process takes a while to go."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        for below in sorted(_folders(folder), key=lambda path: len(path.parts), reverse=True):
            for pid in _pids(below):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(OSError):
                below.rmdir()
        if not folder.is_dir() or time.monotonic() > deadline:
            return
        time.sleep(_LOOK_SECONDS)


def _folders(folder: Path) -> Iterable[Path]:
    return [Path(where) for where, _, _ in os.walk(folder)]


def _pids(folder: Path) -> list[int]:
    try:
        return [int(line) for line in (folder / "cgroup.procs").read_text().split()]
    except OSError:
        return []
