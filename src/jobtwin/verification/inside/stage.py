"""Prepares the private file systems of one run, then starts it in bubblewrap.

Started by the engine with the system's interpreter (`-I -S`), in a process of its own, with one
argument: a JSON plan. It joins the control groups, makes a mount namespace that dies with it, one
size-capped tmpfs for everything the run may write, read-only binds of the layers, gives up root,
and waits. It imports nothing of the package and never touches what the run wrote but to copy
regular files out at the end. The last line on the status pipe says how the run ended.
"""

# ruff: noqa: PTH101, PTH102, PTH103, PTH114, PTH118, PTH123 - this process starts once a run and imports as little as it can

import ctypes
import json
import os
import resource
import shutil
import signal
import stat
import sys
from typing import Any, NoReturn

MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
COLLECT_ENTRIES = 20_000

libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None) -> None:
    encoded = [None if text is None else text.encode() for text in (source, target, kind, options)]
    _check(libc.mount(encoded[0], encoded[1], encoded[2], flags, encoded[3]), f"mount {target}")


def _die_with(parent: int) -> None:
    _check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")
    if os.getppid() != parent:
        os._exit(125)


def _own_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        _check(libc.unshare(CLONE_NEWNS), "unshare")
    else:
        _check(libc.unshare(CLONE_NEWNS | CLONE_NEWUSER), "unshare")
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{uid} {uid} 1"),
            ("gid_map", f"{gid} {gid} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    _mount(None, "/", None, MS_REC | MS_PRIVATE, None)


def _limit(plan: dict[str, Any]) -> None:
    for name, wanted in plan["rlimits"].items():
        number = getattr(resource, name)
        hard = resource.getrlimit(number)[1]
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(number, (value, value))


def _prepare(plan: dict[str, Any]) -> None:
    scratch = plan["scratch"]
    options = f"size={plan['disk_bytes']},nr_inodes={plan['inodes']},mode=755"
    _mount("tmpfs", scratch, "tmpfs", MS_NOSUID | MS_NODEV, options)
    os.makedirs(f"{scratch}/layers")
    for index, source in enumerate(plan["layers"]):
        target = f"{scratch}/layers/{index}"
        os.mkdir(target)
        _mount(source, target, None, MS_BIND | MS_REC, None)
    for name in ("w", "tmp", "shm", "out"):
        os.mkdir(f"{scratch}/{name}")
    for copy in plan["copies"]:
        shutil.copytree(copy, f"{scratch}/w", symlinks=True, dirs_exist_ok=True)
    if os.geteuid() == 0:
        for name in ("w", "tmp", "shm", "out"):
            _give(f"{scratch}/{name}", plan["uid"])
    if plan["etc"]:
        os.mkdir(f"{scratch}/etc")
        for name, text in plan["etc"].items():
            with open(f"{scratch}/etc/{name}", "w") as file:
                file.write(text)


def _give(top: str, uid: int) -> None:
    os.chown(top, uid, uid)
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            os.chown(os.path.join(folder, name), uid, uid, follow_symlinks=False)


def _start(plan: dict[str, Any], parent: int) -> NoReturn:
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("500")
        if os.geteuid() == 0:
            uid = plan["uid"]
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        _die_with(parent)
        _check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
        _limit(plan)
        os.set_inheritable(plan["outer_result_fd"], False)  # noqa: FBT003 - the signature of the standard library
        os.dup2(plan["outer_result_fd"], plan["result_fd"])
        if plan["seccomp"] is not None:
            _offer(bytes.fromhex(plan["seccomp"]), plan["seccomp_fd"])
        os.execv(plan["argv"][0], plan["argv"])  # noqa: S606 - this is what the process is for
    except OSError as error:
        os.write(2, f"stage: {error}\n".encode())
    os._exit(125)


def _offer(content: bytes, number: int) -> None:
    """A pipe that holds `content` and its end, to be read under `number`."""
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    os.dup2(reading, number)
    os.close(reading)


def _collect(source: str, target: str) -> None:
    """Copy regular files and folders only: links, devices and pipes stay where they die."""
    count = 0
    for folder, folders, files in os.walk(source, followlinks=False):
        below = os.path.relpath(folder, source)
        folders[:] = [name for name in folders if not os.path.islink(os.path.join(folder, name))]
        os.makedirs(os.path.join(target, below), exist_ok=True)
        for name in files:
            count += 1
            path = os.path.join(folder, name)
            status = os.lstat(path)
            if not stat.S_ISREG(status.st_mode) or count > COLLECT_ENTRIES:
                continue
            copied = os.path.join(target, below, name)
            shutil.copyfile(path, copied, follow_symlinks=False)
            os.chmod(copied, 0o755 if status.st_mode & 0o100 else 0o644)


def _exit_code(inner: int) -> int | None:
    """What bubblewrap says its command ended with; None where it never started one."""
    with open(inner, "rb") as pipe:
        for line in pipe.read().splitlines():
            document = json.loads(line)
            if "exit-code" in document:
                return int(document["exit-code"])
    return None


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    status = open(plan["status_fd"], "w", encoding="utf-8")  # noqa: SIM115 - open until the process ends
    os.set_inheritable(plan["status_fd"], False)  # noqa: FBT003 - the signature of the standard library
    try:
        _die_with(plan["parent"])
        for group in plan["cgroups"]:
            with open(group, "w") as file:
                file.write(str(os.getpid()))
        _own_namespace()
        _prepare(plan)
    except OSError as error:
        print(json.dumps({"error": str(error)}), file=status, flush=True)
        sys.exit(125)
    reading, writing = os.pipe()
    os.dup2(writing, plan["inner_status_fd"])
    os.close(writing)
    me = os.getpid()
    child = os.fork()
    if child == 0:
        _start(plan, me)
    os.close(plan["inner_status_fd"])
    os.close(plan["outer_result_fd"])
    _, waited = os.waitpid(child, 0)
    usage = os.statvfs(plan["scratch"])
    document: dict[str, Any] = {
        "exit": _exit_code(reading),
        "wait": os.waitstatus_to_exitcode(waited),
        "disk": (usage.f_blocks - usage.f_bfree) * usage.f_frsize,
        "disk_free": usage.f_bfree * usage.f_frsize,
        "inodes": usage.f_files - usage.f_ffree,
        "inodes_free": usage.f_ffree,
    }
    if plan["collect"]:
        try:
            _collect(f"{plan['scratch']}/out", plan["collect"])
        except (OSError, RecursionError) as error:
            document["collect_error"] = str(error)[:200]
    print(json.dumps(document), file=status, flush=True)


if __name__ == "__main__":
    main()
