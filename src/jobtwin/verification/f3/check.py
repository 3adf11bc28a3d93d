"""F3: can the evals suite be run from end to end?"""

from dataclasses import replace

from jobtwin.core.check import CheckResult, Reason
from jobtwin.source.declaration import Declaration, read_declaration
from jobtwin.verification.dependencies import DependencyFailure
from jobtwin.verification.f1.census import take_census
from jobtwin.verification.f1.options import Options
from jobtwin.verification.f1.prepare import prepare
from jobtwin.verification.f1.pytest_config import PytestConfig
from jobtwin.verification.f1.stages import Workbench
from jobtwin.verification.f3.data import data_hashes
from jobtwin.verification.f3.facts import facts_of_run
from jobtwin.verification.f3.judge import judge
from jobtwin.verification.f3.node import node_project, packages_beside
from jobtwin.verification.f3.run import EvalsRun, run_evals
from jobtwin.verification.f3.source import (
    EvalsCommand,
    Project,
    declared_command,
    discover_command,
    is_promptfoo,
)
from jobtwin.verification.subject import Subject, sharing

ID = "F3"

HOW_TO_DECLARE = (
    'say in jobtwin.toml which command runs them: [evals] command = ["python", "-m", "evals.run"]'
)


def check_f3(subject: Subject) -> CheckResult:
    """Command, environment, one run beside a stand-in model: in that order, until one decides."""
    with subject.progress.phase("command", "looking for the command that runs the evals"):
        declaration = read_declaration(subject.tree)
        subject = replace(subject, subfolder=subject.subfolder or declaration.subfolder)
        project = Project(subject.tree, subject.subfolder)
        command, early = _command(declaration, project)
    facts: dict[str, object] = {"engine": subject.engine.name, **declaration.facts}
    if command is not None:
        facts |= {"command": list(command.argv), "command_origin": command.origin}
    if command is None or early is not None:
        reason, said = early or (Reason.NO_TESTS, f"no evals suite was found; {HOW_TO_DECLARE}")
        return CheckResult(ID, reason, said, facts)
    return _reproduced(subject, declaration, project, command, facts)


def _command(
    declaration: Declaration, project: Project
) -> tuple[EvalsCommand | None, tuple[Reason, str] | None]:
    """The command to run, or what already decides the check: a reason with its sentence."""
    problem = declaration.problem_with("evals")
    if problem is not None:
        return None, (Reason.NO_TESTS, f"the declaration of the evals cannot be followed; {problem}")
    if declaration.evals_command is not None:
        return declared_command(declaration.evals_command, project), None
    found = discover_command(project)
    if found is not None and is_promptfoo(found) and node_project(project, found) is None:
        said = f"there is a {found.origin}, and no package.json with a lock that would bring promptfoo"
        said += f": commit both, or {HOW_TO_DECLARE}"
        return found, (Reason.NOT_SUPPORTED, said)
    return found, None


def _reproduced(
    subject: Subject,
    declaration: Declaration,
    project: Project,
    command: EvalsCommand,
    facts: dict[str, object],
) -> CheckResult:
    with sharing(subject) as shared:
        try:
            ready = prepare(subject, shared)
        except DependencyFailure as failure:
            return CheckResult(ID, failure.reason, failure.summary, {**facts, "dependencies": failure.facts})
        facts |= ready.facts
        config = PytestConfig()
        census = take_census(subject.tree, config, subfolder=subject.subfolder)
        bench = Workbench(
            subject, ready.plan, ready.environment, census, config, Options(), ready.files, ready.site
        )
        try:
            run = _run(bench, declaration, project, command, facts)
        except DependencyFailure as failure:
            return CheckResult(ID, failure.reason, failure.summary, {**facts, "npm": failure.facts})
    finding = judge(run)
    return CheckResult(ID, finding.reason, finding.summary, facts | facts_of_run(run, finding))


def _run(
    bench: Workbench,
    declaration: Declaration,
    project: Project,
    command: EvalsCommand,
    facts: dict[str, object],
) -> EvalsRun:
    """With the npm packages that a command of Node needs; adds theirs to `facts`."""
    subject = bench.subject
    with packages_beside(subject, node_project(project, command)) as beside:
        facts |= beside.facts
        with subject.progress.phase("evals", "running the evals beside a stand-in model") as log:
            run = run_evals(
                bench,
                command,
                reports=declaration.evals_reports,
                data=data_hashes(project, command, declaration.evals_reports),
                services=(*declaration.container.services, *declaration.container.unlisted_services),
                beside=beside,
            )
            for line in run.outcome.stdout.strip().splitlines()[-3:]:
                log(line)
    return run
