"""Engines: one sandboxed run of one command, whatever the technology behind it.

An engine never judges. It says how the command ended, which limit it met, and what it measured;
an engine that could not do its own part raises `EngineFailure`, which is never the learner's fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from jobtwin.core.check import Reason
from jobtwin.core.errors import OutsideFailure

MIB = 1024 * 1024


class EngineFailure(OutsideFailure):
    """The sandbox itself failed: nothing can be said about the submission."""

    code = "engine_crashed"


class EngineCrash(EngineFailure):
    """An engine died in the middle of a run, for which it is known; another engine may do better."""


class Limit(StrEnum):
    """The limits that can end a run."""

    CPU = "cpu_seconds"
    WALL = "wall_seconds"
    MEMORY = "memory_bytes"
    PROCESSES = "processes"
    DISK = "disk_bytes"
    INODES = "inodes"
    OUTPUT = "output_bytes"
    RESULT = "result_bytes"


REASON_OF_LIMIT: Mapping[Limit, Reason] = {
    Limit.CPU: Reason.TIMEOUT,
    Limit.WALL: Reason.TIMEOUT,
    Limit.MEMORY: Reason.OUT_OF_MEMORY,
    Limit.PROCESSES: Reason.TOO_MANY_PROCESSES,
    Limit.DISK: Reason.DISK_FULL,
    Limit.INODES: Reason.DISK_FULL,
    Limit.OUTPUT: Reason.OUTPUT_LIMIT,
    Limit.RESULT: Reason.OUTPUT_LIMIT,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use. Every field is a setting of its own name.

    `cpu_seconds` counts all processes together; `disk_bytes` and `inodes` hold for everything that
    the run can write (its copy of the submission, /tmp and /dev/shm) and lie in memory, so they
    count towards `memory_bytes` too; `output_bytes` is for each of standard output and error.
    """

    cpu_seconds: float = 600.0
    wall_seconds: float = 300.0
    memory_bytes: int = 2048 * MIB
    processes: int = 256
    disk_bytes: int = 1024 * MIB
    inodes: int = 200_000
    output_bytes: int = 16 * MIB
    result_bytes: int = 32 * MIB
    open_files: int = 1024

    def __post_init__(self) -> None:
        for one in fields(self):
            if getattr(self, one.name) <= 0:
                raise ValueError(f"the limit {one.name} must be above zero")
        if self.disk_bytes > self.memory_bytes:
            raise ValueError("disk_bytes may not exceed memory_bytes: the writable files lie in memory")

    def message(self, limit: Limit) -> str:
        """One sentence for the person whose run met `limit`."""
        value = getattr(self, limit.value)
        if limit in {Limit.MEMORY, Limit.DISK, Limit.OUTPUT, Limit.RESULT}:
            amount = f"{value / MIB:.0f} MiB" if value >= MIB else f"{value} bytes"
        elif limit in {Limit.CPU, Limit.WALL}:
            amount = f"{value:g} s"
        else:
            amount = str(value)
        return _SENTENCES[limit].format(amount=amount)


DEFAULT_LIMITS = Limits()

_SENTENCES: Mapping[Limit, str] = {
    Limit.CPU: "the run used more than {amount} of processor time (limit cpu_seconds)",
    Limit.WALL: "the run took longer than {amount} (limit wall_seconds)",
    Limit.MEMORY: "the run needed more than {amount} of memory (limit memory_bytes)",
    Limit.PROCESSES: "the run started more than {amount} processes and threads at once (limit processes)",
    Limit.DISK: "the run wrote more than {amount} (limit disk_bytes)",
    Limit.INODES: "the run made more than {amount} files (limit inodes)",
    Limit.OUTPUT: "the run printed more than {amount} (limit output_bytes)",
    Limit.RESULT: "the run sent more than {amount} of results (limit result_bytes)",
}


@dataclass(frozen=True, slots=True)
class Layer:
    """A folder of the host, mounted read-only at the absolute path `target` inside."""

    source: Path
    target: str


@dataclass(frozen=True, slots=True)
class Job:
    """One command in one fresh sandbox.

    `copies` are folders copied in order, later ones over earlier ones, into a private writable
    /w, where the command starts (`cwd` below it). `stdin` is what it can read, at most 60,000
    bytes. `result_fd` is the number of an inherited pipe whose bytes end in `Outcome.result`.
    `collect` asks for the regular files below /out, copied to that empty folder after the run; `marks`
    gives an /out of which only is asked whether anything lies there.
    """

    argv: tuple[str, ...]
    copies: tuple[Path, ...] = ()
    layers: tuple[Layer, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = DEFAULT_LIMITS
    cwd: str = "/w"
    stdin: bytes = b""
    collect: Path | None = None
    marks: bool = False


RESULT_FD = 9
"""The number of the inherited pipe for results inside every sandbox."""

MAX_STDIN = 60_000


BUSY = "this machine was busy with other work meanwhile, so it will be tried again"
"""Ends the sentence about a run that other work held up."""

STARVED_ABOVE = 0.75
"""The share of all processors that others must use, and of the time in which the run wanted one."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run used at its peak; None where this machine cannot measure it. `others_share` is the share
    of all processors that other work used meanwhile, `wanted_share` that of the time in which the run ran
    or waited for a processor."""

    wall_seconds: float = 0.0
    cpu_seconds: float | None = None
    memory_bytes: int | None = None
    processes: int | None = None
    disk_bytes: int | None = None
    inodes: int | None = None
    others_share: float | None = None
    wanted_share: float | None = None

    @property
    def was_starved(self) -> bool:
        """Whether other work held the run up: it wanted a processor nearly always, and others had them. One
        that sleeps is not held up by anybody."""
        if self.others_share is None or self.wanted_share is None or self.cpu_seconds is None:
            return False
        held = min(self.others_share, self.wanted_share) >= STARVED_ABOVE
        return held and self.cpu_seconds < self.wall_seconds / 2

    def as_json(self) -> dict[str, object]:
        """For the facts of a check: only what was measured."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {k: round(v, 3) if isinstance(v, float) else v for k, v in values.items() if v is not None}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `exit_code` is None where it was killed from outside; `signal` is set where
    a signal ended it; `limits_hit` in order of importance; `stdout` and `stderr` are tails, cleaned
    of control characters; `unenforced` names limits that this machine cannot hold a run to; `wrote_out`
    says whether something lay below /out at the end, False where a limit ended the run."""

    exit_code: int | None
    signal: int | None = None
    limits_hit: tuple[Limit, ...] = ()
    stdout: str = ""
    stderr: str = ""
    result: bytes = b""
    usage: Usage = Usage()
    unenforced: tuple[Limit, ...] = ()
    wrote_out: bool = False


class Engine(Protocol):
    """A way to run a command apart from the host and from every other run."""

    @property
    def name(self) -> str:
        """What reports and JOBTWIN_ENGINE call it."""

    def run(self, job: Job) -> Outcome:
        """Run one job and leave nothing behind. Raises EngineFailure where the sandbox itself failed."""
