"""Every engine on this machine: what a run sees, how it ends, and what is left of it."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from jobtwin.verification.cgroups import PREFIX
from jobtwin.verification.choose import ENGINES, self_test
from jobtwin.verification.engine import MIB, EngineCrash, EngineFailure, Job, Layer, Limit, Limits
from jobtwin.verification.gvisor import Gvisor
from jobtwin.verification.staged import StagedEngine, Start
from tests.engines import names

pytestmark = pytest.mark.host

PYTHON = Path("/usr/bin/python3")
LIMITS = Limits(cpu_seconds=20, wall_seconds=20, memory_bytes=256 * MIB, disk_bytes=32 * MIB, inodes=500)


@pytest.fixture(params=names())
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> StagedEngine:
    return ENGINES[request.param].on_this_machine(work=tmp_path / "work", python=PYTHON)


def shell(script: str, **more: object) -> Job:
    return replace(Job(("/usr/bin/sh", "-c", script), limits=LIMITS), **more)  # type: ignore[arg-type]  # fields


def groups_left(engine: StagedEngine) -> list[Path]:
    return [
        left for one in engine.hierarchies.values() for left in one.parent.glob(f"{PREFIX}{os.getpid()}-*")
    ]


@pytest.fixture
def nothing_left(engine: StagedEngine) -> Iterator[None]:
    yield
    assert groups_left(engine) == []
    assert list(engine.work.iterdir()) == []


@pytest.mark.usefixtures("nothing_left")
class TestARun:
    def test_its_ends_are_told(self, engine: StagedEngine) -> None:
        outcome = engine.run(shell("echo out; echo err >&2; echo result >&9; exit 7"))

        assert (outcome.exit_code, outcome.signal) == (7, None)
        assert (outcome.stdout, outcome.stderr, outcome.result) == ("out\n", "err\n", b"result\n")
        assert outcome.usage.wall_seconds > 0

    def test_a_signal_is_told(self, engine: StagedEngine) -> None:
        assert engine.run(shell("kill -SEGV $$")).signal == signal.SIGSEGV

    def test_input_is_read_once(self, engine: StagedEngine) -> None:
        assert engine.run(shell("cat; cat", stdin=b"order")).stdout == "order"

    def test_copies_are_writable_and_layers_are_not(self, engine: StagedEngine, tmp_path: Path) -> None:
        for name, text in (("one", "first"), ("two", "second")):
            (tmp_path / name).mkdir()
            (tmp_path / name / "file").write_text(text)
        job = shell(
            "cat /w/file /layer/file; echo more >> /w/file; echo more >> /layer/file",
            copies=(tmp_path / "one", tmp_path / "two"),
            layers=(Layer(tmp_path / "one", "/layer"),),
        )

        outcome = engine.run(job)

        assert outcome.stdout == "secondfirst"
        assert "cannot create /layer/file" in outcome.stderr
        assert (tmp_path / "one/file").read_text() == "first"
        assert (tmp_path / "two/file").read_text() == "second"

    def test_regular_files_alone_are_collected(self, engine: StagedEngine, tmp_path: Path) -> None:
        into = tmp_path / "into"
        into.mkdir()
        links = "mkfifo /out/pipe; ln -s / /out/all; ln -s /etc /out/deep/link"
        script = f"mkdir /out/deep; echo x > /out/deep/file; {links}"

        engine.run(shell(script, collect=into))

        assert [str(path.relative_to(into)) for path in sorted(into.rglob("*"))] == ["deep", "deep/file"]

    def test_the_environment_is_what_was_given(self, engine: StagedEngine) -> None:
        outcome = engine.run(Job(("/usr/bin/env",), environment={"A": "1"}, limits=LIMITS))

        names = {line.partition("=")[0] for line in outcome.stdout.splitlines()}
        assert names == {"A", "PATH", "HOME", "LANG", "USER", "PWD"}

    def test_only_our_pipes_are_open(self, engine: StagedEngine) -> None:
        script = "import os; print(*os.listdir('/proc/self/fd'))"
        outcome = engine.run(Job((str(PYTHON), "-c", script), limits=LIMITS))

        assert set(outcome.stdout.split()) == {"0", "1", "2", "3", "9"}

    def test_control_characters_do_not_reach_the_log(self, engine: StagedEngine) -> None:
        assert engine.run(shell(r"printf '\033[31mred\033]0;title\007 \000end'")).stdout == "red end"

    def test_a_missing_program_is_never_silent(self, engine: StagedEngine) -> None:
        job = Job(("/usr/bin/no-such-program",), limits=LIMITS)
        if engine.name == "bubblewrap":
            with pytest.raises(EngineFailure, match="bubblewrap failed"):
                engine.run(job)
        else:
            outcome = engine.run(job)
            assert (outcome.exit_code, "not found" in outcome.stderr) == (127, True)

    @pytest.mark.parametrize(
        ("script", "limits", "expected"),
        [
            ("while :; do :; done", {"cpu_seconds": 1}, Limit.CPU),
            ("sleep 60", {"wall_seconds": 1}, Limit.WALL),
            ("trap '' TERM INT HUP; while :; do sleep 1; done", {"wall_seconds": 1}, Limit.WALL),
            ("for i in 1 2 3 4 5 6 7 8 9; do sleep 3 & done; wait", {"processes": 6}, Limit.PROCESSES),
            ("yes", {"output_bytes": 100_000}, Limit.OUTPUT),
            ("yes >&9", {"result_bytes": 100_000}, Limit.RESULT),
            ("head -c 100M /dev/zero > /w/file", {}, Limit.DISK),
            ("head -c 100M /dev/zero > /dev/shm/file", {}, Limit.DISK),
            ("i=0; while [ $i -lt 900 ]; do : > /tmp/$i || exit; i=$((i+1)); done", {}, Limit.INODES),
            ("/usr/bin/python3 -c 'bytearray(400 << 20)'", {}, Limit.MEMORY),
        ],
    )
    def test_limits_are_held_and_named(
        self, engine: StagedEngine, script: str, limits: dict[str, int], expected: Limit
    ) -> None:
        outcome = engine.run(shell(script, limits=replace(LIMITS, **limits)))

        assert expected in outcome.limits_hit
        assert outcome.usage.wall_seconds < 15

    def test_daemons_end_with_the_run(self, engine: StagedEngine) -> None:
        engine.run(shell("setsid sleep 12345 & setsid sh -c 'trap \"\" TERM; sleep 12345' & exit 0"))

        running = psutil.process_iter(["cmdline"])
        assert not any("12345" in (one.info["cmdline"] or ()) for one in running)

    def test_runs_at_the_same_time_do_not_meet(self, engine: StagedEngine) -> None:
        with ThreadPoolExecutor(3) as pool:
            jobs = [shell(f"echo {number} > /tmp/mine; sleep 0.3; cat /tmp/mine") for number in range(3)]
            found = list(pool.map(engine.run, jobs))

        assert [one.stdout for one in found] == ["0\n", "1\n", "2\n"]

    def test_a_source_that_is_missing_is_our_failure(self, engine: StagedEngine, tmp_path: Path) -> None:
        with pytest.raises(EngineFailure, match="could not be prepared"):
            engine.run(shell("true", copies=(tmp_path / "missing",)))

    def test_peaks_are_measured(self, engine: StagedEngine) -> None:
        usage = engine.run(shell("head -c 8M /dev/zero > /w/file; sleep 0.1 & sleep 0.1 & wait")).usage

        assert usage.disk_bytes is not None
        assert usage.disk_bytes >= 8 * MIB
        assert usage.memory_bytes is None or usage.memory_bytes >= 8 * MIB
        assert usage.processes is None or usage.processes >= 3


def test_without_control_groups_limits_fall_back_and_say_so(engine: StagedEngine) -> None:
    # Without control groups the kernel counts processes by user: other tests' runs must not count here.
    plain = replace(engine, hierarchies={}, uid=engine.uid + 100)

    outcome = plain.run(shell("/usr/bin/python3 -c 'bytearray(400 << 20)'"))

    assert outcome.exit_code == 1
    assert "MemoryError" in outcome.stderr
    assert set(outcome.unenforced) >= {Limit.MEMORY, Limit.CPU}


VERIFIER = """
import sys
from pathlib import Path
from jobtwin.verification.choose import ENGINES
from jobtwin.verification.engine import Job
engine = ENGINES[sys.argv[2]].on_this_machine(work=Path(sys.argv[1]), python=Path("/usr/bin/python3"))
engine.run(Job(("/usr/bin/sh", "-c", "setsid sleep 54321 & sleep 54321")))
"""


def test_a_verifier_that_is_killed_leaves_nothing_after_the_next_start(engine: StagedEngine) -> None:
    verifier = subprocess.Popen([sys.executable, "-c", VERIFIER, str(engine.work), engine.name])
    parent = psutil.Process(verifier.pid)
    try:
        children: list[psutil.Process] = []
        # The preparation, the engine's own, and what runs inside; gVisor's kernel hides the last.
        while len(children) < 5:
            assert verifier.poll() is None
            children = parent.children(recursive=True)
        assert list(engine.work.iterdir()) != []
    finally:
        verifier.kill()
        verifier.wait()

    engine.reap()

    assert psutil.wait_procs(children, timeout=10)[1] == []
    assert list(engine.work.iterdir()) == []
    mine = f"{PREFIX}{verifier.pid}-*"
    assert not any(list(one.parent.glob(mine)) for one in engine.hierarchies.values())


def test_a_sandbox_that_is_killed_from_outside_is_begun_again(tmp_path: Path) -> None:
    engine = ENGINES["bubblewrap"].on_this_machine(work=tmp_path / "work", python=PYTHON)
    layer = tmp_path / "layer"
    layer.mkdir()
    job = shell("test -e /layer/go || sleep 54322; echo anew >&9", layers=(Layer(layer, "/layer"),))
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(engine.run, job)
        first: list[psutil.Process] = []
        while not first:
            assert not run.done()
            running = psutil.Process().children(recursive=True)
            first = [one for one in running if _words(one)[-1:] == ["54322"]]
        (layer / "go").touch()
        init = first[0].parents()[
            1
        ]  # sleep's parent is the shell, and the shell's the sandbox's first process
        assert init.name() == "bwrap"
        init.kill()
        outcome = run.result()
    assert (outcome.exit_code, outcome.result) == (0, b"anew\n")


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.mark.skipif("gvisor" not in names(), reason="gVisor is not among the engines to test")
def test_a_crash_of_gvisor_is_told_apart_from_any_exit_of_a_run(tmp_path: Path) -> None:
    engine = ENGINES["gvisor"].on_this_machine(work=tmp_path / "work", python=PYTHON)
    for code in (2, 128):
        assert engine.run(shell(f"echo 'panic: FATAL ERROR' >&2; exit {code}")).exit_code == code
    panicking = _Panicking(engine.program, engine.work, engine.python, engine.hierarchies)
    killer = threading.Thread(target=_send_to_the_kernel, args=(signal.SIGUSR2,), daemon=True)
    killer.start()

    with pytest.raises(EngineCrash, match="gVisor crashed"):
        panicking.run(shell("sleep 15"))

    killer.join(10)


class _Panicking(Gvisor):
    """gVisor with its own switch to panic on a signal."""

    def start(self, job: Job, scratch: Path) -> Start:
        start = super().start(job, scratch)
        program, *rest = start.argv
        return replace(start, argv=[program, f"--panic-signal={signal.SIGUSR2}", *rest])


def _send_to_the_kernel(number: signal.Signals) -> None:
    """Signal gVisor's kernel once something runs inside: each process has a stub below the kernel."""
    while True:
        for one in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if one.cmdline()[:1] == ["runsc-sandbox"] and len(one.children(recursive=True)) > 2:
                    one.send_signal(number)
                    return


