"""Control groups of one run: memory and processes, in version 1, hybrid and version 2 layouts.

Every group is a folder `jobtwin-PID-START-RANDOM` below the verifier's own group; PID and START
(the kernel's start time of that process) tell a group in use from one whose verifier was killed,
which `reap` removes at the next start.
"""

import contextlib
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PREFIX = "jobtwin-"


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Where one controller lives: `parent` is the folder in which groups can be made."""

    controller: str
    version: int
    parent: Path


def find_hierarchies(
    *,
    mounts: str,
    own: str,
    root: Path = Path("/"),
    controllers: tuple[str, ...] = ("memory", "pids", "cpuacct"),
) -> dict[str, Hierarchy]:
    """The writable hierarchies of this machine, by controller.

    `mounts` is the text of /proc/self/mounts, `own` of /proc/self/cgroup, `root` a prefix for tests.
    Version 2 accounts for processor time without a controller, under the key `cpuacct`.
    """
    groups = {name: path for _, names, path in _own_groups(own) for name in names.split(",")}
    found: dict[str, Hierarchy] = {}
    unified: Path | None = None
    for line in mounts.splitlines():
        _, point, kind, options = line.split(" ")[:4]
        where = root / point.lstrip("/")
        if kind == "cgroup":
            for controller in set(options.split(",")) & set(controllers):
                parent = _existing(where, groups.get(controller, "/"))
                if os.access(parent, os.W_OK):
                    found[controller] = Hierarchy(controller, 1, parent)
        elif kind == "cgroup2":
            unified = where
    if unified is not None:
        for controller in controllers:
            if controller not in found:
                parent_v2 = _delegated(
                    unified, groups.get("", "/"), "cpu" if controller == "cpuacct" else controller
                )
                if parent_v2 is not None:
                    found[controller] = Hierarchy(controller, 2, parent_v2)
    return found


def _own_groups(own: str) -> Iterator[tuple[str, str, str]]:
    for line in own.splitlines():
        number, names, path = line.split(":", 2)
        yield number, names, path


def _existing(mount: Path, group: str) -> Path:
    below = mount / group.lstrip("/")
    return below if below.is_dir() else mount


def _delegated(mount: Path, group: str, controller: str) -> Path | None:
    """The nearest group, from our own upwards, whose children have `controller` or may be given it."""
    here = _existing(mount, group)
    while here == mount or mount in here.parents:
        control = here / "cgroup.subtree_control"
        with contextlib.suppress(OSError):
            if controller not in control.read_text().split():
                control.write_text(f"+{controller}")
            if os.access(here, os.W_OK) and controller in control.read_text().replace("+", "").split():
                return here
        here = here.parent
    return None


class Groups:
    """The control groups of one run; `close` kills what is left and removes them."""

    def __init__(self, hierarchies: dict[str, Hierarchy], *, memory_bytes: int, processes: int) -> None:
        self._folders: dict[str, tuple[Hierarchy, Path]] = {}
        name = f"{PREFIX}{os.getpid()}-{start_time(os.getpid())}-{secrets.token_hex(4)}"
        try:
            for controller, hierarchy in hierarchies.items():
                folder = hierarchy.parent / name
                folder.mkdir(exist_ok=True)
                self._folders[controller] = (hierarchy, folder)
            self._set_limits(memory_bytes, processes)
        except OSError:
            self.close()
            raise

    def _set_limits(self, memory_bytes: int, processes: int) -> None:
        if "memory" in self._folders:
            hierarchy, folder = self._folders["memory"]
            if hierarchy.version == 1:
                _write(folder / "memory.limit_in_bytes", memory_bytes)
                with contextlib.suppress(OSError):  # only where the kernel accounts for swap
                    _write(folder / "memory.memsw.limit_in_bytes", memory_bytes)
            else:
                _write(folder / "memory.max", memory_bytes)
                with contextlib.suppress(OSError):
                    _write(folder / "memory.swap.max", 0)
        if "pids" in self._folders:
            # One more than the limit: the process that prepares the run and waits for it.
            _write(self._folders["pids"][1] / "pids.max", processes + 1)

    def joins(self) -> list[str]:
        """The files that a process writes its id to in order to join."""
        return sorted({str(folder / "cgroup.procs") for _, folder in self._folders.values()})

    def cpu_seconds(self) -> float | None:
        """Processor time of all processes so far, ended ones too."""
        if "cpuacct" not in self._folders:
            return None
        hierarchy, folder = self._folders["cpuacct"]
        if hierarchy.version == 1:
            nanoseconds = _number(folder / "cpuacct.usage")
            return None if nanoseconds is None else nanoseconds / 1e9
        microseconds = _keyed(folder / "cpu.stat", "usage_usec")
        return None if microseconds is None else microseconds / 1e6

    def peak_memory(self) -> int | None:
        """Bytes, files of the run's tmpfs among them."""
        if "memory" not in self._folders:
            return None
        hierarchy, folder = self._folders["memory"]
        return _number(folder / ("memory.max_usage_in_bytes" if hierarchy.version == 1 else "memory.peak"))

    def pids_folder(self) -> str | None:
        """Where processes are counted, or None."""
        return str(self._folders["pids"][1]) if "pids" in self._folders else None

    def members(self) -> list[str]:
        """The ids of the processes that stand in the group itself."""
        folder = self.pids_folder()
        try:
            return [] if folder is None else Path(folder, "cgroup.procs").read_text().split()
        except OSError:
            return []

    def peak_processes(self, *, beside: int = 0) -> int | None:
        """Processes and threads at once, without the one that waits and those `beside` the run."""
        if "pids" not in self._folders:
            return None
        peak = _number(self._folders["pids"][1] / "pids.peak")
        return None if peak is None else max(0, peak - 1 - beside)

    def out_of_memory(self) -> bool:
        """Whether the kernel killed a process of the run for memory."""
        if "memory" not in self._folders:
            return False
        hierarchy, folder = self._folders["memory"]
        name = "memory.oom_control" if hierarchy.version == 1 else "memory.events"
        return bool(_keyed(folder / name, "oom_kill"))

    def refused_processes(self) -> bool:
        """Whether the kernel refused the run a new process or thread."""
        return "pids" in self._folders and bool(_keyed(self._folders["pids"][1] / "pids.events", "max"))

    def kill(self) -> None:
        """SIGKILL every process of the run, and again until none is left."""
        for folder in {folder for _, folder in self._folders.values()}:
            _kill_all(folder)

    def close(self) -> None:
        """Kill and remove. Safe to call twice."""
        for _, folder in self._folders.values():
            _remove(folder)
        self._folders = {}


