"""Services beside a started container: each in a container of its own, in the same empty network.

They are programs of the operator, but the submission speaks to them and may take them over; so each has
no capability, no new privilege, a user that owns nothing, and limits of its own.
"""

import contextlib
import json
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .build import ENVIRONMENT, HOME
from .bundle import Contained, write_document
from .child import Child
from .needs import MASTER, PORTS, Needs, hosts_file
from .network import holds_within
from .oci import call_runc, runc

UID = 64_112
_OUTPUT_CAP = 64 * 1024 * 1024
_LOOK_SECONDS = 0.05
_SHELL_PATH = "/pg/bin:/usr/bin:/bin"
_POSTGRES = """set -e
initdb -D /data/db -U {master} --auth=trust --no-sync --no-instructions -E UTF8 \\
  --locale-provider=builtin --locale=C.UTF-8 --wal-segsize=1 >/dev/null
postgres --single -F -D /data/db template1 < /service/template.sql >/dev/null 2>&1
postgres --single -F -D /data/db postgres < /service/users.sql >/dev/null
exec postgres -F -D /data/db -c hba_file=/service/hba.conf -c listen_addresses=127.0.0.1 \\
  -c unix_socket_directories= -c shared_buffers=32MB -c max_wal_size=64MB -c max_connections=100
"""
_MODEL = "import sys; sys.path.insert(0, '/code'); from standin.serve import main; main({port})"
_PLACES = ("service", "pg", "pg-libraries", "code/standin", "bin-redis")
_BINDS = {"postgres": ("/pg", "/pg-libraries"), "model": ("/code/standin",), "redis": ()}
_NOT_NOW = b"57P03"
"""PostgreSQL's code for "the database system is starting up"."""


def start_services(plan: dict[str, Any], needs: Needs, network: Path) -> dict[str, "Service"]:
    """Starts all that the plan names at once, then waits until each is ready or its time is over."""
    running = {kind: Service(kind, plan, needs, network) for kind in plan["services"]}
    deadline = time.monotonic() + plan["service_seconds"]
    while time.monotonic() < deadline and [one for one in running.values() if one.is_awaited()]:
        time.sleep(_LOOK_SECONDS)
    return running


class Service:
    """One service; `report()` tells how it fared."""

    def __init__(self, kind: str, plan: dict[str, Any], needs: Needs, network: Path) -> None:
        self.kind = kind
        self.ready_seconds: float | None = None
        self._network = network
        self._needs = needs
        folder = HOME / "services" / kind
        _write_files(folder, plan, kind, needs)
        write_document(folder / "bundle", _contained(folder, kind, plan, needs, network), plan)
        self._id = f"service-{kind}"
        command = [*runc(), "run", "--bundle", str(folder / "bundle"), self._id]
        self._child = Child(command, cap=_OUTPUT_CAP, environment=ENVIRONMENT)

    def is_awaited(self) -> bool:
        """Whether it runs and does not answer yet; the first answer is noted with its time."""
        if self.ready_seconds is not None or self._child.exit_code() is not None:
            return False
        if holds_within(self._network, lambda: is_ready(self.kind, self._needs)):
            self.ready_seconds = round(self._child.seconds, 3)
        return self.ready_seconds is None

    def stop(self) -> None:
        """Asks it to end, then sees to it; nothing of it is left."""
        if self.kind == "model" and call_runc("kill", self._id, "TERM"):
            self._child.wait(2.0)
        self._ended = self._child.exit_code() if self.kind != "model" else None
        call_runc("delete", "--force", self._id)
        self._child.kill()

    def report(self) -> dict[str, Any]:
        """After `stop`: seconds until it was ready (None: never), how it ended on its own (None: it did
        not), the model's counts, and the end of its log."""
        log = self._child.log()
        found = {"ready_seconds": self.ready_seconds, "exit": self._ended, "log": log[-2000:]}
        if self.kind == "model":
            found |= _counts(log)
        return found


def _counts(log: str) -> dict[str, Any]:
    lines = log.strip().splitlines()
    with contextlib.suppress(ValueError, IndexError):
        document = json.loads(lines[-1])
        if isinstance(document, dict):
            return {name: document.get(name, {}) for name in ("calls", "unknown")}
    return {}


