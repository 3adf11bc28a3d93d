"""The engine gVisor (runsc): a kernel of its own between the run and the host's.

Its platform is ptrace: the KVM platform hung where it was tried, and a device is no proof that it
works. It costs several times the processor time of the other engines and sometimes dies of itself:
that is `EngineCrash`, never a word about the submission.
"""

import json
import platform
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from jobtwin.verification.engine import RESULT_FD, EngineCrash, EngineFailure, Job, Limit
from jobtwin.verification.oci import empty_place, oci_config, root_links
from jobtwin.verification.rootfs import INNER_ID
from jobtwin.verification.runc import RUNTIME_UID, runtime_program
from jobtwin.verification.staged import SANDBOX_UID, StagedEngine, Start, hierarchies_here

_NOBODY = (65_534, SANDBOX_UID + 2)
"""The user that the sandbox process becomes, where it runs without the right to be the runtime's."""

# It passes on no pipe but the three standard ones: input is a socket, and results go back through it.
_FIRST = f'"$@" {RESULT_FD}>&0; exit $?'
_PANICKED, _FATAL = 2, 128


@dataclass(frozen=True)
class Gvisor(StagedEngine):
    """Runs each job as `runsc run`, as the root of a user namespace, without a network.

    Its own processes and threads stand in the run's groups (`spare_processes`); memory is that of its
    kernel and of the run together.
    """

    name: str = "gvisor"
    spare_processes = 200

    @classmethod
    def on_this_machine(cls, *, work: Path, python: Path) -> Self:
        """Find the program and the control groups. Raises EngineFailure where runsc cannot be used."""
        return cls(runtime_program("runsc", package="runsc"), work, python, hierarchies_here())

    def start(self, job: Job, scratch: Path) -> Start:
        state = f"{scratch}/runtime"
        config = oci_config(
            job,
            scratch=scratch,
            machine=platform.machine(),
            rlimits=self.rlimits(job),
            start=["/usr/bin/sh", "-c", _FIRST, "sh"],
            closed_dev=False,  # its devices could not be written either
        )
        # Unless something else stands there, it mounts a /sys of its own making.
        config["mounts"] = [*config["mounts"], empty_place("/sys")]
        argv = [
            *(self.program, "--root", f"{state}/runsc", "--platform=ptrace", "--network=none"),
            *("--rootless", "--ignore-cgroups", "--oci-seccomp"),
            *(f"--log={state}/log", f"--panic-log={state}/panic"),
            *("run", "--pid-file", f"{state}/pid", "--bundle", f"{scratch}/bundle"),
            # It names a socket of the host's network by this: runs at the same time need names apart.
            f"submission-{secrets.token_hex(8)}",
        ]
        return Start(
            argv,
            rlimits={"RLIMIT_CORE": 0},
            environment={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            ids=((0, RUNTIME_UID), (INNER_ID, self.uid), _NOBODY),
            files={"bundle/config.json": json.dumps(config)},
            root=root_links(job, scratch),
            started=f"{state}/pid",
            logs=(f"{state}/log", f"{state}/panic"),
            channel="socket",
            result_fd=0,
        )

    def unenforced(self) -> tuple[Limit, ...]:
        """Its kernel knows no limit of processes and threads; the host's holds what stands behind them."""
        return (*super().unenforced(), Limit.PROCESSES)

    def failure(self, report: Mapping[str, Any], exit_code: int | None, stderr: str) -> EngineFailure | None:
        """A run that ends with these codes by itself leaves no such line in the runtime's own log."""
        log = str(report.get("log", ""))
        panicked = exit_code == _PANICKED and ("panic" in log or "goroutine" in log)
        if panicked or (exit_code == _FATAL and "FATAL ERROR" in log):
            said = next((one for one in log.splitlines() if "panic" in one or "FATAL" in one), "no message")
            return EngineCrash(f"gVisor crashed: {said[:300]}", retry=True)
        return super().failure(report, exit_code, stderr)
