"""What a box's report means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobtwin.core.check import Reason
from jobtwin.verification.engine import BUSY, Limit
from jobtwin.verification.f2.box import BoxReport
from jobtwin.verification.f2.finding import Finding, shown
from jobtwin.verification.f2.services import NO_SERVICES, Services
from jobtwin.verification.f2.settings import MIB, ContainerSettings
from jobtwin.verification.f2.signs import (
    NO_NETWORK,
    NO_ROOM,
    NO_SERVICE,
    NO_WHEEL,
    PACKAGES,
    READ_ONLY,
    last_error,
    last_step,
)

_NEARLY = 0.98
_NOT_YET = 500
"""From this status on an answer is what a service says that is not ready."""


@dataclass(frozen=True)
class Evidence:
    """What a judgement looks at beside the report."""

    box: BoxReport
    limits: ContainerSettings
    given_up: tuple[str, ...] = ()
    services: Services = NO_SERVICES

    @property
    def memory_full(self) -> bool:
        """Whether the kernel killed something of the box for memory, or came that near to it."""
        peak = self.box.peak_memory
        return self.box.out_of_memory or (peak is not None and peak >= self.limits.memory_bytes * _NEARLY)

    @property
    def processes_full(self) -> bool:
        peak = self.box.peak_processes
        return peak is not None and peak >= self.limits.processes


def judge(evidence: Evidence) -> Finding:
    """The finding of a report; the first thing that went wrong decides."""
    report = evidence.box.report
    build = report.get("build")
    if build is None or "error" in report:
        return _box_failed(evidence)
    if build["exit"] != 0:
        return _build_failed(evidence, build)
    if "not_startable" in report:
        return Finding(
            Reason.DOES_NOT_START, f"the image cannot be started: {shown(report['not_startable'], 200)}"
        )
    return _started(evidence, report["start"], report["asked"])


def _box_failed(evidence: Evidence) -> Finding:
    """The box ended before its driver could report."""
    limits, box = evidence.limits, evidence.box
    if box.killed_for is Limit.WALL:
        last = next(reversed(list(box.phases)), "")
        said = f"build and start took longer than {limits.wall_seconds:g} s together"
        return _unless_starved(evidence, last, Finding(Reason.TIMEOUT, said))
    if evidence.memory_full:
        return Finding(
            Reason.OUT_OF_MEMORY, _memory_sentence("the build", limits.memory_bytes, "memory_bytes")
        )
    if box.killed_for is Limit.OUTPUT:
        return Finding(Reason.OUTPUT_LIMIT, "the build printed more than its limit (output_bytes)")
    said = shown(str(box.report.get("error") or box.stderr.strip()[-200:] or "no message"), 300)
    return Finding(Reason.INFRASTRUCTURE, f"the container box failed on this platform: {said}")


def _unless_starved(evidence: Evidence, phase: str, late: Finding) -> Finding:
    """A finding that only says that something came too late: not the submission's, where it was held up."""
    if evidence.box.was_starved(phase):
        return Finding(Reason.INFRASTRUCTURE, f"{late.summary}; {BUSY}")
    return late


def _memory_sentence(what: str, limit: int, name: str) -> str:
    return f"{what} needed more than {limit / MIB:.0f} MiB of memory (limit {name})"


def _limit_of_build(evidence: Evidence, build: Mapping[str, Any]) -> Finding | None:
    limits, log = evidence.limits, str(build["log"])
    if build["flooded"]:
        return Finding(
            Reason.OUTPUT_LIMIT,
            f"the build printed more than {limits.output_bytes} bytes (limit output_bytes)",
        )
    if evidence.processes_full:
        said = (
            f"the build started more than {limits.processes} processes and threads at once (limit processes)"
        )
        return Finding(Reason.TOO_MANY_PROCESSES, said)
    if build["exit"] is None:
        said = f"the build took longer than {limits.build_seconds:g} s (limit build_seconds)"
        return _unless_starved(evidence, "build", Finding(Reason.TIMEOUT, said))
    if NO_ROOM.search(log) and build["least_free"] < limits.disk_bytes * (1 - _NEARLY) + MIB:
        said = f"the build wrote more than {limits.disk_bytes / MIB:.0f} MiB or too many files (disk_bytes)"
        return Finding(Reason.DISK_FULL, said)
    if evidence.memory_full:
        return Finding(
            Reason.OUT_OF_MEMORY, _memory_sentence("the build", limits.memory_bytes, "memory_bytes")
        )
    return None


