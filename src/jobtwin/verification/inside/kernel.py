"""What the stage asks of the kernel: mounts, namespaces, limits, and becoming another program."""

# ruff: noqa: PTH123 - this process starts once a run and imports as little as it can

import ctypes
import os
import resource
import signal
from typing import Any, NoReturn

MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x10000000, 0x20000000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None) -> None:
    encoded = [None if text is None else text.encode() for text in (source, target, kind, options)]
    check(libc.mount(encoded[0], encoded[1], encoded[2], flags, encoded[3]), f"mount {target}")


def die_with(parent: int) -> None:
    check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")
    if os.getppid() != parent:
        os._exit(125)


def own_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        check(libc.unshare(CLONE_NEWNS), "unshare")
    else:
        check(libc.unshare(CLONE_NEWNS | CLONE_NEWUSER), "unshare")
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{uid} {uid} 1"),
            ("gid_map", f"{gid} {gid} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    mount(None, "/", None, MS_REC | MS_PRIVATE, None)


def _limit(plan: dict[str, Any]) -> None:
    for name, wanted in plan["rlimits"].items():
        number = getattr(resource, name)
        hard = resource.getrlimit(number)[1]
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(number, (value, value))


def become(plan: dict[str, Any], result: int) -> NoReturn:
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    _limit(plan)
    os.dup2(result, plan["result_fd"])
    if plan["seccomp"] is not None:
        _offer(bytes.fromhex(plan["seccomp"]), plan["seccomp_fd"])
    os.execve(plan["argv"][0], plan["argv"], plan["environment"])  # noqa: S606 - this is what the process is for


def expect_to_be_killed_first() -> None:
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("500")


def _offer(content: bytes, number: int) -> None:
    """A pipe that holds `content` and its end, to be read under `number`."""
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    os.dup2(reading, number)
    os.close(reading)
