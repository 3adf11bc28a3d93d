"""F1: does pytest pass on a clean clone?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from packaging.utils import canonicalize_name

from jobtwin.core.check import CheckResult, Reason, verdict_of
from jobtwin.source.declaration import read_declaration
from jobtwin.source.tree import submodules_of
from jobtwin.verification.dependencies import DependencyFailure
from jobtwin.verification.engine import EngineFailure, Limits, Outcome
from jobtwin.verification.f1.abilities import find_abilities, version_of
from jobtwin.verification.f1.after import facts_after
from jobtwin.verification.f1.canaries import make_canaries
from jobtwin.verification.f1.census import Census, take_census
from jobtwin.verification.f1.control import bent_in_control, survives, was_called
from jobtwin.verification.f1.facts import facts_of_census, facts_of_control, facts_of_run
from jobtwin.verification.f1.judge import in_want, judge, with_submodules
from jobtwin.verification.f1.options import Options, choose_options
from jobtwin.verification.f1.prepare import Prepared, prepare
from jobtwin.verification.f1.pytest_config import PytestConfig, read_config
from jobtwin.verification.f1.results import Results
from jobtwin.verification.f1.run import Finding, Run
from jobtwin.verification.f1.sabotage import sabotage
from jobtwin.verification.f1.stages import Workbench, chance_of, collection_arguments, run_tests
from jobtwin.verification.npm.run import facts_of_front_ends
from jobtwin.verification.subject import Subject, sharing
from jobtwin.verification.workspace import write_files

ID = "F1"


def check_f1(subject: Subject) -> CheckResult:
    """Census, environment, tests with canaries, negative control: in that order, until one decides."""
    with subject.progress.phase("census", "reading which tests there are"):
        declaration = read_declaration(subject.tree)
        subject = replace(subject, subfolder=subject.subfolder or declaration.subfolder)
        config = read_config(subject.tree, subject.subfolder)
        census = take_census(subject.tree, config, subfolder=subject.subfolder)
        options = choose_options(config)
    facts = {**declaration.facts, **facts_of_census(census, config, options)}
    if subject.subfolder:
        facts["subfolder"] = subject.subfolder
    finding = _early(census, config, options)
    if finding is None:
        finding = _prepared(subject, census, config, options, facts)
    # Last, because an engine that crashed on the way was stood in for by another one.
    facts["engine"] = subject.engine.name
    return CheckResult(ID, finding.reason, finding.summary, facts)


def _prepared(
    subject: Subject, census: Census, config: PytestConfig, options: Options, facts: dict[str, object]
) -> Finding:
    """Files and environment laid ready, then the runs. Adds to `facts`."""
    with sharing(subject) as shared:
        try:
            ready = prepare(subject, shared)
        except DependencyFailure as failure:
            facts["dependencies"] = failure.facts
            return Finding(failure.reason, failure.summary)
        facts |= ready.facts
        bench = Workbench(
            subject, ready.plan, ready.environment, census, config, options, ready.files, ready.site
        )
        finding, more = _run(bench, ready)
        if finding.reason is Reason.OK:
            more |= _front_ends(bench)
    facts |= more
    return finding


def _front_ends(bench: Workbench) -> dict[str, object]:
    """Facts beside the verdict; no failure of the platform here takes it away."""
    try:
        return facts_of_front_ends(bench.subject, bench.base)
    except EngineFailure as error:
        return {"front_ends": error.message[:300]}


def _early(census: Census, config: PytestConfig, options: Options) -> Finding | None:
    """What reading alone decides."""
    if config.problem is not None:
        return Finding(Reason.COLLECTION_ERROR, config.problem)
    if not census.modules and not any(one.startswith("--doctest") for one in options.honoured):
        return Finding(Reason.NO_TESTS, "this repository holds no file that pytest would take for a test")
    return None


def _run(bench: Workbench, ready: Prepared) -> tuple[Finding, dict[str, object]]:
    progress = bench.subject.progress
    unbuilt = _unbuilt(bench, ready.facts)
    if unbuilt is not None:
        return unbuilt, {}
    with progress.phase("tests", "running the tests in the sandbox") as log:
        run = _main_run(bench)
        for line in run.outcome.stdout.strip().splitlines()[-3:]:
            log(line)
    finding = in_want(run, judge(run), bench.environment.given_up)
    finding = with_submodules(run, finding, submodules_of(bench.subject.tree))
    facts = facts_of_run(run)
    if finding.reason is not Reason.OK:
        return finding, facts
    with progress.phase("control", "running them again over switched-off code"):
        control = _control(bench, run)
    facts["control"] = facts_of_control(
        bodies=control.bodies, outcome=control.outcome, survived=control.survived
    )
    if control.finding is not None:
        return control.finding, facts
    with progress.phase("verdict") as log:
        log(f"{verdict_of(finding.reason)}: {finding.reason}")
    return _with_elsewhere(finding, bench.census), facts | facts_after(
        bench, run, bench.subject.settings.after
    )


def _unbuilt(bench: Workbench, facts: Mapping[str, object]) -> Finding | None:
    """A compiled project has no import roots that could stand in for what was not built."""
    project = bench.plan.project
    if project is None or not project.compiled or facts.get("project_install") != "failed":
        return None
    said = f"the project has to be compiled, which failed here: {facts['project_install_log']}"
    return Finding(Reason.NOT_SUPPORTED, said)


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
        abilities=find_abilities(subject.tree, python=version_of(results.python)),
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
    arguments = [*_without_coverage(bench.options), "--tb=no", *collection_arguments(bench, None)]
    limits = _control_limits(bench, run)

    def again(*flags: str) -> tuple[Outcome, Results]:
        return run_tests(bench, extra=extra, arguments=[*flags, *arguments], limits=limits, marks=True)

    outcome, results = again("-x")
    if not survives(outcome, results) and not was_called(outcome):
        # The first change may have been the text alone, and the tests that run the code come later.
        outcome, results = again()
    finding = _finding_of_control(bench, run, changed.bodies, outcome, results)
    return _Control(changed.bodies, outcome, survived=finding is not None, finding=finding)


def _finding_of_control(
    bench: Workbench, run: Run, bodies: int, outcome: Outcome, results: Results
) -> Finding | None:
    for nodeid in bent_in_control(run.abilities, results):
        said = f"{nodeid} is reported as passed although its function raised over switched-off code"
        return Finding(Reason.TAMPERED, said)
    survived = survives(outcome, results)
    if not survived and was_called(outcome):
        return None
    if _is_part_of_the_runner(bench):
        said = "the project is itself a part of the test runner here, so its tests saw the installed copy"
        return Finding(Reason.NOT_SUPPORTED, said)
    said = f"every test still passes with all {bodies} functions of the code under test switched off"
    if not survived:
        said = "the tests noticed that the text of the code under test changed, but never ran it"
    return Finding(Reason.SURVIVES_SABOTAGE, said)


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
