"""What all engines share: control groups, one prepared file system a run, and the reading of its end.

An engine adds how the prepared run is started (`Start`). Without a writable control group (an
unprivileged user on most machines) limits fall back to resource limits of each process and to the
size-capped file system; what cannot be enforced then is named in `Outcome.unenforced`.
"""

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobtwin.verification.busy import Wanting, look, others_share
from jobtwin.verification.cgroups import Groups, Hierarchy, find_hierarchies, reap
from jobtwin.verification.engine import MAX_STDIN, RESULT_FD, EngineFailure, Job, Limit, Outcome, Usage
from jobtwin.verification.killed import run_until_settled
from jobtwin.verification.rootfs import ETC
from jobtwin.verification.supervise import Supervised, Watch, clean_text, supervise
from jobtwin.verification.workspace import reap_folders, work_folder

SANDBOX_UID = 64_111
"""The host's user id of every run when the verifier is root: it owns nothing anywhere."""

INNER_STATUS_FD, SECCOMP_FD = 8, 7

_STAGE = "import sys; sys.path.append(sys.argv[2]); from inside.stage import main; main()"
_NEARLY_FULL = 4096


@dataclass(frozen=True)
class Start:
    """How a prepared run is started.

    `ids` maps users of the runtime's namespace (the first one is its root) to users of the host, None
    for a program that gives up root itself. `files` lie below the private folder, `root` are folders
    (None) and links of the run's root. `started` is a file that stands once the command runs; `logs` are
    files in which the runtime speaks of itself; `channel` is "socket" where it passes on no pipe. At
    `gate_fd` the first process inside says when it is there and waits for an answer.
    """

    argv: Sequence[str]
    rlimits: Mapping[str, int]
    environment: Mapping[str, str] = field(default_factory=dict)
    seccomp: bytes | None = None
    ids: Sequence[tuple[int, int]] | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    root: Mapping[str, str | None] = field(default_factory=dict)
    started: str | None = None
    logs: Sequence[str] = ()
    result_fd: int = RESULT_FD
    channel: str = "pipe"
    gate_fd: int | None = None