def _build_failed(evidence: Evidence, build: Mapping[str, Any]) -> Finding:
    limit = _limit_of_build(evidence, build)
    if limit is not None:
        return limit
    log = str(build["log"])
    step = last_step(log)
    missing = NO_WHEEL.search(log)
    if missing:
        return _no_wheel(missing[1], evidence.given_up)
    if NO_NETWORK.search(log):
        return _no_network(step)
    return Finding(
        Reason.BUILD_FAILED, f"the build failed at {shown(step, 120)}: {shown(last_error(log), 200)}"
    )


def _no_wheel(name: str | None, given_up: tuple[str, ...]) -> Finding:
    """pip lacks a package: which ones are laid ready was read from the files, so the fault may be ours."""
    what = shown(name, 80) if name else "a package"
    more = f" ({', '.join(given_up[:5])} could not be resolved)" if given_up else ""
    said = (
        f"the build installs {what}, and no wheel of it was laid ready: name it in a requirement file{more}"
    )
    return Finding(Reason.UNRESOLVABLE_STATICALLY, said)


def _no_network(step: str) -> Finding:
    if PACKAGES.search(step):
        said = f"the build has no network, and {shown(step, 120)} "
        said += "needs packages that this platform does not lay ready"
        return Finding(Reason.NOT_SUPPORTED, said)
    said = f"the build reached for the network at {shown(step, 120)}; put what it needs in the repository"
    return Finding(Reason.NEEDS_NETWORK, said)


def _started(evidence: Evidence, start: Mapping[str, Any], asked: Mapping[str, Any]) -> Finding:
    limits = evidence.limits
    well = start["healthy"]
    if well is None or not start["stays"]:
        failed = _not_well(evidence, start, asked)
        return _service_or(evidence, failed, start)
    if not start.get("stopped"):
        name = start.get("stop_signal", "its stop signal")
        said = f"it did not stop within {limits.stop_seconds:g} s of {name}"
        hint = "; the first process of a container must handle the signal, or exec the one that does"
        return _unless_starved(evidence, "stop", Finding(Reason.UNHEALTHY, said + hint))
    took = f"started in {start['start_seconds']:.1f} s, GET {well[1]} on port {well[0]} gave {well[2]}"
    return Finding(Reason.OK, f"builds without network, {took}, stopped in {start['stop_seconds']:.1f} s")


def _limit_of_start(evidence: Evidence, start: Mapping[str, Any]) -> Finding | None:
    limits, log = evidence.limits, str(start["log"])
    ended = start["exit_before_stop"]
    if start["flooded"]:
        said = f"the container printed more than {limits.output_bytes} bytes (limit output_bytes)"
        return Finding(Reason.OUTPUT_LIMIT, said)
    # By the kernel's own count alone: anything can end with 137.
    if start.get("app_out_of_memory"):
        said = _memory_sentence("the container", limits.app_memory_bytes, "app_memory_bytes")
        return Finding(Reason.OUT_OF_MEMORY, said)
    if start.get("app_processes", 0) >= limits.app_processes or evidence.processes_full:
        said = (
            f"the container started more than {limits.app_processes} processes at once (limit app_processes)"
        )
        return Finding(Reason.TOO_MANY_PROCESSES, said)
    if NO_ROOM.search(log) and ended is not None:
        amount = f"{limits.app_tmp_bytes / MIB:.0f} MiB"
        said = f"the container wrote more than {amount} to /tmp or a volume (limit app_tmp_bytes)"
        return Finding(Reason.DISK_FULL, said)
    return None


