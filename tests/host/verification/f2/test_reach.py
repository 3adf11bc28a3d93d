"""What a build and a container can reach: nothing of the host, nothing of another run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jobtwin.core.check import Reason
from jobtwin.source.tree import MemoryTree
from tests.host.verification.f2.yard import BASE, CONTAINERFILE, SERVER, Yard

pytestmark = [pytest.mark.host, pytest.mark.containers]

LOOK = """
import os, socket, server
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print("caps", status["CapEff"].strip(), status["CapBnd"].strip(), "nnp", status["NoNewPrivs"].strip())
print("seccomp", status["Seccomp"].strip(), "uid", os.getuid(), os.geteuid())
print("pids", sorted(int(one) for one in os.listdir("/proc") if one.isdigit())[:1])
print("net", sorted(name for _, name in socket.if_nameindex()))
print("cgroup", os.path.exists("/sys/fs/cgroup/memory"))
print("environment", sorted(os.environ))
server.stop_on()
server.serve()
"""


def groups_left() -> list[str]:
    """Folders of control groups whose names say that this process made them."""
    done = subprocess.run(
        ["find", "/sys/fs/cgroup", "-type", "d", "-name", f"jobtwin-{os.getpid()}-*"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split()


def test_a_started_container_has_no_capability_no_network_and_no_way_to_more(yard: Yard) -> None:
    result = yard.check({"app.py": LOOK})

    log = str(result.facts["container_log"])
    assert result.reason is Reason.OK, (result.summary, log)
    assert "caps 0000000000000000 0000000000000000 nnp 1" in log
    assert "seccomp 2 uid 10001 10001" in log
    assert "net ['lo']" in log
    assert "cgroup False" in log
    assert "environment ['HOME', 'LC_CTYPE', 'PATH']" in log  # LC_CTYPE is Python's own


def test_a_setuid_program_gives_nothing(yard: Yard) -> None:
    steps = "RUN cp /usr/bin/id /usr/local/bin/who && chmod 6755 /usr/local/bin/who\nWORKDIR"
    app = "import os, server\nos.system('/usr/local/bin/who -u; stat -c %a /usr/local/bin/who')\n"
    app += "server.stop_on()\nserver.serve()"

    result = yard.check({"Containerfile": CONTAINERFILE.replace("WORKDIR", steps), "app.py": app})

    assert result.reason is Reason.OK, (result.summary, result.facts)
    assert "10001\n6755" in str(result.facts["container_log"])


def test_a_build_sees_no_host_no_network_and_cannot_change_control_groups_or_wheels(yard: Yard) -> None:
    looks = [
        "ls /context /images /job /code /box 2>&1 | head -20",
        'test -z "$(tail -n +3 /proc/net/dev | grep -v lo:)"',
        "! touch /wheels/evil.whl 2>/dev/null",
        'test -z "$(ls /sys/fs/cgroup)"',
        "! mkdir /sys/fs/cgroup/evil 2>/dev/null",
        "! mount -t tmpfs tmpfs /mnt 2>/dev/null",
        "! mknod /dev/evil b 8 0 2>/dev/null",
        "! cat /proc/1/environ 2>/dev/null | tr '\\\\0' '\\\\n' | grep -i jobtwin",
        "! python -c 'import os; os.setns' 2>/dev/null || ! nsenter -t 1 -m true 2>/dev/null",
        "grep CapEff /proc/self/status",
        "grep Seccomp: /proc/self/status",
    ]
    steps = "\n".join(f"RUN {one}" for one in looks)

    result = yard.check({"Containerfile": CONTAINERFILE.replace("WORKDIR", f"{steps}\nWORKDIR")})

    log = str(result.facts["build_log"])
    assert result.reason is Reason.OK, (result.summary, log)
    assert "Seccomp:\t2" in log
    for place in ("/context", "/images", "/job", "/code", "/box"):
        assert f"cannot access '{place}'" in log
    assert "CapEff:\t00000000000000db" in log


def test_links_and_ignore_files_lead_nowhere(yard: Yard) -> None:
    content = {
        "Containerfile": CONTAINERFILE.replace(
            "USER", "RUN cat /app/shadow /app/up; ls -la /app\nUSER"
        ).encode(),
        "app.py": SERVER.encode(),
        "shadow": b"/etc/passwd",
        "up": b"../../../../../../../../etc/hostname",
        ".dockerignore": b"**\n!*\n!../../etc/*\n!/etc/passwd\n",
    }
    tree = MemoryTree(content, modes={"shadow": "120000", "up": "120000"})

    result = yard.check_tree(tree)

    log = str(result.facts["build_log"])
    assert result.reason is Reason.OK, (result.summary, log)
    assert "/etc/passwd" in log
    assert "root:" not in log.partition("RUN cat")[2].partition("total")[0]
    assert set(result.facts["links_outside"]) == {"shadow", "up"}  # type: ignore[call-overload]  # a list


@pytest.mark.parametrize("place", ["/esc/job/plan.json", "/esc2/job/plan.json", "../../../../job/plan.json"])
def test_copying_through_a_link_of_another_stage_stays_in_that_stage(yard: Yard, place: str) -> None:
    text = f"FROM {BASE} AS a\nRUN ln -s / /esc && ln -s /proc/1/root /esc2\n"
    text += CONTAINERFILE.replace("WORKDIR", f"COPY --from=a {place} /host/\nWORKDIR")

    result = yard.check({"Containerfile": text})

    assert result.reason is Reason.BUILD_FAILED, (result.summary, result.facts)


def _store() -> set[str]:
    """What stands in the store that buildah would use by itself, whoever put it there."""
    return {str(one) for one in Path("/var/lib/containers/storage").glob("*/*")}


def test_nothing_is_left_afterwards(yard: Yard) -> None:
    mounts = Path("/proc/self/mounts").read_text()
    before = {one.name for one in yard.work.iterdir()}
    store = _store()

    for files in ({}, {"app.py": "import signal, server\nsignal.signal(15, signal.SIG_IGN)\nserver.serve()"}):
        yard.check({**files}, stop_seconds=2.0)

    assert groups_left() == []
    assert Path("/proc/self/mounts").read_text() == mounts
    assert {one.name for one in yard.work.iterdir()} - before <= {"cache"}
    assert _store() == store


KILLED = """
import sys
from pathlib import Path
from tests.host.verification.f2.yard import yard_at
with yard_at(Path(sys.argv[1])) as yard:
    print("ready", flush=True)
    yard.check({"app.py": "import os, time\\nprint('up', flush=True)\\ntime.sleep(600)"}, start_seconds=300.0)
