"""Builds and starts one submission inside its box, and reports what happened as one JSON object.

Started by the box with the system's interpreter, isolated, with nothing of the package on its path but
this folder. It judges nothing.
"""

import ctypes
import json
import os
from pathlib import Path
from typing import Any

from .build import HOME, build, describe, mount, prepare
from .bundle import NotStartable
from .health import health_target
from .start import start
from .tell import Teller

_NOSUID, _NODEV = 2, 4


def main() -> None:
    """The plan is /job/plan.json; the report goes to the inherited pipe that the plan names."""
    plan: dict[str, Any] = json.loads(Path("/job/plan.json").read_text())
    report: dict[str, Any] = {}
    try:
        _own_file_system(plan)
        prepare(plan)
        _run(plan, report, Teller(plan["status_fd"]))
    except NotStartable as error:
        report["not_startable"] = str(error)
    except (OSError, ValueError, KeyError) as error:
        report["error"] = f"{type(error).__name__}: {error}"[:500]
    report["disk"] = _used()
    with os.fdopen(plan["report_fd"], "wb") as pipe:
        pipe.write(json.dumps(report).encode())


def _own_file_system(plan: dict[str, Any]) -> None:
    """Everything that build and container write lies on one memory file system of fixed size."""
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"size={plan['disk_bytes']},nr_inodes={plan['inodes']},mode=755".encode()
    if libc.mount(b"tmpfs", bytes(HOME), b"tmpfs", _NOSUID | _NODEV, options) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"mount: {os.strerror(number)}")


def _run(plan: dict[str, Any], report: dict[str, Any], tell: Teller) -> None:
    report["build"] = build(plan, tell)
    if report["build"]["exit"] != 0:
        return
    report["image"] = describe()
    config = report["image"]["config"]
    plan["ports"], plan["paths"] = _targets(plan, config)
    report["asked"] = {"ports": plan["ports"], "paths": plan["paths"]}
    report["start"] = start(plan, tell, root=mount(), config=config)


def _targets(plan: dict[str, Any], config: dict[str, Any]) -> tuple[list[int], list[str]]:
    target = health_target(config, port=plan["port"], path=plan["health"])
    return list(target.ports), list(target.paths)


def _used() -> dict[str, int]:
    status = os.statvfs(HOME)
    return {
        "bytes": (status.f_blocks - status.f_bfree) * status.f_frsize,
        "inodes": status.f_files - status.f_ffree,
    }


if __name__ == "__main__":
    main()
