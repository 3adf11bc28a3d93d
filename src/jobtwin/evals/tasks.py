"""Tasks for inspect-ai: each sample names a case, the solver measures it, the scorer keeps the numbers."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import Sample
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from jobtwin.evals import measures
from jobtwin.evals.attacks import CARRIERS, PAYLOADS
from jobtwin.evals.capstones import Capstone, capstones
from jobtwin.evals.metamorphic import CHANGES
from jobtwin.evals.stubs import BROKEN, STUBS
from jobtwin.evals.texts import TEXTS
from jobtwin.evals.tricks import tricks, tried
from jobtwin.review.draft import Reader

Measure = Callable[[Mapping[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Plan:
    """How many capstones are made, and how many an attack, a stub, a change, the guard gets."""

    capstones: int = 40
    an_attack: int = 1
    a_stub: int = 3
    a_change: int = 40
    a_guard: int = 12


@cache
def made(count: int) -> tuple[Capstone, ...]:
    """The capstones, built once."""
    return tuple(capstones(count))


@solver
def measured(measure: Measure) -> Solver:
    """Runs a measure over the case in a thread (a reader of models has an event loop of its own)."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001  no model of inspect's
        state.metadata["result"] = await asyncio.to_thread(measure, dict(state.metadata))
        return state

    return solve


@scorer(metrics={"*": [mean()]})
def numbers() -> Scorer:
    """The numbers of a result as scores; rows stay in the metadata for the report."""

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001  truth stands in the result
        result = state.metadata["result"]
        rows = result if isinstance(result, list) else [result]
        values = {key: float(value) for key, value in rows[0].items() if isinstance(value, int | float)}
        return Score(value=values if len(rows) == 1 else {"rows": len(rows)}, metadata={"rows": rows})

    return score


def _task(name: str, cases: Sequence[Mapping[str, Any]], measure: Measure) -> Task:
    samples = [
        Sample(id=" / ".join(str(value) for value in case.values()), input=name, metadata=dict(case))
        for case in cases
    ]
    return Task(name=name, dataset=samples, solver=measured(measure), scorer=numbers())


@task
def verdicts(plan: Plan, reader: Reader | None = None, name: str = "verdicts") -> Task:
    """Quality of verdicts on repositories whose defects are known; with a reader, a model's as well."""
    cases = [{"capstone": n} for n in range(plan.capstones)]
    return _task(name, cases, lambda case: measures.judged(_of(plan, case), reader))


@task
def attacks(plan: Plan) -> Task:
    """Every carrier with every payload class."""
    pairs = [(carrier, payload) for carrier in CARRIERS for payload in PAYLOADS]
    cases = [
        {"carrier": carrier, "payload": payload, "capstone": (at * plan.an_attack + n) % plan.capstones}
        for at, (carrier, payload) in enumerate(pairs)
        for n in range(plan.an_attack)
    ]
    return _task("attacks", cases, lambda c: measures.attacked(_of(plan, c), c["carrier"], c["payload"]))


@task
def stubs(plan: Plan) -> Task:
    """Every stub model."""
    cases = [{"stub": stub, "capstone": n} for stub in [*STUBS, *BROKEN] for n in range(plan.a_stub)]
    return _task("stubs", cases, lambda case: measures.stubbed(_of(plan, case), case["stub"]))


@task
def metamorphic(plan: Plan) -> Task:
    """Changes that may move nothing."""
    cases = [{"change": change, "capstone": n} for change in CHANGES for n in range(plan.a_change)]
    return _task("metamorphic", cases, lambda case: measures.changed(_of(plan, case), case["change"]))


@task
def retrieval(plan: Plan) -> Task:
    """Evidence against gold lines."""
    cases = [{"capstone": n} for n in range(plan.capstones)]
    return _task("retrieval", cases, lambda case: measures.retrieved(_of(plan, case)))


@task
def guard(plan: Plan) -> Task:
    """The injection guard on clean and attacked files, and on texts of their own."""
    cases: list[dict[str, Any]] = [{"capstone": n} for n in range(min(plan.a_guard, plan.capstones))]
    texts = [{"texts": kind} for kind in TEXTS]
    return _task("guard", [*cases, *texts], partial(_guarded, plan))


@task
def tricky() -> Task:
    """Files that look as if a criterion were met."""
    return _task("tricks", [{"trick": one["name"]} for one in tricks()], lambda case: tried(case["trick"]))


OFFLINE: Mapping[str, Callable[[Plan], Task]] = {
    "verdicts": verdicts,
    "tricks": lambda plan: tricky(),  # noqa: ARG005  the tricks are a fixed list
    "attacks": attacks,
    "stubs": stubs,
    "metamorphic": metamorphic,
    "retrieval": retrieval,
    "guard": guard,
}
"""The tasks that need no network, by name, in the order of the report."""


def offline_tasks(plan: Plan, names: Collection[str] = ()) -> list[Task]:
    """The tasks of these names, or all."""
    return [make(plan) for name, make in OFFLINE.items() if not names or name in names]


def _guarded(plan: Plan, case: Mapping[str, Any]) -> object:
    if "texts" in case:
        return measures.scanned_texts(case["texts"])
    return measures.guarded(_of(plan, case))


def _of(plan: Plan, case: Mapping[str, Any]) -> Capstone:
    return made(plan.capstones)[int(case["capstone"])]