def reap(hierarchies: dict[str, Hierarchy]) -> int:
    """Remove the groups of verifiers that no longer run, killing what is in them. How many there were."""
    count = 0
    for hierarchy in hierarchies.values():
        for folder in hierarchy.parent.glob(f"{PREFIX}*"):
            if not is_alive(folder.name):
                _remove(folder)
                count += 1
    return count


def is_alive(name: str) -> bool:
    """Whether the verifier that made `jobtwin-PID-START-RANDOM` still runs."""
    parts = name.removeprefix(PREFIX).split("-")
    return len(parts) == 3 and parts[0].isdigit() and start_time(int(parts[0])) == parts[1]


def start_time(pid: int) -> str | None:
    """The kernel's start time of a process in clock ticks, which tells a reused id apart."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return None


def _write(path: Path, value: int) -> None:
    path.write_text(str(value))


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _keyed(path: Path, key: str) -> int | None:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.split()[:1] == [key]), None)


def _kill_all(folder: Path, *, attempts: int = 200, pause: Callable[[float], None] = time.sleep) -> None:
    for _ in range(attempts):
        try:
            pids = (folder / "cgroup.procs").read_text().split()
        except OSError:
            return
        if not pids:
            return
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        pause(0.01)


def _remove(folder: Path) -> None:
    _kill_all(folder)
    with contextlib.suppress(OSError):
        folder.rmdir()