UNPRIVILEGED = """
import json
import sys
from pathlib import Path
from jobtwin.verification.bubblewrap import Bubblewrap
from jobtwin.verification.engine import MIB, Job, Limits
engine = Bubblewrap.on_this_machine(work=Path(sys.argv[1]), python=Path("/usr/bin/python3"))
limits = Limits(memory_bytes=256 * MIB, disk_bytes=16 * MIB, processes=64)
outcome = engine.run(Job(("/usr/bin/sh", "-c", "id -u; head -c 20M /dev/zero > /w/x"), limits=limits))
print(json.dumps([outcome.exit_code, outcome.stdout, [str(one) for one in outcome.limits_hit]]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="gives up root to become an ordinary user")
def test_an_ordinary_user_gets_the_same_sandbox(tmp_path_factory: pytest.TempPathFactory) -> None:
    import jobtwin

    top = Path("/tmp") / f"jobtwin-unprivileged-{os.getpid()}"  # noqa: S108 - pytest's folders are closed to others
    try:
        shutil.copytree(Path(jobtwin.__file__).parent, top / "src/jobtwin")
        (top / "work").mkdir(mode=0o777)
        (top / "work").chmod(0o777)
        done = subprocess.run(
            [
                PYTHON,
                "-I",
                "-c",
                f"import sys; sys.path.insert(0, {str(top / 'src')!r})\n{UNPRIVILEGED}",
                top / "work",
            ],
            user=65534,
            group=65534,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        shutil.rmtree(top, ignore_errors=True)

    code, out, limits = json.loads(done.stdout)
    assert (code, out) == (1, "1000\n")
    assert limits == ["disk_bytes"]


def test_the_self_test_passes_here(engine: StagedEngine) -> None:
    self_test(engine)
