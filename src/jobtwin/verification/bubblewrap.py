"""The default engine: bubblewrap for namespaces, control groups for limits."""

import platform
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from jobtwin.verification.engine import EngineFailure, Job
from jobtwin.verification.rootfs import bubblewrap_arguments
from jobtwin.verification.seccomp import filter_program
from jobtwin.verification.staged import INNER_STATUS_FD, SECCOMP_FD, StagedEngine, Start, hierarchies_here

_FILTER = filter_program(platform.machine())


@dataclass(frozen=True)
class Bubblewrap(StagedEngine):
    """Gives up root before bubblewrap starts; works for an ordinary user, too."""

    name: str = "bubblewrap"

    @classmethod
    def on_this_machine(cls, *, work: Path, python: Path) -> Self:
        """Find the program and the control groups. Raises EngineFailure where bubblewrap is missing."""
        program = shutil.which("bwrap")
        if program is None:
            raise EngineFailure(
                "bubblewrap is not installed: install the package `bubblewrap`", retry=False, code="no_engine"
            )
        return cls(program, work, python, hierarchies_here())

    def start(self, job: Job, scratch: Path) -> Start:
        argv = bubblewrap_arguments(
            job,
            program=self.program,
            scratch=scratch,
            status_fd=INNER_STATUS_FD,
            seccomp_fd=SECCOMP_FD if _FILTER is not None else None,
        )
        return Start(argv, self.rlimits(job), seccomp=_FILTER)