@dataclass(frozen=True)
class StagedEngine(ABC):
    """Runs jobs below `work` (a folder), with the interpreter `python` for the preparation."""

    program: str
    work: Path
    python: Path
    hierarchies: dict[str, Hierarchy]
    uid: int = SANDBOX_UID

    spare_processes = 0
    """Processes and threads that the engine's own program has beside those of a run; where its `Start` has
    a gate, they are counted there and the limit is then drawn exactly."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What reports and JOBTWIN_ENGINE call it."""

    @abstractmethod
    def start(self, job: Job, scratch: Path) -> Start:
        """How `job`, whose private files lie prepared below `scratch`, is started."""

    def failure(self, report: Mapping[str, Any], exit_code: int | None, stderr: str) -> EngineFailure | None:
        """The engine's own failure, where this is one; it is not asked where a limit ended the run."""
        if exit_code is not None:
            return None
        said = stderr[-300:].strip() or str(report.get("log", ""))[-300:].strip() or "no message"
        return EngineFailure(f"{self.name} failed: {said}", retry=True)

    def reap(self) -> int:
        """Remove what a killed verifier left: control groups with their processes, work folders."""
        return reap(self.hierarchies) + reap_folders(self.work)

    def unenforced(self) -> tuple[Limit, ...]:
        """Limits that this machine cannot hold a whole run to."""
        missing = []
        if "memory" not in self.hierarchies:
            missing.append(Limit.MEMORY)
        if "cpuacct" not in self.hierarchies:
            missing.append(Limit.CPU)
        return tuple(missing)

    def run(self, job: Job) -> Outcome:
        """Run one job and leave nothing behind; again where it may have been killed from outside.

        Raises EngineFailure where the sandbox itself failed.
        """
        if len(job.stdin) > MAX_STDIN:
            raise ValueError(f"a job's standard input holds at most {MAX_STDIN} bytes")
        return run_until_settled(self._run_once, job)

    def _run_once(self, job: Job) -> Outcome:
        limits = job.limits
        processes = limits.processes + self.spare_processes
        try:
            groups = Groups(self.hierarchies, memory_bytes=limits.memory_bytes, processes=processes)
        except OSError as error:
            raise EngineFailure(f"no control group could be made: {error}", retry=True) from error
        try:
            with work_folder(self.work) as folder:
                before, wanting = look(), Wanting(groups.members)
                watch = Watch(groups.cpu_seconds, groups.kill, wanting.look)
                ended = supervise(
                    lambda result, status: self._command(job, folder, groups, result, status),
                    limits=limits,
                    stdin=job.stdin,
                    watch=watch,
                )
                others = others_share(before, look(), groups.cpu_seconds())
                return self._outcome(ended, groups, others, wanting.share)
        except OSError as error:
            raise EngineFailure(f"the sandbox could not be started: {error}", retry=True) from error
        finally:
            groups.close()

    def _command(self, job: Job, folder: Path, groups: Groups, result: int, status: int) -> list[str]:
        scratch = _free_mount_point([*job.copies, *(layer.source for layer in job.layers)])
        start = self.start(job, scratch)
        plan = {
            "parent": os.getpid(),
            "cgroups": groups.joins(),
            "scratch": str(scratch),
            "disk_bytes": job.limits.disk_bytes,
            "inodes": job.limits.inodes,
            "layers": [str(layer.source) for layer in job.layers],
            "copies": [str(copy) for copy in job.copies],
            "files": {**{f"etc/{name}": text for name, text in ETC.items()}, **start.files},
            "root": dict(start.root),
            "uid": self.uid,
            "ids": start.ids,
            "rlimits": dict(start.rlimits),
            "status_fd": status,
            "inner_status_fd": INNER_STATUS_FD,
            "outer_result_fd": result,
            "result_fd": start.result_fd,
            "channel": start.channel,
            "gate_fd": start.gate_fd,
            "processes": job.limits.processes,
            "pids": groups.pids_folder(),
            "started": start.started,
            "logs": list(start.logs),
            "collect": str(job.collect) if job.collect else None,
            "seccomp": start.seccomp.hex() if start.seccomp is not None else None,
            "seccomp_fd": SECCOMP_FD,
            "argv": list(start.argv),
            "environment": dict(start.environment),
        }
        path = folder / "plan.json"
        path.write_text(json.dumps(plan))
        return [str(self.python), "-I", "-S", "-c", _STAGE, str(path), str(Path(__file__).parent)]

    def rlimits(self, job: Job) -> dict[str, int]:
        """Resource limits of each process, among them what no control group holds here."""
        limits = {
            "RLIMIT_CORE": 0,
            "RLIMIT_NOFILE": job.limits.open_files,
            "RLIMIT_CPU": max(1, int(job.limits.cpu_seconds) + 1),
        }
        if "memory" not in self.hierarchies:
            limits["RLIMIT_AS"] = job.limits.memory_bytes
        if "pids" not in self.hierarchies:
            limits["RLIMIT_NPROC"] = job.limits.processes
        return limits

    def _outcome(
        self, ended: Supervised, groups: Groups, others: float | None, wanted: float | None
    ) -> Outcome:
        report = _last_line(ended.status)
        if "error" in report:
            raise EngineFailure(f"the sandbox could not be prepared: {report['error']}", retry=True)
        out_of_memory, refused = groups.out_of_memory(), groups.refused_processes()
        exit_code = report.get("exit")
        stderr = clean_text(ended.stderr)
        if ended.killed_for is None and not out_of_memory:
            failure = self.failure(report, exit_code, stderr)
            if failure is not None and not refused:
                raise failure
            exit_code = None if failure is not None else exit_code
        if "collect_error" in report:
            exit_code = 125
        hit = [ended.killed_for] if ended.killed_for else []
        hit += [Limit.PROCESSES] if refused else []
        hit += [Limit.MEMORY] if out_of_memory else []
        hit += [Limit.DISK] if report.get("disk_free", _NEARLY_FULL) < _NEARLY_FULL else []
        hit += [Limit.INODES] if report.get("inodes_free", 1) < 1 else []
        return Outcome(
            exit_code=exit_code,
            signal=exit_code - 128 if exit_code is not None and exit_code > 128 else None,
            limits_hit=tuple(hit),
            stdout=clean_text(ended.stdout),
            stderr=stderr,
            result=ended.result,
            usage=Usage(
                wall_seconds=ended.wall_seconds,
                cpu_seconds=groups.cpu_seconds(),
                memory_bytes=groups.peak_memory(),
                processes=groups.peak_processes(beside=report.get("beside", 0)),
                disk_bytes=report.get("disk"),
                inodes=report.get("inodes"),
                others_share=others,
                wanted_share=wanted,
            ),
            unenforced=self.unenforced(),
            wrote_out=bool(report.get("wrote_out")),
        )


def hierarchies_here() -> dict[str, Hierarchy]:
    """The control groups of this machine in which groups can be made, by controller."""
    return find_hierarchies(
        mounts=Path("/proc/self/mounts").read_text(), own=Path("/proc/self/cgroup").read_text()
    )


def _free_mount_point(sources: list[Path]) -> Path:
    """A folder to cover in the run's own mount namespace; every user may pass through its parents."""
    for place in map(Path, ("/mnt", "/media", "/srv")):
        if place.is_dir() and not any(place in source.resolve().parents for source in sources):
            return place
    raise EngineFailure("none of /mnt, /media and /srv is free as a mount point", retry=False)


def _last_line(status: bytes) -> dict[str, Any]:
    lines = status.splitlines()
    document: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    return document
