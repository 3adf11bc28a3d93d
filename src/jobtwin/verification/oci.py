"""The OCI bundle of a run: the same view, limits and lack of privilege as under bubblewrap.

Source: the OCI runtime specification 1.0, config.md and config-linux.md.
"""

from pathlib import Path
from typing import Any

from jobtwin.verification.engine import Job
from jobtwin.verification.rootfs import HOST, INNER_ID, Place, environment_of, places_of
from jobtwin.verification.seccomp import DENIED

_CAPABILITY_SETS = ("bounding", "effective", "inheritable", "permitted", "ambient")
_NAMESPACES = ("pid", "network", "ipc", "uts", "mount", "cgroup")
_MASKED = (
    *("/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list"),
    *("/proc/timer_stats", "/proc/sched_debug", "/proc/scsi"),
)
_READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")


def oci_config(
    job: Job, *, scratch: Path, machine: str, rlimits: dict[str, int], start: list[str], closed_dev: bool
) -> dict[str, Any]:
    """config.json for a runtime that starts `start` followed by the command of `job`.

    `machine` is the name of the processor as uname(2) has it, `rlimits` by name (hard and soft alike);
    `closed_dev` mounts /dev read-only, which only root could write anyway.
    """
    environment = {**environment_of(job), "PWD": job.cwd}
    return {
        "ociVersion": "1.0.2",
        "hostname": HOST,
        "process": {
            "terminal": False,
            "user": {"uid": INNER_ID, "gid": INNER_ID},
            "args": [*start, *job.argv],
            "env": [f"{name}={value}" for name, value in environment.items()],
            "cwd": job.cwd,
            "capabilities": {name: [] for name in _CAPABILITY_SETS},
            "rlimits": [{"type": name, "hard": value, "soft": value} for name, value in rlimits.items()],
            "noNewPrivileges": True,
        },
        "root": {"path": f"{scratch}/root", "readonly": True},
        "mounts": [
            mount for place in places_of(job, scratch) for mount in _mounts(place, closed_dev=closed_dev)
        ],
        "linux": {
            "namespaces": [{"type": name} for name in _NAMESPACES],
            "seccomp": _seccomp(machine),
            "maskedPaths": list(_MASKED),
            "readonlyPaths": list(_READ_ONLY),
        },
    }


def root_links(job: Job, scratch: Path) -> dict[str, str | None]:
    """What stands in the root folder itself: folders (None), and links with what they say."""
    return {
        place.target.lstrip("/"): place.source or None
        for place in places_of(job, scratch)
        if place.kind in {"link", "folder"}
    }


def _seccomp(machine: str) -> dict[str, object] | None:
    if machine not in DENIED:
        return None
    names = sorted(DENIED[machine])
    return {
        "defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [{"names": names, "action": "SCMP_ACT_ERRNO", "errnoRet": 1}],
    }


def _mounts(place: Place, *, closed_dev: bool) -> list[dict[str, object]]:
    """Options name nosuid and nodev throughout: what a private mount has already cannot be taken away."""
    match place.kind:
        case "read":
            return [_bind(place, "ro")]
        case "write":
            return [_bind(place, "rw")]
        case "mask":
            return [empty_place(place.target)]
        case "proc":
            return [_mount("/proc", "proc", "nosuid", "nodev", "noexec")]
        case "dev":
            pts = ("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620")
            return [
                _mount(
                    "/dev",
                    "tmpfs",
                    "ro" if closed_dev else "rw",
                    "nosuid",
                    "strictatime",
                    "mode=755",
                    "size=64k",
                ),
                _mount("/dev/pts", "devpts", *pts),
            ]
        case "link" | "folder":
            return []


def empty_place(target: str) -> dict[str, object]:
    """A mount that shows an empty folder which cannot be written."""
    return _mount(target, "tmpfs", "ro", "nosuid", "nodev", "noexec", "size=4k")


def _bind(place: Place, access: str) -> dict[str, object]:
    options = ["rbind", access, "nosuid", "nodev"]
    return {"destination": place.target, "type": "bind", "source": place.source, "options": options}


def _mount(target: str, kind: str, *options: str) -> dict[str, object]:
    return {"destination": target, "type": kind, "source": kind, "options": list(options)}
