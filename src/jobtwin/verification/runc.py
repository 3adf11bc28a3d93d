"""The engine runc, called directly with a bundle of its own for every run.

runc is started as the root of a user namespace (see inside/stage.py): neither it nor the run has any
right on the host, and its state lies in the private file system of the run. That takes two users,
which only a verifier that is root may map; bubblewrap needs one.
"""

import json
import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from jobtwin.verification.engine import RESULT_FD, EngineFailure, Job
from jobtwin.verification.oci import oci_config, root_links
from jobtwin.verification.rootfs import INNER_ID
from jobtwin.verification.staged import SANDBOX_UID, StagedEngine, Start, hierarchies_here

RUNTIME_UID = SANDBOX_UID + 1
"""The host's user id of the runtime: it owns the empty root of a run and nothing else."""

_RESULT, _GATE = 3, 4
"""The pipes that runc passes on; the gate says "ready" and is answered with "go"."""

# The first process of a process namespace has duties and ignores signals: a shell takes that part.
_FIRST = f'echo >&{_GATE}; read _ <&{_GATE}; "$@" {RESULT_FD}>&{_RESULT} {_RESULT}>&- {_GATE}>&-; exit $?'


@dataclass(frozen=True)
class Runc(StagedEngine):
    """Runs each job as `runc run`, without control groups of runc's own: the stage joined ours."""

    name: str = "runc"
    spare_processes = 32

    @classmethod
    def on_this_machine(cls, *, work: Path, python: Path) -> Self:
        """Find the program and the control groups. Raises EngineFailure where runc cannot be used."""
        return cls(runtime_program("runc", package="runc"), work, python, hierarchies_here())

    def start(self, job: Job, scratch: Path) -> Start:
        state = f"{scratch}/runtime"
        config = oci_config(
            job,
            scratch=scratch,
            machine=platform.machine(),
            rlimits=self.rlimits(job),
            start=["/usr/bin/sh", "-c", _FIRST, "sh"],
            closed_dev=True,
        )
        argv = [
            *(self.program, "--root", f"{state}/runc", "--log", f"{state}/log", "run", "--preserve-fds", "2"),
            *("--pid-file", f"{state}/pid", "--bundle", f"{scratch}/bundle", "submission"),
        ]
        return Start(
            argv,
            rlimits={"RLIMIT_CORE": 0},
            environment={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "GOMAXPROCS": "2"},
            ids=((0, RUNTIME_UID), (INNER_ID, self.uid)),
            files={"bundle/config.json": json.dumps(config)},
            root=root_links(job, scratch),
            started=f"{state}/pid",
            logs=(f"{state}/log",),
            result_fd=_RESULT,
            gate_fd=_GATE,
        )


def runtime_program(name: str, *, package: str) -> str:
    """The path of an OCI runtime. Raises EngineFailure where it is missing, or we are not root."""
    program = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if program is None:
        said = f"{name} is not installed: install the package `{package}`"
        raise EngineFailure(said, retry=False, code="no_engine")
    if os.geteuid() != 0:
        said = f"{name} needs a verifier that is root, because it maps two users; bubblewrap needs one"
        raise EngineFailure(said, retry=False, code="no_engine")
    return program
