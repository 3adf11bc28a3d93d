"""What is looked at once the verdict stands: the tests in another order, and over sampled faults.

Facts for the mentor, never a verdict, within a budget of their own: nothing here is asked for a suite
that was not confirmed, and no failure of the platform here takes a verdict away.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from jobtwin.verification.engine import EngineFailure, Limits, Outcome
from jobtwin.verification.f1.control import survives
from jobtwin.verification.f1.faults import find_faults, sample, with_fault
from jobtwin.verification.f1.results import Results
from jobtwin.verification.f1.run import Run
from jobtwin.verification.f1.stages import Workbench, collection_arguments, run_tests
from jobtwin.verification.settings import AfterSettings
from jobtwin.verification.workspace import write_files

SHOWN = 50
ORDER = "JOBTWIN_ORDER"
"""The variable that holds the seed of the order; the probe inside reads it."""
_ORDERING = frozenset({"pytest-order", "pytest-ordering", "pytest-dependency", "pytest-steps"})


@dataclass
class Budget:
    """Processor and wall time that is left, in seconds."""

    cpu_seconds: float
    wall_seconds: float

    @property
    def is_spent(self) -> bool:
        return self.cpu_seconds <= 0 or self.wall_seconds <= 0

    def spend(self, outcome: Outcome) -> None:
        usage = outcome.usage
        self.wall_seconds -= usage.wall_seconds
        self.cpu_seconds -= usage.wall_seconds if usage.cpu_seconds is None else usage.cpu_seconds


@dataclass
class After:
    """The runs after the verdict on one suite, of which `run` was the main one."""

    bench: Workbench
    run: Run
    budget: Budget
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def flags(self) -> list[str]:
        """The honoured options without what writes reports or measures coverage."""
        apart = ("--cov", "--no-cov", "--junit", "--html")
        return [one for one in self.bench.options.honoured if not one.startswith(apart)]

    def limits(self) -> Limits:
        """Room for a run that a fault has slowed down, within what is left."""
        usage, most = self.run.outcome.usage, self.bench.subject.settings.limits
        wall = max(5.0, 3 * usage.wall_seconds)
        cpu = max(5.0, 3 * (usage.wall_seconds if usage.cpu_seconds is None else usage.cpu_seconds))
        return replace(
            most,
            wall_seconds=min(wall, most.wall_seconds, max(self.budget.wall_seconds, 1.0)),
            cpu_seconds=min(cpu, most.cpu_seconds),
        )

    def again(
        self, files: dict[str, bytes], *flags: str, order: str | None = None
    ) -> tuple[Outcome, Results]:
        """One more run over the tree with `files` on top. Raises EngineFailure."""
        extra: Path = self.bench.subject.work / f"after-{next(self.numbers)}"
        arguments = [*self.flags, "--tb=no", *flags, *collection_arguments(self.bench, None)]
        environment = {} if order is None else {ORDER: order}
        outcome, results = run_tests(
            self.bench,
            extra=write_files(files, extra),
            arguments=arguments,
            limits=self.limits(),
            environment=environment,
        )
        self.budget.spend(outcome)
        return outcome, results


def facts_after(bench: Workbench, run: Run, settings: AfterSettings) -> dict[str, object]:
    """Both looks, as far as the budget goes; empty where it is zero."""
    if settings.cpu_seconds <= 0:
        return {}
    after = After(bench, run, Budget(settings.cpu_seconds, settings.wall_seconds))
    progress = bench.subject.progress
    with progress.phase("order", "running the tests once more in another order"), _told() as order:
        _look_at_order(after, order)
    with progress.phase("faults", "looking which small faults the tests notice"), _told() as faults:
        flaky = order.get("flaky", [])
        _look_at_faults(
            after, faults, most=settings.faults, flaky=set(flaky if isinstance(flaky, list) else [])
        )
    for name, facts in (("order", order), ("faults", faults)):
        facts["seconds"] = progress.seconds[name]
    return {"second_order": order, "sampled_faults": faults}


@contextmanager
def _told() -> Iterator[dict[str, object]]:
    """Facts that are kept as far as they go where the engine fails."""
    facts: dict[str, object] = {}
    try:
        yield facts
    except EngineFailure as error:
        facts["ended_early"] = error.message[:300]


def _look_at_order(after: After, facts: dict[str, object]) -> None:
    """A test that fails in another order and again in that same order depends on the others, which share
    its process; one that then passes is flaky."""
    declared = sorted(_ORDERING & {one.lower() for one in after.run.results.plugins})
    if declared:
        facts["left_out"] = f"the suite declares its order ({', '.join(declared)})"
        return
    seed = after.bench.subject.tree.commit
    facts["seed"] = seed
    outcome, results = after.again({}, order=seed)
    if outcome.limits_hit or results.exit_code is None:
        facts["ended_early"] = (
            "the run met a limit" if outcome.limits_hit else "the run was ended from inside"
        )
        return
    failed = _failed(results) & set(after.run.passed)
    facts["runs"] = 1
    facts["failed"] = len(failed)
    again = failed
    if failed and not after.budget.is_spent:
        again = failed & _failed(after.again({}, order=seed)[1])
        facts["runs"] = 2
    facts["flaky"] = sorted(failed - again)[:SHOWN]
    facts["order_dependent"] = sorted(again)[:SHOWN]


def _look_at_faults(after: After, facts: dict[str, object], *, most: int, flaky: set[str]) -> None:
    """A fault counts as noticed where a test fails, or the run ends otherwise, and no flaky test is why."""
    subject = after.bench.subject
    possible = find_faults(subject.tree, spare=after.bench.census.modules, folder=subject.subfolder)
    facts |= {"possible": len(possible), "sampled": 0, "noticed": 0, "survivors": []}
    sampled = noticed = 0
    survivors: list[str] = []
    started = after.budget.cpu_seconds
    for fault in sample(possible, seed=subject.tree.commit, most=most):
        if after.budget.is_spent:
            facts["ended_early"] = "the budget was spent"
            break
        content = with_fault(subject.tree.read(fault.path) or b"", fault)
        if content is None:
            continue
        outcome, results = after.again({fault.path: content}, "-x")
        failed = _failed(results)
        if failed and failed <= flaky:
            continue
        sampled += 1
        if survives(outcome, results):
            survivors.append(str(fault))
        else:
            noticed += 1
        facts |= {"sampled": sampled, "noticed": noticed, "survivors": survivors[:SHOWN]}
    facts["cpu_seconds"] = round(started - after.budget.cpu_seconds, 3)


def _failed(results: Results) -> set[str]:
    return {one.nodeid for one in results.reports if one.outcome == "failed"}
