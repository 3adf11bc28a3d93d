"""The start: runc with the bundle, probes until an answer is well, two seconds more, then the stop."""

import contextlib
import json
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .build import ENVIRONMENT, HOME
from .bundle import image_environment, write_bundle
from .child import Child
from .needs import PORTS, Needs, hosts_file, read_needs
from .network import make_network
from .oci import call_runc, runc
from .probe import ask
from .services import start_services
from .tell import Teller

_ID = "submission"
_LOOK_SECONDS = 0.1
_PEAKS = {
    "memory": {"app_memory_bytes": "memory.max_usage_in_bytes"},
    "pids": {"app_processes": "pids.peak"},
    "": {"app_memory_bytes": "memory.peak", "app_processes": "pids.peak"},
}
_KILLS = {"memory": "memory.oom_control", "": "memory.events"}
_SIGNAL = re.compile(r"(?:SIG)?[A-Z0-9+-]{2,12}|[0-9]{1,2}")


def start(plan: dict[str, Any], tell: Teller, *, root: Path, config: dict[str, Any]) -> dict[str, Any]:
    """Runs the image with the services of the plan beside it, and reports; `services` tells how they
    fared. Raises NotStartable where the image's configuration cannot be run."""
    network = HOME / "network"
    make_network(network)
    declared = [one["environment"] for one in plan["services"].values()]
    needs = read_needs(list(plan["services"]), [*declared, image_environment(config), plan["environment"]])
    _prepare(plan, needs)
    write_bundle(HOME / "bundle", root=root, config=config, plan=plan, network=network)
    if plan["services"]:
        tell.phase("services")
    beside = start_services(plan, needs, network)
    try:
        report = _run(plan, tell, config)
    finally:
        for one in beside.values():
            one.stop()
    return report | {"services": {kind: one.report() for kind, one in beside.items()}}


def _prepare(plan: dict[str, Any], needs: Needs) -> None:
    """Names and variables under which the container finds its services."""
    kinds = list(plan["services"])
    names = [name for one in plan["services"].values() for name in one["names"]]
    plan["hosts"] = str(HOME / "hosts")
    Path(plan["hosts"]).write_text(hosts_file([*kinds, *names, *(needs.hosts if kinds else ())]))
    plan["environment"] = {**plan["environment"], **needs.environment}
    plan["not_its_own"] = [PORTS[kind] for kind in kinds]


def _run(plan: dict[str, Any], tell: Teller, config: dict[str, Any]) -> dict[str, Any]:
    pid_file = HOME / "pid"
    command = [*runc(), "run", "--keep", "--bundle", str(HOME / "bundle"), "--pid-file", str(pid_file), _ID]
    child = Child(command, cap=plan["output_bytes"], environment=ENVIRONMENT)
    try:
        return _watch(plan, tell, child, pid_file, str(config.get("StopSignal") or "SIGTERM"))
    finally:
        call_runc("delete", "--force", _ID)
        child.kill()


def _watch(
    plan: dict[str, Any], tell: Teller, child: Child, pid_file: Path, stop_signal: str
) -> dict[str, Any]:
    report: dict[str, Any] = {"answers": [], "local_only": [], "listening": [], "healthy": None}
    tell.phase("start", child.log)
    first = _until_well(plan, tell, child, pid_file, report)
    if first is not None:
        report["healthy"] = first
        report["start_seconds"] = round(child.seconds, 3)
        tell.phase("settle", child.log)
        report["stays"] = _stays(plan, child, pid_file, first)
    report["exit_before_stop"] = child.exit_code()
    report["flooded"] = child.flooded
    report |= _group()
    if report["exit_before_stop"] is None and report["healthy"]:
        tell.phase("stop", child.log)
        report |= _stop(plan, child, stop_signal)
    report["log"] = child.log()
    return report


def _until_well(
    plan: dict[str, Any], tell: Teller, child: Child, pid_file: Path, report: dict[str, Any]
) -> list[object] | None:
    """The first [port, path, status] with 2xx, or None where it ended, flooded, or took too long."""
    while child.exit_code() is None and not child.flooded and child.seconds < plan["start_seconds"]:
        tell.look()
        pid = _pid(pid_file)
        if pid is not None:
            found = ask(pid, ports=plan["ports"], paths=plan["paths"], seconds=plan["probe_seconds"])
            found["listening"] = [one for one in found["listening"] if one not in plan["not_its_own"]]
            if child.exit_code() is None:
                report |= found
            well = [one for one in found["answers"] if one[2] is not None and 200 <= one[2] < 300]
            if well:
                return list(well[0])
            if not plan["ports"] and found["listening"]:
                return None
        time.sleep(_LOOK_SECONDS)
    child.wait(0)
    return None


def _stays(plan: dict[str, Any], child: Child, pid_file: Path, first: list[object]) -> bool:
    """Whether it is still there, and well, after the settling time."""
    child.wait(plan["settle_seconds"])
    pid = _pid(pid_file)
    if child.exit_code() is not None or pid is None:
        return False
    port, path = int(str(first[0])), str(first[1])
    again = ask(pid, ports=[port], paths=[path], seconds=plan["probe_seconds"])["answers"]
    return bool(again) and again[0][2] is not None and 200 <= again[0][2] < 300


def _stop(plan: dict[str, Any], child: Child, stop_signal: str) -> dict[str, Any]:
    name = stop_signal.upper() if _SIGNAL.fullmatch(stop_signal.upper()) else "SIGTERM"
    asked = time.monotonic()
    if not call_runc("kill", _ID, name) and child.exit_code() is None:
        name = "SIGTERM"
        call_runc("kill", _ID, name)
    code = child.wait(plan["stop_seconds"])
    return {
        "stop_signal": name,
        "stopped": code is not None,
        "stop_seconds": round(time.monotonic() - asked, 3),
        "exit": code,
    }


def _pid(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text())
    except (OSError, ValueError):
        return None


def _group() -> dict[str, Any]:
    """What the container's own control groups counted so far; empty before it was made. They stay after its
    end, because it is kept until it is deleted."""
    try:
        state = json.loads((HOME / "runc" / _ID / "state.json").read_text())
    except (OSError, ValueError):
        return {}
    return counted(state["cgroup_paths"])


def counted(folders: Mapping[str, str]) -> dict[str, Any]:
    """Peaks, and whether the kernel killed for memory, from the folder of each controller; version 2 has one
    folder, under no name."""
    found: dict[str, Any] = {}
    for controller, folder in folders.items():
        for key, name in _PEAKS.get(controller, {}).items():
            with contextlib.suppress(OSError, ValueError):
                found[key] = int(Path(folder, name).read_text())
        if controller in _KILLS:
            with contextlib.suppress(OSError):
                words = Path(folder, _KILLS[controller]).read_text().split()
                found["app_out_of_memory"] = "oom_kill" in words and words[words.index("oom_kill") + 1] != "0"
    return found
