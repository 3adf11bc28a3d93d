"""The figures of docs/benchmarks.md on verification.

    python -m bench.verification.figures [ROUNDS]

Every ratio is taken within one run of this script, its two sides in turn; seconds are medians over the
rounds. `python -m bench.verification.figures one NAME` verifies one repository once (for the figures that
need a process of its own).
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bench.verification import larger, suite
from bench.verification.overhead import by_f1, by_hand, cpu_of
from jobtwin.source.tree import MemoryTree
from jobtwin.verification.choose import ENGINES, choose_engine, find_engine
from jobtwin.verification.dependencies import Environment, build_environment, plan_requirements
from jobtwin.verification.engine import Engine, Job, Layer
from jobtwin.verification.events import Progress, ignore
from jobtwin.verification.f1.check import check_f1
from jobtwin.verification.settings import AfterSettings, VerificationSettings
from jobtwin.verification.subject import Subject
from jobtwin.verification.workspace import work_folder, write_files

REPOSITORIES = {"FastAPI, 31 tests": suite.FILES, "numpy, 244 tests": larger.FILES}
AT_ONCE = 10
_PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Cost:
    """Seconds of one act."""

    wall: float
    cpu: float


def settings_here() -> VerificationSettings:
    """From the environment, with nothing after the verdict."""
    return replace(VerificationSettings.from_environment(os.environ), after=AfterSettings(cpu_seconds=0))


def timed(act: Callable[[], float]) -> Cost:
    """`act` answers with its processor seconds."""
    started = time.monotonic()
    cpu = act()
    return Cost(time.monotonic() - started, cpu)


def in_turn(acts: dict[str, Callable[[], float]], rounds: int) -> dict[str, Cost]:
    """Medians of acts that take turns, after one round that warms up."""
    for act in acts.values():
        act()
    measured: dict[str, list[Cost]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            measured[name].append(timed(act))
    return {
        name: Cost(statistics.median(one.wall for one in costs), statistics.median(one.cpu for one in costs))
        for name, costs in measured.items()
    }


def bare(environment: Environment, repository: Path) -> float:
    """The suite in the same environment, outside any sandbox."""
    before = cpu_of(resource.RUSAGE_CHILDREN)
    command = [str(environment.path / "bin/python"), *_PYTEST]
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(repository), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(command, cwd=repository, env=environ, check=True, stdout=subprocess.DEVNULL)
    return cpu_of(resource.RUSAGE_CHILDREN) - before


def sandboxed(engine: Engine, environment: Environment, repository: Path) -> float:
    """The same in a sandbox; its control group counts the engine, too. Raises RuntimeError."""
    job = Job(
        argv=(environment.python, *_PYTEST),
        copies=(repository,),
        layers=(Layer(environment.path, environment.mount_point),),
        environment={"PYTHONDONTWRITEBYTECODE": "1"},
    )
    outcome = engine.run(job)
    if outcome.exit_code != 0 or outcome.usage.cpu_seconds is None:
        raise RuntimeError(
            f"{engine.name}: {outcome.exit_code}: {outcome.stdout[-300:]}{outcome.stderr[-300:]}"
        )
    return outcome.usage.cpu_seconds


def engines(settings: VerificationSettings) -> dict[str, Engine]:
    """Those that work here."""
    found = {name: find_engine(name, settings).engine for name in ENGINES}
    return {name: engine for name, engine in found.items() if engine is not None}


def one_run(settings: VerificationSettings, rounds: int) -> None:
    """A table of one plain run of each suite, bare and in each engine."""
    print("| one run of the suite | engine | CPU s | wall s | CPU ratio | wall ratio |")
    print("|---|---|---|---|---|---|")
    for title, files in REPOSITORIES.items():
        plan = plan_requirements(MemoryTree(files))
        with (
            work_folder(settings.work) as folder,
            build_environment(plan, settings=settings.environments) as environment,
        ):
            repository = write_files(files, folder / "repository")
            acts: dict[str, Callable[[], float]] = {"none": partial(bare, environment, repository)}
            for name, engine in engines(settings).items():
                acts[name] = partial(sandboxed, engine, environment, repository)
            costs = in_turn(acts, rounds)
        floor = costs["none"]
        for name, cost in costs.items():
            ratios = f"{cost.cpu / floor.cpu:.2f} | {cost.wall / floor.wall:.2f}"
            print(f"| {title} | {name} | {cost.cpu:.2f} | {cost.wall:.2f} | {ratios} |", flush=True)


def whole_check(settings: VerificationSettings, rounds: int) -> None:
    """A table of F1 (main run and negative control) beside what a learner types."""
    print("\n| whole | CPU s | wall s | CPU ratio | wall ratio |\n|---|---|---|---|---|")
    engine = choose_engine(settings)
    for title, files in REPOSITORIES.items():
        costs = in_turn(
            {
                "`uv venv`, install, `pytest`": partial(by_hand, settings, files),
                f"F1 on {engine.name}": partial(by_f1, engine, settings, MemoryTree(files)),
            },
            rounds,
        )
        hand = next(iter(costs.values()))
        for name, cost in costs.items():
            ratios = f"{cost.cpu / hand.cpu:.2f} | {cost.wall / hand.wall:.2f}"
            print(f"| {title}: {name} | {cost.cpu:.2f} | {cost.wall:.2f} | {ratios} |", flush=True)


def verify_one(title: str) -> None:
    """One verification in this process; tells the environment's origin, its seconds, and our peak memory."""
    settings = settings_here()
    tree = MemoryTree(REPOSITORIES[title])
    started = time.monotonic()
    engine = choose_engine(settings)
    with work_folder(settings.work) as work:
        result = check_f1(Subject(tree, engine, settings, Progress("F1", ignore, {}), work))
    facts = result.facts["dependencies"]
    origin = f"{facts['environment']} in {facts['seconds']} s" if isinstance(facts, dict) else "none"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{result.reason}|{origin}|{peak:.0f}|{time.monotonic() - started:.2f}")


