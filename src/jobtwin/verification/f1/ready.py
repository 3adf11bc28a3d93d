"""The environment of a submission, with metadata built in the sandbox where only the backend can tell."""

from collections.abc import Callable
from pathlib import Path

from jobtwin.core.check import RETRYABLE
from jobtwin.verification.dependencies import (
    DependencyFailure,
    Environment,
    Plan,
    build_environment,
    build_plan,
    metadata_command,
    plan_requirements,
    plan_with_metadata,
)
from jobtwin.verification.engine import Job, Layer
from jobtwin.verification.subject import Subject

_MAX_METADATA = 1_000_000


def ready_environment(
    subject: Subject, *, tree: Path, log: Callable[[str], None]
) -> tuple[Plan, Environment]:
    """What the project declares, installed; `tree` are its files. Raises DependencyFailure, EngineFailure."""
    plan = plan_requirements(subject.tree, subfolder=subject.subfolder)
    if may_be_told_by_the_backend(plan):
        log("building the project's metadata in the sandbox")
        plan = _with_built_metadata(subject, plan, tree, log)
    return plan, build_environment(plan, settings=subject.settings.environments, on_log=log)


def may_be_told_by_the_backend(plan: Plan) -> bool:
    """Whether computed dependencies are all that keeps the plan from being resolved."""
    if not plan.unresolvable or plan.refusals or plan.project is None:
        return False
    computed = ["dependencies" in plan.project.dynamic, bool(plan.facts.get("setup_py_computes"))]
    return len(plan.unresolvable) <= sum(computed)


def _with_built_metadata(subject: Subject, plan: Plan, tree: Path, log: Callable[[str], None]) -> Plan:
    """The plan as it was, where the backend fails: its own sentence then says what to change."""
    into = subject.work / "metadata"
    into.mkdir()
    try:
        environment = build_environment(build_plan(plan), settings=subject.settings.environments, on_log=log)
    except DependencyFailure as failure:
        if failure.reason in RETRYABLE:
            raise
        return plan
    with environment:
        command = metadata_command(plan, source="/w", target="/out", venv=environment.mount_point)
        job = Job(
            argv=tuple(command or ()),
            copies=(tree,),
            layers=(Layer(environment.path, environment.mount_point),),
            limits=subject.settings.build_limits,
            collect=into,
        )
        outcome = subject.engine.run(job)
    built = into / "METADATA"
    if outcome.exit_code != 0 or not built.is_file():
        return plan
    with built.open("rb") as file:
        return plan_with_metadata(plan, file.read(_MAX_METADATA))
