"""The box: where one submission is built and started, apart from the host and from every other box.

bubblewrap gives it mounts, processes and an empty network of its own; control groups bound it as a whole;
all it writes lies on one memory file system that vanishes with it. Builder and runtime stand inside, so
that a fault of theirs reaches no further than the box.
"""

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from jobtwin.verification.engine import EngineFailure, Limit, Limits, Usage
from jobtwin.verification.events import Progress
from jobtwin.verification.f2.groups import BoxGroups, hierarchies_here, make_groups, reap_groups
from jobtwin.verification.f2.services import NO_SERVICES, Services
from jobtwin.verification.f2.settings import ContainerSettings
from jobtwin.verification.f2.tools import Tools
from jobtwin.verification.f2.watching import Watching
from jobtwin.verification.seccomp import DENIED
from jobtwin.verification.supervise import Supervised, Watch, clean_text, supervise

_INSIDE = Path(__file__).parent / "inside"
_PYTHON = "/usr/bin/python3"
_JOIN = 'while [ "$1" != -- ]; do echo $$ > "$1" || exit 125; shift; done; shift; exec "$@"'
_START = "import sys; sys.path.insert(0, '/code'); from inside.driver import main; main()"
_PROGRAMS = {"postgres": "/pg", "postgres-libraries": "/pg-libraries", "model": "/code/standin"}
_POLICY = {
    "default": [{"type": "reject"}],
    "transports": {"containers-storage": {"": [{"type": "insecureAcceptAnything"}]}},
}
_PIP = "[global]\nno-index = true\nfind-links = /wheels\ndisable-pip-version-check = true\n"
_UV = 'no-index = true\nfind-links = ["/wheels"]\n'
_ETC = {
    "passwd": "root:x:0:0:root:/box:/bin/sh\n",
    "group": "root:x:0:\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "containers/policy.json": json.dumps(_POLICY),
    "containers/registries.conf": "",
    "containers/containers.conf": "",
}


@dataclass(frozen=True)
class BoxJob:
    """What one box is given; every path is one of the host. `port` and `health` where declared."""

    containerfile: str
    context: Path
    wheels: Path
    images: Path | None
    port: int | None = None
    health: str | None = None
    target: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    services: Services = NO_SERVICES


@dataclass(frozen=True)
class BoxReport:
    """What happened: `report` as the driver wrote it (empty where it was killed first), and what each
    phase that it told of used."""

    report: Mapping[str, Any]
    killed_for: Limit | None
    out_of_memory: bool
    peak_memory: int | None
    peak_processes: int | None
    cpu_seconds: float | None
    wall_seconds: float
    stderr: str
    phases: Mapping[str, Usage] = field(default_factory=dict)

    def was_starved(self, phase: str) -> bool:
        """Whether other work on the machine held a phase up."""
        return phase in self.phases and self.phases[phase].was_starved


def run_box(
    job: BoxJob, *, folder: Path, tools: Tools, limits: ContainerSettings, progress: Progress
) -> BoxReport:
    """Build, start and stop, then leave nothing. `folder` is private. Raises EngineFailure."""
    hierarchies = hierarchies_here()
    if not {"memory", "pids"} <= set(hierarchies):
        raise EngineFailure(
            "containers need writable control groups for memory and pids", retry=False, code="no_engine"
        )
    reap_groups(hierarchies)
    try:
        groups = make_groups(hierarchies, memory_bytes=limits.memory_bytes, processes=limits.processes)
    except OSError as error:
        raise EngineFailure(f"no control group could be made: {error}", retry=True) from error
    watching = Watching(progress, groups.members, groups.groups.cpu_seconds)
    try:
        ended = supervise(
            lambda report, status: _command(job, folder, tools, limits, groups, report, status),
            limits=_box_limits(limits),
            stdin=b"",
            watch=Watch(lambda: None, groups.groups.kill, watching.look, watching.hear),
        )
        watching.end()
        return _report(ended, groups, watching.usage)
    except OSError as error:
        raise EngineFailure(f"the box could not be started: {error}", retry=True) from error
    finally:
        watching.end()
        groups.close()


