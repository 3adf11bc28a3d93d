"""F1: does pytest pass on a clean clone?"""

from dataclasses import dataclass, replace

from packaging.utils import canonicalize_name

from jobtwin.core.check import CheckResult, Reason
from jobtwin.source.export import write_tree
from jobtwin.verification.dependencies import DependencyFailure, build_environment, plan_requirements
from jobtwin.verification.engine import Limits, Outcome
from jobtwin.verification.f1.abilities import find_abilities
from jobtwin.verification.f1.canaries import make_canaries
from jobtwin.verification.f1.census import Census, take_census
from jobtwin.verification.f1.control import bent_in_control, survives
from jobtwin.verification.f1.facts import facts_of_census, facts_of_control, facts_of_run
from jobtwin.verification.f1.judge import judge
from jobtwin.verification.f1.options import Options, choose_options
from jobtwin.verification.f1.pytest_config import PytestConfig, read_config
from jobtwin.verification.f1.run import Finding, Run
from jobtwin.verification.f1.sabotage import sabotage
from jobtwin.verification.f1.stages import Workbench, chance_of, collection_arguments, install, run_tests
from jobtwin.verification.subject import Subject
from jobtwin.verification.workspace import write_files

ID = "F1"


def check_f1(subject: Subject) -> CheckResult:
    """Census, environment, tests with canaries, negative control: in that order, until one decides."""
    with subject.progress.phase("census", "reading which tests there are"):
        config = read_config(subject.tree, subject.subfolder)
        census = take_census(subject.tree, config, subfolder=subject.subfolder)
        options = choose_options(config)
    facts = {"engine": subject.engine.name, **facts_of_census(census, config, options)}
    early = _early(census, config, options)
    if early is not None:
        return CheckResult(ID, early.reason, early.summary, facts)
    with subject.progress.phase("dependencies", "resolving and installing what the project declares") as log:
        plan = plan_requirements(subject.tree, subfolder=subject.subfolder)
        try:
            environment = build_environment(plan, settings=subject.settings.environments, on_log=log)
        except DependencyFailure as failure:
            return CheckResult(ID, failure.reason, failure.summary, {**facts, "dependencies": failure.facts})
        facts["dependencies"] = environment.facts
    with environment:
        export = write_tree(
            subject.tree.entries(), (), lambda one: subject.tree.read(one.path) or b"", subject.work / "tree"
        )
        facts |= export.facts
        bench = Workbench(subject, plan, environment, census, config, options, subject.work / "tree")
        finding, more = _run(bench)
    return CheckResult(ID, finding.reason, finding.summary, facts | more)


def _early(census: Census, config: PytestConfig, options: Options) -> Finding | None:
    """What reading alone decides."""
    if config.problem is not None:
        return Finding(Reason.COLLECTION_ERROR, config.problem)
    if not census.modules and not any(one.startswith("--doctest") for one in options.honoured):
        return Finding(Reason.NO_TESTS, "this repository holds no file that pytest would take for a test")
    return None


def _run(bench: Workbench) -> tuple[Finding, dict[str, object]]:
    progress = bench.subject.progress
    with progress.phase("install", "building the project in the sandbox"):
        bench, facts = install(bench)
    with progress.phase("tests", "running the tests in the sandbox") as log:
        run = _main_run(bench)
        for line in run.outcome.stdout.strip().splitlines()[-3:]:
            log(line)
    finding = judge(run)
    facts |= facts_of_run(run)
    if finding.reason is not Reason.OK:
        return finding, facts
    with progress.phase("control", "running them again over switched-off code"):
        control = _control(bench, run)
    facts["control"] = facts_of_control(
        bodies=control.bodies, outcome=control.outcome, survived=control.survived
    )
    return control.finding or _with_elsewhere(finding, bench.census), facts


def _main_run(bench: Workbench) -> Run:
    subject = bench.subject
    taken = frozenset(entry.path for entry in subject.tree.entries())
    canaries = make_canaries(bench.census, chance_of(subject.tree.commit), taken=taken)
    extra = write_files({canaries.path: canaries.content}, subject.work / "canaries")
    arguments = [*bench.options.honoured, *collection_arguments(bench, canaries.path)]
    outcome, results = run_tests(bench, extra=extra, arguments=arguments, limits=subject.settings.limits)
    return Run(
        census=bench.census,
        canaries=canaries,
        abilities=find_abilities(subject.tree),
        outcome=outcome,
        results=results,
        limits=subject.settings.limits,
        marker=bench.options.marker,
        markers=bench.config.markers,
    )


@dataclass(frozen=True)
class _Control:
    bodies: int
    outcome: Outcome | None = None
    survived: bool = False
    finding: Finding | None = None


def _control(bench: Workbench, run: Run) -> _Control:
    """The negative control: stops at the first change, without tracebacks or coverage."""
    subject = bench.subject
    changed = sabotage(subject.tree, spare=bench.census.modules, folder=subject.subfolder)
    if not changed.bodies:
        return _Control(0)
    extra = write_files(changed.files, subject.work / "sabotage")
    honoured = _without_coverage(bench.options)
    arguments = [*honoured, "-x", "--tb=no", *collection_arguments(bench, None)]
    limits = _control_limits(bench, run)
    outcome, results = run_tests(bench, extra=extra, arguments=arguments, limits=limits)
    for nodeid in bent_in_control(run.abilities, results):
        said = f"{nodeid} is reported as passed although its function raised over switched-off code"
        return _Control(changed.bodies, outcome, survived=True, finding=Finding(Reason.TAMPERED, said))
    if survives(outcome, results) and _is_part_of_the_runner(bench):
        said = "the project is itself a part of the test runner here, so its tests saw the installed copy"
        finding = Finding(Reason.NOT_SUPPORTED, said)
        return _Control(changed.bodies, outcome, survived=True, finding=finding)
    if survives(outcome, results):
        said = (
            f"every test still passes with all {changed.bodies} functions of the code under test switched off"
        )
        finding = Finding(Reason.SURVIVES_SABOTAGE, said)
        return _Control(changed.bodies, outcome, survived=True, finding=finding)
    return _Control(changed.bodies, outcome)


def _is_part_of_the_runner(bench: Workbench) -> bool:
    """Whether the project is pytest, a plugin or a dependency of theirs: loaded before the tree is."""
    project = bench.plan.project
    name = project.name if project is not None else None
    return name is not None and canonicalize_name(name) in bench.environment.packages


def _control_limits(bench: Workbench, run: Run) -> Limits:
    settings = bench.subject.settings
    wall = max(settings.control_least_seconds, run.outcome.usage.wall_seconds * settings.control_factor)
    return replace(settings.limits, wall_seconds=min(wall, settings.limits.wall_seconds))


def _without_coverage(options: Options) -> list[str]:
    return [one for one in options.honoured if not one.startswith(("--cov", "--no-cov", "--junit", "--html"))]


def _with_elsewhere(finding: Finding, census: Census) -> Finding:
    """A pass says so where the project's settings leave tests out."""
    if not census.elsewhere:
        return finding
    count = sum(census.elsewhere.values())
    files = len(census.elsewhere)
    said = f"; {count} tests in {files} file{'s' if files != 1 else ''} lie outside the configured places"
    return Finding(finding.reason, finding.summary + said)
