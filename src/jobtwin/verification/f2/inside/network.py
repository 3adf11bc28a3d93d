"""The network of a started container and of the services beside it: a loopback interface and nothing else."""

import ctypes
import fcntl
import os
import socket
import struct
from collections.abc import Callable
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_BIND = 4096
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1


def make_network(place: Path) -> None:
    """A network namespace of its own, kept as the file `place` until the box ends. Raises OSError."""
    place.touch()
    if not _in_child(lambda: _made(place)):
        raise OSError("no network namespace could be made")


def _made(place: Path) -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) != 0:
        return False
    flags = struct.pack("16sh14x", b"lo", _IFF_UP)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control.fileno(), _SIOCSIFFLAGS, flags)
    return bool(libc.mount(b"/proc/thread-self/ns/net", bytes(place), None, _BIND, None) == 0)


def enter(place: Path) -> None:
    """Moves the calling thread into the namespace that `place` stands for. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    number = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.setns(number, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(number)


def holds_within(place: Path, look: Callable[[], bool]) -> bool:
    """What `look` finds inside the namespace; False where it fails."""

    def inside() -> bool:
        enter(place)
        return look()

    return _in_child(inside)


def _in_child(task: Callable[[], bool]) -> bool:
    """What `task` answers in a process of its own, which it may change as it likes."""
    child = os.fork()
    if child == 0:
        answer = False
        try:
            answer = task()
        finally:
            os._exit(0 if answer else 1)
    return os.waitpid(child, 0)[1] == 0