"""


def processes_of(pid: int) -> list[str]:
    """Processes in control groups that the verifier with that id made."""
    groups = [Path(f"/proc/{one}/cgroup") for one in os.listdir("/proc") if one.isdigit()]  # noqa: PTH208 - names are wanted
    return [str(one) for one in groups if one.exists() and f"jobtwin-{pid}-" in _text(one)]


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def wait_until(condition: object, *, seconds: float) -> bool:
    """Asks again and again without sleeping for a fixed time."""
    import select
    import time

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]  # a function without arguments
            return True
        select.select([], [], [], 0.05)
    return False


def test_a_killed_verifier_takes_its_box_along_and_the_next_start_removes_the_rest(yard: Yard) -> None:
    from jobtwin.verification.f2.groups import hierarchies_here, reap_groups

    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(yard.settings.images)], stdout=subprocess.PIPE, cwd=Path.cwd()
    )
    try:
        assert wait_until(lambda: len(processes_of(process.pid)) >= 4, seconds=300)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()

    assert wait_until(lambda: not processes_of(process.pid), seconds=120)
    reap_groups(hierarchies_here())
    left = subprocess.run(
        ["find", "/sys/fs/cgroup", "-name", f"jobtwin-{process.pid}-*"], capture_output=True, check=True
    )
    assert left.stdout == b""
