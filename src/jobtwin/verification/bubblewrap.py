"""The default engine: bubblewrap for namespaces, control groups for limits.

Without a writable control group (an unprivileged user on most machines) limits fall back to
resource limits of each process and to the size-capped file system; what cannot be enforced then
is named in `Outcome.unenforced`.
"""

import json
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from jobtwin.verification.cgroups import Groups, Hierarchy, find_hierarchies, reap
from jobtwin.verification.engine import MAX_STDIN, RESULT_FD, EngineFailure, Job, Limit, Outcome, Usage
from jobtwin.verification.rootfs import ETC, bubblewrap_arguments
from jobtwin.verification.seccomp import filter_program
from jobtwin.verification.supervise import Supervised, Watch, clean_text, supervise
from jobtwin.verification.workspace import reap_folders, work_folder

SANDBOX_UID = 64_111
"""The host's user id of every run when the verifier is root: it owns nothing anywhere."""

_STAGE = Path(__file__).parent / "inside" / "stage.py"
_INNER_STATUS_FD, _SECCOMP_FD = 8, 7
_FILTER = filter_program(platform.machine())
_NEARLY_FULL = 4096


@dataclass(frozen=True)
class Bubblewrap:
    """Runs jobs below `work` (a folder), with the interpreter `python` for the preparation."""

    program: str
    work: Path
    python: Path
    hierarchies: dict[str, Hierarchy]
    uid: int = SANDBOX_UID
    name: str = "bubblewrap"

    @classmethod
    def on_this_machine(cls, *, work: Path, python: Path) -> "Bubblewrap":
        """Find the program and the control groups. Raises EngineFailure where bubblewrap is missing."""
        program = shutil.which("bwrap")
        if program is None:
            raise EngineFailure(
                "bubblewrap is not installed: install the package `bubblewrap`", retry=False, code="no_engine"
            )
        hierarchies = find_hierarchies(
            mounts=Path("/proc/self/mounts").read_text(), own=Path("/proc/self/cgroup").read_text()
        )
        return cls(program, work, python, hierarchies)

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
        """Run one job and leave nothing behind. Raises EngineFailure where the sandbox itself failed."""
        if len(job.stdin) > MAX_STDIN:
            raise ValueError(f"a job's standard input holds at most {MAX_STDIN} bytes")
        limits = job.limits
        try:
            groups = Groups(self.hierarchies, memory_bytes=limits.memory_bytes, processes=limits.processes)
        except OSError as error:
            raise EngineFailure(f"no control group could be made: {error}", retry=True) from error
        try:
            with work_folder(self.work) as folder:
                watch = Watch(cpu_seconds=groups.cpu_seconds, kill=groups.kill)
                ended = supervise(
                    lambda result, status: self._command(job, folder, groups, result, status),
                    limits=limits,
                    stdin=job.stdin,
                    watch=watch,
                )
                return self._outcome(ended, groups)
        except OSError as error:
            raise EngineFailure(f"the sandbox could not be started: {error}", retry=True) from error
        finally:
            groups.close()

    def _command(self, job: Job, folder: Path, groups: Groups, result: int, status: int) -> list[str]:
        scratch = _free_mount_point([*job.copies, *(layer.source for layer in job.layers)])
        plan = {
            "parent": os.getpid(),
            "cgroups": groups.joins(),
            "scratch": str(scratch),
            "disk_bytes": job.limits.disk_bytes,
            "inodes": job.limits.inodes,
            "layers": [str(layer.source) for layer in job.layers],
            "copies": [str(copy) for copy in job.copies],
            "etc": ETC,
            "uid": self.uid,
            "rlimits": self._rlimits(job),
            "status_fd": status,
            "inner_status_fd": _INNER_STATUS_FD,
            "outer_result_fd": result,
            "result_fd": RESULT_FD,
            "collect": str(job.collect) if job.collect else None,
            "seccomp": _FILTER.hex() if _FILTER is not None else None,
            "seccomp_fd": _SECCOMP_FD,
            "argv": bubblewrap_arguments(
                job,
                program=self.program,
                scratch=scratch,
                status_fd=_INNER_STATUS_FD,
                seccomp_fd=_SECCOMP_FD if _FILTER is not None else None,
            ),
        }
        path = folder / "plan.json"
        path.write_text(json.dumps(plan))
        return [str(self.python), "-I", "-S", str(_STAGE), str(path)]

    def _rlimits(self, job: Job) -> dict[str, int]:
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

    def _outcome(self, ended: Supervised, groups: Groups) -> Outcome:
        report = _last_line(ended.status)
        if "error" in report:
            raise EngineFailure(f"the sandbox could not be prepared: {report['error']}", retry=True)
        out_of_memory = groups.out_of_memory()
        exit_code = report.get("exit")
        if exit_code is None and ended.killed_for is None and not out_of_memory:
            raise EngineFailure(
                f"bubblewrap failed: {clean_text(ended.stderr)[-300:].strip() or 'no message'}", retry=True
            )
        if "collect_error" in report:
            exit_code = 125
        hit = [ended.killed_for] if ended.killed_for else []
        hit += [Limit.PROCESSES] if groups.refused_processes() else []
        hit += [Limit.MEMORY] if out_of_memory else []
        hit += [Limit.DISK] if report.get("disk_free", _NEARLY_FULL) < _NEARLY_FULL else []
        hit += [Limit.INODES] if report.get("inodes_free", 1) < 1 else []
        return Outcome(
            exit_code=exit_code,
            signal=exit_code - 128 if exit_code is not None and exit_code > 128 else None,
            limits_hit=tuple(hit),
            stdout=clean_text(ended.stdout),
            stderr=clean_text(ended.stderr),
            result=ended.result,
            usage=Usage(
                wall_seconds=ended.wall_seconds,
                cpu_seconds=groups.cpu_seconds(),
                memory_bytes=groups.peak_memory(),
                processes=groups.peak_processes(),
                disk_bytes=report.get("disk"),
                inodes=report.get("inodes"),
            ),
            unenforced=self.unenforced(),
        )


def _free_mount_point(sources: list[Path]) -> Path:
    """A folder to cover in the run's own mount namespace; every user may pass through its parents."""
    for place in map(Path, ("/mnt", "/media", "/srv")):
        if place.is_dir() and not any(place in source.resolve().parents for source in sources):
            return place
    raise EngineFailure("none of /mnt, /media and /srv is free as a mount point", retry=False)


def _last_line(status: bytes) -> dict[str, int]:
    lines = status.splitlines()
    document: dict[str, int] = json.loads(lines[-1]) if lines else {}
    return document


def default_work_folder() -> Path:
    """Where private folders of runs go unless a setting names another place."""
    return Path(tempfile.gettempdir()) / f"jobtwin-work-{os.getuid()}"
