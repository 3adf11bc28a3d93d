"""Starting an OCI runtime without any right on the host, and talking with what it started."""

# ruff: noqa: PTH123 - this process starts once a run and imports as little as it can

import contextlib
import os
import signal
import socket
from typing import Any, NoReturn

from .kernel import (
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    MS_NODEV,
    MS_NOSUID,
    PR_SET_PDEATHSIG,
    become,
    check,
    die_with,
    expect_to_be_killed_first,
    libc,
    mount,
)


def start_runtime(plan: dict[str, Any], result: int, gate: int | None = None) -> int:
    """Fork a process that becomes root of a new user namespace and starts the runtime as the first
    process of a new process namespace. Its id; it ends with the runtime and the runtime with it."""
    me = os.getpid()
    told, tell = os.pipe()
    go, let_go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(let_go)
        try:
            die_with(me)
            expect_to_be_killed_first()
            os.setgroups([])
            check(libc.unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID), "unshare")
            os.write(tell, b".")
            if os.read(go, 1):
                os.setresgid(0, 0, 0)
                os.setresuid(0, 0, 0)
                die_with(me)
                _fork_first(plan, result, gate)
        except OSError as error:
            os.write(2, f"stage: {error}\n".encode())
        os._exit(125)
    os.close(tell)
    if os.read(told, 1):
        lines = "".join(f"{inside} {outside} 1\n" for inside, outside in plan["ids"])
        for name in ("uid_map", "gid_map"):
            with open(f"/proc/{child}/{name}", "w") as file:
                file.write(lines)
        os.write(let_go, b".")
    for number in (told, go, let_go):
        os.close(number)
    return child


def _fork_first(plan: dict[str, Any], result: int, gate: int | None) -> NoReturn:
    """The first process of the new process namespace, and its parent, which waits for it."""
    ready, tell = os.pipe()
    first = os.fork()
    if first == 0:
        os.close(tell)
        try:
            check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")
            # Of a parent that died before the line above, nobody would be told: then this pipe ends empty.
            if os.read(ready, 1):
                mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV, None)
                if gate is not None:
                    os.dup2(gate, plan["gate_fd"])
                become(plan, result)
        except OSError as error:
            os.write(2, f"stage: {error}\n".encode())
        os._exit(125)
    os.write(tell, b".")
    os.close(result)
    if gate is not None:
        os.close(gate)
    _, waited = os.waitpid(first, 0)
    code = os.waitstatus_to_exitcode(waited)
    os._exit(code if code >= 0 else 128 - code)


def pump(channel: socket.socket, result: int) -> None:
    """For runtimes that inherit no pipe: standard input goes in, and what comes back are results."""
    with contextlib.suppress(ConnectionError):  # nobody reads the rest of its input any more
        while order := os.read(0, 65536):
            channel.sendall(order)
        channel.shutdown(socket.SHUT_WR)
        while chunk := channel.recv(65536):
            while chunk:
                chunk = chunk[os.write(result, chunk) :]


def open_gate(plan: dict[str, Any], gate: socket.socket) -> int:
    """Wait until the first process stands inside, then draw the limit of processes from there.

    How many of the runtime's own processes and threads stand beside it.
    """
    beside = 0
    with gate, contextlib.suppress(ConnectionError):
        if gate.recv(1) and plan["pids"]:
            with open(f"{plan['pids']}/pids.current") as file:
                beside = int(file.read()) - 2  # this process, and the first one inside
            with open(f"{plan['pids']}/pids.max", "w") as file:
                file.write(str(1 + beside + plan["processes"]))
        gate.sendall(b"\n")
    return beside
