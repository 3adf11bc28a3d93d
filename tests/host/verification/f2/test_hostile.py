"""Hostile and broken containers, each with the verdict that it deserves."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from jobtwin.core.check import Reason
from tests.host.verification.f2.yard import BASE, CONTAINERFILE, NEVER_WELL, SMALL, Yard

pytestmark = [pytest.mark.host, pytest.mark.containers]


@dataclass(frozen=True)
class Case:
    """A submission, the reason it deserves, and words that its summary must hold."""

    name: str
    reason: Reason
    says: str
    files: dict[str, str | bytes]
    limits: Mapping[str, object] = field(default_factory=dict)


def run(*lines: str) -> dict[str, str | bytes]:
    """An honest container with further lines in its build."""
    steps = "\n".join(lines)
    return {"Containerfile": CONTAINERFILE.replace("WORKDIR", f"{steps}\nWORKDIR")}


def app(*lines: str) -> dict[str, str | bytes]:
    """An honest build of a program that is not."""
    return {"app.py": "\n".join(["import os, signal, sys, threading, time, server", *lines])}


DEFAULT_STOP = "server.stop_on()"
SERVE = "server.serve()"

CASES = (
    Case("exits at once", Reason.DOES_NOT_START, "exit code 3", app("print('no key'); sys.exit(3)")),
    Case(
        "ends with the code of a killed process",
        Reason.DOES_NOT_START,
        "exit code 137",
        app("print('as if killed'); sys.exit(137)"),
    ),
    Case(
        "kills itself",
        Reason.DOES_NOT_START,
        "exit code 137",
        {"Containerfile": f'FROM {BASE}\nEXPOSE 80\nCMD ["sh", "-c", "sh -c \'kill -9 $$\'; exit $?"]'},
    ),
    Case(
        "sleeps and serves nothing",
        Reason.UNHEALTHY,
        "it listens on no port",
        app(DEFAULT_STOP, "time.sleep(60)"),
        NEVER_WELL,
    ),
    Case(
        "no such command",
        Reason.DOES_NOT_START,
        "nowhere",
        {"Containerfile": f'FROM {BASE}\nEXPOSE 80\nCMD ["nowhere"]'},
    ),
    Case(
        "no such user",
        Reason.DOES_NOT_START,
        "no user 'ada'",
        {"Containerfile": f"FROM {BASE}\nUSER ada\nEXPOSE 80"},
    ),
    Case(
        "listens on the wrong port",
        Reason.UNHEALTHY,
        "it listens on 9000",
        app(DEFAULT_STOP, "server.serve(9000)"),
        NEVER_WELL,
    ),
    Case(
        "listens on loopback alone",
        Reason.UNHEALTHY,
        "127.0.0.1 alone",
        app(DEFAULT_STOP, "server.serve(address='127.0.0.1')"),
        NEVER_WELL,
    ),
    Case(
        "answers 404 everywhere",
        Reason.UNHEALTHY,
        "gave 404",
        {**app(DEFAULT_STOP, SERVE), "jobtwin.toml": '[container]\nhealth = "/gone"'},
        NEVER_WELL,
    ),
    Case(
        "answers without HTTP",
        Reason.UNHEALTHY,
        "no HTTP",
        app(
            DEFAULT_STOP,
            "import socket; s = socket.create_server(('0.0.0.0', 8080))",
            "while True: c, _ = s.accept(); c.sendall(b'\\0' * 100000); c.close()",
        ),
        NEVER_WELL,
    ),
    Case(
        "accepts and is silent",
        Reason.UNHEALTHY,
        "no HTTP",
        app(DEFAULT_STOP, "import socket; s = socket.create_server(('0.0.0.0', 8080)); time.sleep(60)"),
        {**NEVER_WELL, "probe_seconds": 0.3},
    ),
    Case(
        "drips its answer",
        Reason.UNHEALTHY,
        "no HTTP",
        app(
            DEFAULT_STOP,
            "import socket; s = socket.create_server(('0.0.0.0', 8080))",
            "while True:",
            "  c, _ = s.accept(); c.sendall(b'HTTP/1.1 200 OK\\r\\n')",
            "  try:",
            "    while True: c.sendall(b'a: b\\r\\n'); time.sleep(0.1)",
            "  except OSError: pass",
        ),
        {**NEVER_WELL, "probe_seconds": 0.5},
    ),
    Case(
        "healthy, then gone",
        Reason.UNHEALTHY,
        "well at first",
        app(
            DEFAULT_STOP,
            "threading.Thread(target=server.serve, daemon=True).start()",
            "server.ASKED.wait(); time.sleep(0.5); os._exit(0)",
        ),
        {"settle_seconds": 60.0},
    ),
    Case(
        "ignores SIGTERM",
        Reason.UNHEALTHY,
        "of SIGTERM",
        app("signal.signal(signal.SIGTERM, signal.SIG_IGN)", SERVE),
        {"stop_seconds": 2.0},
    ),
    Case(
        "declares no port",
        Reason.UNHEALTHY,
        "it listens on 8080",
        {"Containerfile": CONTAINERFILE.replace("EXPOSE 8080\n", "")},
    ),
    Case(
        "writes to its read-only root",
        Reason.DOES_NOT_START,
        "read-only",
        {**app("open('/var/data.db', 'w')"), "Containerfile": CONTAINERFILE.replace("USER 10001\n", "")},
    ),
    Case(
        "eats memory when started",
        Reason.OUT_OF_MEMORY,
        "app_memory_bytes",
        app("x = [bytearray(1 << 20) for _ in range(4000)]"),
        SMALL,
    ),
    Case(
        "forks without end when started",
        Reason.TOO_MANY_PROCESSES,
        "app_processes",
        app(
            "while True:",
            "  try:",
            "    if os.fork() == 0: time.sleep(60)",
            "  except OSError: time.sleep(0.5)",
        ),
        {**NEVER_WELL, "app_processes": 40},
    ),
    Case(
        "fills /tmp when started",
        Reason.DISK_FULL,
        "app_tmp_bytes",
        app("f = open('/tmp/x', 'wb')", "while True: f.write(bytes(1 << 20))"),
        {"app_tmp_bytes": 8 << 20},
    ),
    Case(
        "floods its log",
        Reason.OUTPUT_LIMIT,
        "output_bytes",
        app("while True: os.write(1, b'x' * 65536)"),
        {"output_bytes": 4 << 20},
    ),
    Case(
        "needs a database nobody declared",
        Reason.NEEDS_SERVICE,
        "does not declare",
        app("import socket; socket.create_connection(('localhost', 5432))"),
    ),
    Case("a step fails", Reason.BUILD_FAILED, "RUN exit 7", run("RUN exit 7")),
    Case(
        "has a huge context",
        Reason.DISK_FULL,
        "context_bytes",
        {"big.bin": bytes(1 << 20)},
        {"context_bytes": 1 << 19},
    ),
    Case(
        "forks without end in the build",
        Reason.TOO_MANY_PROCESSES,
        "processes",
        run("RUN python -c 'import os, time; [os.fork() or time.sleep(30) for _ in range(900)]'"),
        {"processes": 120},
    ),
    Case(
        "eats memory in the build",
        Reason.OUT_OF_MEMORY,
        "memory_bytes",
        run("RUN python -c 'x = [bytearray(1 << 20) for _ in range(9000)]'"),
        SMALL,
    ),
    Case(
        "fills the disk in the build",
        Reason.DISK_FULL,
        "disk_bytes",
        run("RUN dd if=/dev/zero of=/big bs=1M count=5000"),
        {"memory_bytes": 600 << 20, "disk_bytes": 100 << 20},
    ),
    Case(
        "makes files without end in the build",
        Reason.DISK_FULL,
        "too many files",
        run('RUN mkdir /m && python -c \'[open(f"/m/{n}", "w").close() for n in range(99999)]\''),
        {"inodes": 8000},
    ),
    Case(
        "never ends its build", Reason.TIMEOUT, "build_seconds", run("RUN sleep 600"), {"build_seconds": 4.0}
    ),
    Case(
        "floods the build's log",
        Reason.OUTPUT_LIMIT,
        "output_bytes",
        run("RUN yes"),
        {"output_bytes": 4 << 20},
    ),
    Case(
        "fetches in the build",
        Reason.NEEDS_NETWORK,
        "reached for the network",
        run("RUN python -c 'import urllib.request as u; u.urlopen(\"http://pypi.invalid/\")'"),
    ),
    Case(
        "fetches a bare address in the build",
        Reason.NEEDS_NETWORK,
        "network",
        run("RUN python -c 'import socket; socket.create_connection((\"1.1.1.1\", 80), 2)'"),
    ),
    Case(
        "installs system packages",
        Reason.NOT_SUPPORTED,
        "apt-get",
        run("RUN apt-get update && apt-get install -y curl"),
    ),
    Case(
        "installs a package nobody names",
        Reason.UNRESOLVABLE_STATICALLY,
        "hidden-lib",
        {**run("RUN sh /app/setup.sh"), "setup.sh": "pip install hidden-lib"},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "_"))
def test_a_hostile_container_gets_the_verdict_it_deserves(yard: Yard, case: Case) -> None:
    result = yard.check(case.files, **case.limits)

    assert (result.reason, case.says in result.summary) == (case.reason, True), (result.summary, result.facts)
