"""How much F1 costs beside what a learner does by hand.

    python -m bench.verification.overhead [ROUNDS]

By hand: `uv venv && uv pip install -r requirements.txt && pytest` with a warm download cache. F1: the
whole check (census, environment by lock hash, main run, negative control) once the environment of that
lock is there. Both run alternately; wall and processor seconds are medians over the rounds.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from bench.verification.suite import FILES
from jobtwin.core.check import CheckResult, Reason
from jobtwin.source.tree import MemoryTree, Tree
from jobtwin.verification.choose import choose_engine
from jobtwin.verification.dependencies.settings import operator_variables
from jobtwin.verification.engine import Engine
from jobtwin.verification.events import Progress, ignore
from jobtwin.verification.f1.check import check_f1
from jobtwin.verification.settings import AfterSettings, VerificationSettings
from jobtwin.verification.subject import Subject
from jobtwin.verification.workspace import work_folder, write_files

TREE = MemoryTree(FILES)


def cpu_of(who: int) -> float:
    """Processor time of this process (RUSAGE_SELF) or of its children that ended (RUSAGE_CHILDREN)."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def by_hand(settings: VerificationSettings, files: Mapping[str, bytes] = FILES) -> float:
    """What the learner would type, in a folder of its own; processor seconds."""
    before = cpu_of(resource.RUSAGE_CHILDREN)
    folder = Path(tempfile.mkdtemp(prefix="jobtwin-bench-"))
    uv = str(Path(sys.executable).parent / "uv")
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "UV_CACHE_DIR": str(settings.cache / "by-hand"),
    }
    environ |= operator_variables(os.environ)
    try:
        write_files(files, folder / "repo")
        venv = folder / "venv"
        for command in (
            [uv, "venv", "--quiet", "--python", str(settings.python), str(venv)],
            [uv, "pip", "install", "--quiet", "--python", str(venv), "-r", "requirements.txt"],
            [str(venv / "bin/pytest"), "-q"],
        ):
            subprocess.run(command, cwd=folder / "repo", env=environ, check=True, stdout=subprocess.DEVNULL)
    finally:
        shutil.rmtree(folder)
    return cpu_of(resource.RUSAGE_CHILDREN) - before


def by_f1(engine: Engine, settings: VerificationSettings, tree: Tree = TREE) -> float:
    """The whole check; processor seconds of the verifier and, by its control groups, of all its runs.

    Raises RuntimeError where it does not confirm.
    """
    before = cpu_of(resource.RUSAGE_SELF)
    with work_folder(settings.work) as work:
        result = check_f1(Subject(tree, engine, settings, Progress("F1", ignore, {}), work))
    if result.reason is not Reason.OK:
        raise RuntimeError(result.summary)
    return cpu_of(resource.RUSAGE_SELF) - before + sum(cpu_of_runs(result))


def cpu_of_runs(result: CheckResult) -> Iterator[float]:
    """What the sandboxed runs used, as the facts say."""
    for facts in (result.facts, result.facts["control"]):
        usage = facts["usage"] if isinstance(facts, Mapping) else None
        if not isinstance(usage, Mapping):
            raise RuntimeError("this machine does not measure processor time of control groups")
        yield usage["cpu_seconds"]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    settings = VerificationSettings.from_environment(os.environ)
    settings = replace(settings, after=AfterSettings(cpu_seconds=0))
    engine = choose_engine(settings)
    by_hand(settings)
    by_f1(engine, settings)
    acts: dict[str, Callable[[], float]] = {
        "by hand": lambda: by_hand(settings),
        "F1": lambda: by_f1(engine, settings),
    }
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            started = time.monotonic()
            cpu = act()
            measured[name].append((time.monotonic() - started, cpu))
    medians = {
        name: [statistics.median(column) for column in zip(*rows, strict=True)]
        for name, rows in measured.items()
    }
    for name, (wall, cpu) in medians.items():
        print(f"{name:8} wall {wall:6.2f} s   cpu {cpu:6.2f} s   (median of {rounds})")
    (hand_wall, hand_cpu), (f1_wall, f1_cpu) = medians["by hand"], medians["F1"]
    print(f"ratio    wall {f1_wall / hand_wall:6.2f}     cpu {f1_cpu / hand_cpu:6.2f}")


if __name__ == "__main__":
    main()
