"""The OCI bundle of a started container: no network, no capability, no new privilege, a read-only root.

Source: the OCI runtime specification 1.0, config.md and config-linux.md.
"""

import json
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

APP = "app"
"""The last name of the control group of the started container."""
_CAPABILITY_SETS = ("bounding", "effective", "inheritable", "permitted", "ambient")
_MASKED = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/firmware",
]
_READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
_NAMESPACES = ("pid", "ipc", "uts", "mount")
_MAX_PASSWD = 1_000_000
_MAX_VOLUMES = 20
_NOT_VOLUMES = frozenset({"/", "/tmp", "/proc", "/dev", "/etc"})  # noqa: S108 - compared only


class NotStartable(Exception):
    """The image's own configuration cannot be started; the message says why."""


@dataclass(frozen=True)
class Contained:
    """One container: what it runs as whom, what it sees, and its limits. `network` is the file of its
    network namespace, `group` the name of its control groups, relative to ours."""

    args: Sequence[str]
    environment: Mapping[str, str]
    uid: int
    gid: int
    cwd: str
    root: Path
    mounts: Sequence[dict[str, Any]]
    network: Path
    group: str
    memory_bytes: int
    processes: int


def write_bundle(
    folder: Path, *, root: Path, config: dict[str, Any], plan: dict[str, Any], network: Path
) -> None:
    """Writes config.json for an image's configuration. Raises NotStartable."""
    argv = [*(config.get("Entrypoint") or []), *(config.get("Cmd") or [])]
    if not argv:
        raise NotStartable("the image has neither CMD nor ENTRYPOINT")
    uid, gid, home = in_root(root, str(config.get("User") or "0"))
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home}
    cwd = str(config.get("WorkingDir") or "/")
    contained = Contained(
        args=argv,
        environment={**environment, **image_environment(config), **plan["environment"]},
        uid=uid,
        gid=gid,
        cwd=cwd if cwd.startswith("/") else f"/{cwd}",
        root=root,
        mounts=_own_mounts(config, plan),
        network=network,
        group=f"{plan['group']}/{APP}",
        memory_bytes=plan["app_memory_bytes"],
        processes=plan["app_processes"],
    )
    write_document(folder, contained, plan)


def image_environment(config: Mapping[str, Any]) -> dict[str, str]:
    """The variables that an image sets."""
    return dict(str(pair).partition("=")[::2] for pair in config.get("Env") or [])


def write_document(folder: Path, one: Contained, plan: Mapping[str, Any]) -> None:
    """Writes config.json: no capability and no new privilege, whoever it is for."""
    document = {
        "ociVersion": "1.0.2",
        "hostname": "container",
        "process": {
            "terminal": False,
            "user": {"uid": one.uid, "gid": one.gid},
            "args": [str(word) for word in one.args],
            "env": [f"{name}={value}" for name, value in one.environment.items()],
            "cwd": one.cwd,
            "capabilities": {name: [] for name in _CAPABILITY_SETS},
            "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 4096, "soft": 4096}, _no_core()],
            "noNewPrivileges": True,
        },
        "root": {"path": str(one.root), "readonly": True},
        "mounts": [*_common_mounts(plan), *one.mounts],
        "linux": _linux(one, plan),
    }
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(document))


def _no_core() -> dict[str, Any]:
    return {"type": "RLIMIT_CORE", "hard": 0, "soft": 0}


def _linux(one: Contained, plan: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "cgroupsPath": one.group,
        "resources": {
            "devices": [{"allow": False, "access": "rwm"}],
            "memory": {"limit": one.memory_bytes},
            "pids": {"limit": one.processes},
        },
        "namespaces": [
            *({"type": name} for name in _NAMESPACES),
            {"type": "network", "path": str(one.network)},
        ],
        # Without capabilities nobody could bind a port below 1024, which images do as a matter of course.
        "sysctl": {"net.ipv4.ip_unprivileged_port_start": "0"},
        "seccomp": {
            "defaultAction": "SCMP_ACT_ALLOW",
            "syscalls": [{"names": plan["denied"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}],
        },
        "maskedPaths": _MASKED,
        "readonlyPaths": _READ_ONLY,
    }


def _common_mounts(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        _mount("/proc", "proc", "nosuid", "noexec", "nodev"),
        _mount("/dev", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
        _mount("/dev/pts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"),
        _mount("/dev/mqueue", "mqueue", "nosuid", "noexec", "nodev"),
        _mount("/dev/shm", "tmpfs", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k"),  # noqa: S108 - inside the container
        _mount("/tmp", "tmpfs", "nosuid", "nodev", "mode=1777", f"size={plan['app_tmp_bytes']}"),  # noqa: S108 - inside the container
    ]


def _own_mounts(config: dict[str, Any], plan: dict[str, Any]) -> list[dict[str, Any]]:
    """The names of the services, and a memory file system for every volume."""
    hosts = {"destination": "/etc/hosts", "type": "bind", "source": plan["hosts"], "options": ["bind", "ro"]}
    volumes = [str(path) for path in config.get("Volumes") or {}]
    writable = ("nosuid", "nodev", "mode=1777", "tmpcopyup", f"size={plan['app_tmp_bytes']}")
    wanted = [
        path for path in sorted(volumes)[:_MAX_VOLUMES] if path.startswith("/") and path not in _NOT_VOLUMES
    ]
    return [hosts, *(_mount(path, "tmpfs", *writable) for path in wanted)]


def _mount(target: str, kind: str, *options: str) -> dict[str, Any]:
    return {"destination": target, "type": kind, "source": kind, "options": list(options)}


def in_root(root: Path, user: str) -> tuple[int, int, str]:
    """Uid, gid and home of `user[:group]`, read from the image's own files. Raises NotStartable."""
    name, _, group = user.partition(":")
    accounts = _lines(root, "etc/passwd")
    account = next((one for one in accounts if len(one) > 5 and name in {one[0], one[2]}), None)
    if account is None and not name.isdigit():
        raise NotStartable(f"the image has no user {name[:60]!r}")
    uid = _number(account[2]) if account else int(name)
    gid = _number(account[3]) if account else 0
    if group:
        groups = _lines(root, "etc/group")
        found = next((one for one in groups if len(one) > 2 and group in {one[0], one[2]}), None)
        if found is None and not group.isdigit():
            raise NotStartable(f"the image has no group {group[:60]!r}")
        gid = _number(found[2]) if found else int(group)
    if max(uid, gid) >= 2**32 - 1:
        raise NotStartable(f"{user[:60]!r} is no user")
    return uid, gid, account[5] if account else "/"


def _number(text: str) -> int:
    if not text.isdigit():
        raise NotStartable("the image's list of users is broken")
    return int(text)


def _lines(root: Path, path: str) -> list[list[str]]:
    """The fields of a small regular file of the image; no link of the image is followed."""
    try:
        folder = os.open(root / "etc", os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return []
    try:
        number = os.open(path.split("/")[1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        return []
    finally:
        os.close(folder)
    with os.fdopen(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            return []
        return [line.split(":") for line in file.read(_MAX_PASSWD).decode("utf-8", "replace").splitlines()]
