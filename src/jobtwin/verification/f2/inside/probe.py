"""Asking a container from outside of it: a process of ours enters its empty network and speaks HTTP."""

import contextlib
import fcntl
import http.client
import json
import os
import signal
import socket
import struct
import time
from pathlib import Path
from typing import Any

from .network import enter

ADDRESS = "192.0.2.1"
"""An address of RFC 5737 that only the container's own loopback has: who answers there listens on every
address, as it must behind a published port, and not on 127.0.0.1 alone."""

LOOPBACK = "127.0.0.1"
_SIOCSIFADDR = 0x8916
_LISTENING = "0A"
_MAX_REPLY = 4096


def ask(pid: int, *, ports: list[int], paths: list[str], seconds: float) -> dict[str, Any]:
    """One round over ports and paths; `seconds` bounds each request, and every answer is bounded in size.

    The result has `answers` ([port, path, status]), `local_only` (ports that answer on loopback alone),
    and `listening` (all TCP ports).
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _in_child(pid, ports, paths, seconds, write)
    os.close(write)
    try:
        return _reply(read, seconds * len(ports) * (len(paths) + 1) + 1)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _reply(read: int, seconds: float) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    received = b""
    os.set_blocking(read, False)
    with os.fdopen(read, "rb", buffering=0) as pipe:
        while time.monotonic() < deadline:
            chunk = pipe.read(_MAX_REPLY)
            if chunk == b"":
                break
            received += chunk or b""
            time.sleep(0.005)
    try:
        document: dict[str, Any] = json.loads(received)
    except ValueError:
        return {"answers": [], "local_only": [], "listening": []}
    return document


def _in_child(pid: int, ports: list[int], paths: list[str], seconds: float, write: int) -> None:
    """Never returns."""
    try:
        _enter(pid)
        found = _round(ports, paths, seconds)
        found["listening"] = listening(Path("/proc/thread-self/net"))
        os.write(write, json.dumps(found).encode()[:60_000])
    finally:
        os._exit(0)


def _enter(pid: int) -> None:
    enter(Path(f"/proc/{pid}/ns/net"))
    address = struct.pack("16sH2s4s8x", b"lo:1", socket.AF_INET, b"\0\0", socket.inet_aton(ADDRESS))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control.fileno(), _SIOCSIFADDR, address)


def _round(ports: list[int], paths: list[str], seconds: float) -> dict[str, Any]:
    answers: list[list[object]] = []
    local_only: list[int] = []
    for port in ports:
        for path in paths:
            status, refused = _get(ADDRESS, port, path, seconds)
            if refused:
                if _connects(LOOPBACK, port, seconds):
                    local_only.append(port)
                break
            answers.append([port, path, status])
            if status is not None and 200 <= status < 300:
                return {"answers": answers, "local_only": []}
    return {"answers": answers, "local_only": local_only}


def _get(address: str, port: int, path: str, seconds: float) -> tuple[int | None, bool]:
    """The status, None for an answer that is no HTTP; and whether nothing listens there."""
    signal.signal(signal.SIGALRM, _too_slow)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    connection = http.client.HTTPConnection(address, port, timeout=seconds)
    try:
        connection.connect()
    except OSError:
        return None, True
    try:
        connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", f"localhost:{port}")
        connection.putheader("User-Agent", "jobtwin-check")
        connection.putheader("Accept", "*/*")
        connection.putheader("Connection", "close")
        connection.endheaders()
        return connection.getresponse().status, False
    except (OSError, http.client.HTTPException, ValueError):
        return None, False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.close()


def _too_slow(_number: int, _frame: object) -> None:
    raise TimeoutError


def _connects(address: str, port: int, seconds: float) -> bool:
    try:
        socket.create_connection((address, port), timeout=seconds).close()
    except OSError:
        return False
    return True


def listening(folder: Path) -> list[int]:
    """The TCP ports that something listens on, from the kernel's table; at most fifty, sorted."""
    ports: set[int] = set()
    for name in ("tcp", "tcp6"):
        try:
            lines = (folder / name).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTENING:
                ports.add(int(fields[1].rsplit(":", 1)[1], 16))
    return sorted(ports)[:50]