def _write_files(folder: Path, plan: Mapping[str, Any], kind: str, needs: Needs) -> None:
    """The root of the service: links into /usr, empty mount points, its own files."""
    root = folder / "root"
    for name in ("usr", "proc", "dev", "tmp", "data", "etc", *_PLACES):
        (root / name).mkdir(parents=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / name).symlink_to(f"usr/{name}")
    (root / "bin-redis" / "redis-server").symlink_to(plan["programs"].get("redis", "/nowhere"))
    etc = {"passwd": f"service:x:{UID}:{UID}::/data:/bin/sh\n", "group": f"service:x:{UID}:\n"}
    etc["hosts"] = hosts_file(())
    for name, text in etc.items():
        (root / "etc" / name).write_text(text)
    if kind == "postgres":
        for name, text in _database_files(needs).items():
            (root / "service" / name).write_text(text)


def _database_files(needs: Needs) -> dict[str, str]:
    """What `postgres --single` reads, one statement a line, and who may log in: everyone without a
    password, but the superuser."""
    users = [f'CREATE ROLE "{name}" LOGIN CREATEDB' for name in needs.users]
    databases = [f'CREATE DATABASE "{name}" OWNER "{user}"' for name, user in needs.databases.items()]
    return {
        "template.sql": "CREATE EXTENSION vector\nGRANT CREATE, USAGE ON SCHEMA public TO PUBLIC\n",
        "users.sql": "\n".join([*users, *databases]) + "\n",
        "hba.conf": f"host all {MASTER} all reject\nhost all all 127.0.0.1/32 trust\n",
    }


def _contained(folder: Path, kind: str, plan: Mapping[str, Any], needs: Needs, network: Path) -> Contained:
    data = f"size={plan['service_disk_bytes']}"
    mounts = [
        {"destination": "/usr", "type": "bind", "source": "/usr", "options": ["rbind", "ro"]},
        {
            "destination": "/data",
            "type": "tmpfs",
            "source": "tmpfs",
            "options": ["nosuid", "nodev", "noexec", "mode=700", f"uid={UID}", f"gid={UID}", data],
        },
    ]
    mounts += [
        {"destination": place, "type": "bind", "source": place, "options": ["bind", "ro"]}
        for place in _BINDS[kind]
        if Path(place).is_dir()
    ]
    return Contained(
        args=_argv(kind, needs),
        environment={
            "PATH": _SHELL_PATH,
            "HOME": "/data",
            "LC_ALL": "C.UTF-8",
            "LD_LIBRARY_PATH": "/pg-libraries",
        },
        uid=UID,
        gid=UID,
        cwd="/data",
        root=folder / "root",
        mounts=mounts,
        network=network,
        group=f"{plan['group']}/{kind}",
        memory_bytes=plan["service_memory_bytes"],
        processes=plan["app_processes"],
    )


def _argv(kind: str, needs: Needs) -> Sequence[str]:
    port = PORTS[kind]
    if kind == "postgres":
        return ("/bin/sh", "-c", _POSTGRES.format(master=MASTER))
    if kind == "model":
        return ("/usr/bin/python3", "-I", "-S", "-B", "-c", _MODEL.format(port=port))
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    options += ["--dir", "/data", "--maxmemory", "128mb", "--protected-mode", "no"]
    if needs.redis_password:
        options += ["--requirepass", needs.redis_password]
    return ("/bin-redis/redis-server", *options)


def is_ready(kind: str, needs: Needs) -> bool:
    """Whether the service answers its own protocol, asked from inside its network."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", PORTS[kind]), timeout=2) as one:
        if kind == "postgres":
            user = needs.users[0].encode()
            words = b"user\0" + user + b"\0database\0template1\0\0"
            one.sendall(struct.pack("!ii", len(words) + 8, 196_608) + words)
            answer = one.recv(4096)
            return bool(answer) and _NOT_NOW not in answer
        if kind == "redis":
            one.sendall(b"PING\r\n")
            return one.recv(100).startswith((b"+PONG", b"-NOAUTH"))
        return True
    return False