def _not_well(evidence: Evidence, start: Mapping[str, Any], asked: Mapping[str, Any]) -> Finding:
    limit = _limit_of_start(evidence, start)
    if limit is not None:
        return limit
    limits, log, ended = evidence.limits, str(start["log"]), start["exit_before_stop"]
    if start["healthy"] is not None:
        how = f"ended with exit code {ended}" if ended is not None else "answered no longer"
        said = f"it was well at first, then {how} within {limits.settle_seconds:g} s"
        gone = Finding(Reason.UNHEALTHY, said)
        return gone if ended is not None else _unless_starved(evidence, "settle", gone)
    if ended is not None:
        hint = (
            "; the root file system is read-only, only /tmp and volumes can be written"
            if READ_ONLY.search(log)
            else ""
        )
        last = shown(last_error(log), 160)
        return Finding(
            Reason.DOES_NOT_START, f"it ended with exit code {ended} before it answered: {last}{hint}"
        )
    return _no_answer(evidence, start, asked)


def _no_answer(evidence: Evidence, start: Mapping[str, Any], asked: Mapping[str, Any]) -> Finding:
    ports = ", ".join(map(str, asked["ports"]))
    listening = ", ".join(map(str, start["listening"]))
    if not ports:
        said = "no port is declared: add EXPOSE, or [container] port in jobtwin.toml"
        return Finding(Reason.UNHEALTHY, said + (f"; it listens on {listening}" if listening else ""))
    if start["local_only"]:
        said = f"port {ports} answers on 127.0.0.1 alone, where nobody outside reaches it; listen on 0.0.0.0"
        return Finding(Reason.UNHEALTHY, said)
    if start["answers"]:
        port, path, status = start["answers"][0]
        gave = f"gave {status}" if status is not None else "gave no HTTP answer"
        odd = Finding(Reason.UNHEALTHY, f"GET {shown(str(path), 80)} on port {port} {gave}, not 2xx")
        return _unless_starved(evidence, "start", odd) if status is None or status >= _NOT_YET else odd
    other = f"; it listens on {listening}" if listening else "; it listens on no port"
    said = f"nothing answered on port {ports} within {evidence.limits.start_seconds:g} s{other}"
    return _unless_starved(evidence, "start", Finding(Reason.UNHEALTHY, said))


def _service_or(evidence: Evidence, failed: Finding, start: Mapping[str, Any]) -> Finding:
    """A container that waits for a service which does not run beside it is nobody's failure."""
    if failed.reason not in {Reason.DOES_NOT_START, Reason.UNHEALTHY}:
        return failed
    looked = NO_SERVICE.search(str(start["log"])) is not None
    broken = [kind for kind, one in start.get("services", {}).items() if one["ready_seconds"] is None]
    if broken:
        said = f"{', '.join(broken)} did not become ready beside it; on its own: {failed.summary}"
        return Finding(Reason.INFRASTRUCTURE, said)
    if evidence.services.absent and (looked or evidence.services.demanded):
        names = ", ".join(evidence.services.absent[:6])
        said = f"it needs {names} beside it, which does not run here; on its own: {failed.summary}"
        return Finding(Reason.NEEDS_SERVICE, said)
    if looked and (failed.reason is Reason.DOES_NOT_START or _says_nothing(start)):
        said = f"it waits for a service that it does not declare ([container] services): {failed.summary}"
        return Finding(Reason.NEEDS_SERVICE, said)
    return failed


def _says_nothing(start: Mapping[str, Any]) -> bool:
    """Whether it stays there without listening anywhere, as something that waits does."""
    return not start["listening"] and not start["answers"]