def _box_limits(limits: ContainerSettings) -> Limits:
    return Limits(
        wall_seconds=limits.wall_seconds,
        memory_bytes=limits.memory_bytes,
        disk_bytes=limits.disk_bytes,
        inodes=limits.inodes,
        processes=limits.processes,
    )


def _report(ended: Supervised, groups: BoxGroups, phases: Mapping[str, Usage]) -> BoxReport:
    try:
        document = json.loads(ended.result)
    except ValueError:
        document = {}
    return BoxReport(
        report=document if isinstance(document, dict) else {},
        killed_for=ended.killed_for,
        out_of_memory=groups.groups.out_of_memory(),
        peak_memory=groups.groups.peak_memory(),
        peak_processes=groups.groups.peak_processes(),
        cpu_seconds=groups.groups.cpu_seconds(),
        wall_seconds=ended.wall_seconds,
        stderr=clean_text(ended.stderr),
        phases=phases,
    )


def _command(
    job: BoxJob,
    folder: Path,
    tools: Tools,
    limits: ContainerSettings,
    groups: BoxGroups,
    report: int,
    status: int,
) -> list[str]:
    inside = folder / "job"
    _write(inside, {"Containerfile": job.containerfile, "pip.conf": _PIP, "uv.toml": _UV})
    _write(inside, {"plan.json": json.dumps(_plan(job, limits, groups, report, status))})
    _write(folder / "etc", _ETC)
    return ["/bin/sh", "-c", _JOIN, "sh", *groups.joins, "--", *bubblewrap_arguments(job, folder, tools)]


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def _plan(
    job: BoxJob, limits: ContainerSettings, groups: BoxGroups, report: int, status: int
) -> dict[str, object]:
    names = (
        "build_seconds start_seconds probe_seconds settle_seconds stop_seconds output_bytes disk_bytes "
        "inodes app_memory_bytes app_processes app_tmp_bytes service_seconds service_memory_bytes "
        "service_disk_bytes"
    )
    volumes = [
        ("/wheels", "/wheels"),
        ("/job/pip.conf", "/etc/pip.conf"),
        ("/job/uv.toml", "/etc/uv/uv.toml"),
    ]
    return {
        **{name: getattr(limits, name) for name in names.split()},
        "volumes": volumes,
        "images": job.images is not None,
        "group": groups.inner,
        "port": job.port,
        "health": job.health,
        "target": job.target,
        "arguments": dict(job.arguments),
        "environment": dict(job.environment),
        "services": {kind: asdict(one) for kind, one in job.services.run.items()},
        "programs": {kind: str(path) for kind, path in job.services.programs.items()},
        "denied": sorted(DENIED.get(platform.machine(), {})),
        "report_fd": report,
        "status_fd": status,
    }


def bubblewrap_arguments(job: BoxJob, folder: Path, tools: Tools) -> list[str]:
    """The box's own command line: what it sees of the host is read-only, but for the control groups."""
    command = [tools.bwrap, "--die-with-parent", "--unshare-pid", "--unshare-net", "--unshare-ipc"]
    command += ["--unshare-uts", "--cap-add", "ALL", "--clearenv", "--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib64"):
        command += ["--symlink", f"usr/{name}", f"/{name}"]
    command += ["--ro-bind", str(folder / "etc"), "/etc", "--proc", "/proc", "--dev", "/dev"]
    command += ["--ro-bind", "/sys", "/sys", "--bind", "/sys/fs/cgroup", "/sys/fs/cgroup"]
    for place in ("/tmp", "/var/tmp", "/run"):  # noqa: S108 - inside the box
        command += ["--tmpfs", place]
    command += [
        "--dir",
        "/box",
        "--ro-bind",
        str(_INSIDE),
        "/code/inside",
        "--ro-bind",
        str(folder / "job"),
        "/job",
    ]
    command += ["--ro-bind", str(job.context), "/context", "--ro-bind", str(job.wheels), "/wheels"]
    if job.images is not None:
        command += ["--ro-bind", str(job.images), "/images"]
    for name, target in _PROGRAMS.items():
        if name in job.services.programs:
            command += ["--ro-bind", str(job.services.programs[name]), target]
    return [*command, "--", _PYTHON, "-I", "-S", "-B", "-c", _START]
