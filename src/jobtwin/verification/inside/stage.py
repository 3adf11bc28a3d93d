"""Prepares the private file systems of one run, then starts it in bubblewrap or in an OCI runtime.

Started by the engine with the system's interpreter (`-I -S`), in a process of its own, with one
argument: a JSON plan. It joins the control groups, makes a mount namespace that dies with it, one
size-capped tmpfs for everything the run may write, read-only binds of the layers, gives up root,
and waits. An OCI runtime is started as the root of a user namespace and the first process of a process
namespace: it has no right on the host, and whatever it leaves ends with it. The stage imports nothing
of the package and never touches what the run wrote but to copy regular files out at the end. The last
line on the status pipe says how the run ended.
"""

# ruff: noqa: PTH101, PTH102, PTH103, PTH110, PTH114, PTH118, PTH120, PTH123, PTH211 - this process starts once a run and imports as little as it can

import contextlib
import fcntl
import json
import os
import shutil
import socket
import stat
import sys
from typing import Any, NoReturn

from .kernel import (
    MS_BIND,
    MS_NODEV,
    MS_NOSUID,
    MS_REC,
    become,
    die_with,
    expect_to_be_killed_first,
    mount,
    own_namespace,
)
from .runtime import open_gate, pump, start_runtime

COLLECT_ENTRIES = 20_000
LOG_BYTES = 1000
HIGH = 40
"""Our own pipes stand above the numbers that a run is given."""


def _prepare(plan: dict[str, Any]) -> None:
    scratch = plan["scratch"]
    options = f"size={plan['disk_bytes']},nr_inodes={plan['inodes']},mode=755"
    # In a user namespace flags of this mount could not be left out again, as gVisor tries for its root;
    # a runtime sets both on what it mounts from here.
    flags = 0 if plan["ids"] else MS_NOSUID | MS_NODEV
    mount("tmpfs", scratch, "tmpfs", flags, options)
    os.makedirs(f"{scratch}/layers")
    for index, source in enumerate(plan["layers"]):
        target = f"{scratch}/layers/{index}"
        os.mkdir(target)
        mount(source, target, None, MS_BIND | MS_REC, None)
    for name in ("w", "tmp", "shm", "out"):
        os.mkdir(f"{scratch}/{name}")
    for copy in plan["copies"]:
        shutil.copytree(copy, f"{scratch}/w", symlinks=True, dirs_exist_ok=True)
    if os.geteuid() == 0:
        for name in ("w", "tmp", "shm", "out"):
            _give(f"{scratch}/{name}", plan["uid"])
    for name, text in plan["files"].items():
        path = os.path.join(scratch, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
    if plan["ids"]:
        _prepare_runtime(scratch, plan["root"], plan["ids"][0][1])


def _prepare_runtime(scratch: str, root: dict[str, str | None], owner: int) -> None:
    """The folder that becomes the root of the run, and one for the runtime's own state."""
    for name in ("root", "runtime"):
        os.mkdir(f"{scratch}/{name}")
    # On its own: what the runtime removes at its end would hide that the run's files filled their place.
    mount("tmpfs", f"{scratch}/runtime", "tmpfs", MS_NOSUID | MS_NODEV, "size=16m,mode=755")
    for name, link in root.items():
        if link is None:
            os.mkdir(f"{scratch}/root/{name}")
        else:
            os.symlink(link, f"{scratch}/root/{name}")
    for name in ("root", "runtime"):
        _give(f"{scratch}/{name}", owner)


def _give(top: str, uid: int) -> None:
    os.chown(top, uid, uid)
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            os.chown(os.path.join(folder, name), uid, uid, follow_symlinks=False)


def _start(plan: dict[str, Any], parent: int, result: int) -> NoReturn:
    """Become the command of the plan as an unknown user of the host."""
    try:
        expect_to_be_killed_first()
        if os.geteuid() == 0:
            uid = plan["uid"]
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        die_with(parent)
        become(plan, result)
    except OSError as error:
        os.write(2, f"stage: {error}\n".encode())
    os._exit(125)


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


def _exit_code(plan: dict[str, Any], inner: int, waited: int) -> int | None:
    """What the command ended with; None where none was ever started."""
    if plan["started"] is not None:
        return waited if waited >= 0 and os.path.exists(plan["started"]) else None
    with open(inner, "rb") as pipe:
        for line in pipe.read().splitlines():
            document = json.loads(line)
            if "exit-code" in document:
                return int(document["exit-code"])
    return None


def _runtime_log(plan: dict[str, Any]) -> str:
    """Start and end of what the runtime wrote about itself, where the run cannot write."""
    text = ""
    for path in plan["logs"]:
        with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
            text += file.read(LOG_BYTES).decode("utf-8", "replace")
            file.seek(max(file.tell(), os.fstat(file.fileno()).st_size - LOG_BYTES))
            text += file.read(LOG_BYTES).decode("utf-8", "replace")
    return text


def _run(plan: dict[str, Any], result: int) -> dict[str, Any]:
    """Start, wait, measure."""
    beside = 0
    reading, writing = os.pipe()
    os.dup2(writing, plan["inner_status_fd"])
    os.close(writing)
    if plan["ids"] is None:
        me = os.getpid()
        child = os.fork()
        if child == 0:
            _start(plan, me, result)
    elif plan["channel"] == "socket":
        ours, theirs = socket.socketpair()
        child = start_runtime(plan, theirs.fileno())
        theirs.close()
        pump(ours, result)
    else:
        ours, theirs = socket.socketpair()
        child = start_runtime(plan, result, theirs.fileno())
        theirs.close()
        beside = open_gate(plan, ours)
    os.close(plan["inner_status_fd"])
    os.close(result)
    waited = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    usage = os.statvfs(plan["scratch"])
    return {
        "exit": _exit_code(plan, reading, waited),
        "wait": waited,
        "log": _runtime_log(plan),
        "beside": beside,
        "wrote_out": bool(os.listdir(f"{plan['scratch']}/out")),  # noqa: PTH208
        "disk": (usage.f_blocks - usage.f_bfree) * usage.f_frsize,
        "disk_free": usage.f_bfree * usage.f_frsize,
        "inodes": usage.f_files - usage.f_ffree,
        "inodes_free": usage.f_ffree,
    }


def _own(number: int) -> int:
    """The same pipe under a high number, closed when another program starts."""
    high = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, HIGH)
    os.close(number)
    return high


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    status, result = _own(plan["status_fd"]), _own(plan["outer_result_fd"])
    try:
        die_with(plan["parent"])
        for group in plan["cgroups"]:
            with open(group, "w") as file:
                file.write(str(os.getpid()))
        own_namespace()
        _prepare(plan)
    except OSError as error:
        os.write(status, json.dumps({"error": str(error)}).encode())
        sys.exit(125)
    document = _run(plan, result)
    if plan["collect"]:
        try:
            _collect(f"{plan['scratch']}/out", plan["collect"])
        except (OSError, RecursionError) as error:
            document["collect_error"] = str(error)[:200]
    os.write(status, json.dumps(document).encode())