def in_a_process(title: str) -> list[str]:
    """What `verify_one` told in a process of its own. Raises RuntimeError unless it confirmed."""
    command = [sys.executable, "-m", "bench.verification.figures", "one", title]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    told = done.stdout.strip().split("|")
    if told[0] != "ok":
        raise RuntimeError(done.stdout)
    return told


def second_submission() -> None:
    """The same lock twice, over an empty cache of environments; and the verifier's own memory."""
    print("\n| submission | environment | F1 wall s | peak memory of the verifier, MiB |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="jobtwin-bench-") as folder:
        os.environ["JOBTWIN_CACHE"] = folder
        for title in REPOSITORIES:
            for which in ("first", "second"):
                _, origin, peak, seconds = in_a_process(title)
                print(f"| {title}, {which} | {origin} | {seconds} | {peak} |", flush=True)
        del os.environ["JOBTWIN_CACHE"]


def many_at_once() -> None:
    """Ten submissions in a row, then all at once."""
    title = next(iter(REPOSITORIES))
    in_a_process(title)
    print(f"\n| {AT_ONCE} submissions ({title}) | wall s | slowest one s |\n|---|---|---|")
    walls: list[float] = []
    for name, workers in (("in a row", 1), ("at once", AT_ONCE)):
        started = time.monotonic()
        with ThreadPoolExecutor(workers) as pool:
            told = list(pool.map(in_a_process, [title] * AT_ONCE))
        walls.append(time.monotonic() - started)
        print(f"| {name} | {walls[-1]:.1f} | {max(float(one[3]) for one in told):.1f} |", flush=True)
    print(f"| ratio | {walls[1] / walls[0]:.2f} | |")


def main() -> None:
    if sys.argv[1:2] == ["one"]:
        verify_one(sys.argv[2])
        return
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    settings = settings_here()
    load = os.getloadavg()[0]
    print(f"load before: {load:.1f} on {os.cpu_count()} cores; medians of {rounds}\n")
    one_run(settings, rounds)
    whole_check(settings, rounds)
    second_submission()
    many_at_once()


if __name__ == "__main__":
    main()
