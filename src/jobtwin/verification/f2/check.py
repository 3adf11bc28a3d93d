"""F2: does a deployable container exist and start?"""

import os
from pathlib import Path

from jobtwin.core.check import CheckResult, Reason
from jobtwin.source.export import write_tree
from jobtwin.source.tree import Tree
from jobtwin.verification.dependencies import DependencyFailure
from jobtwin.verification.f2.box import BoxJob, run_box
from jobtwin.verification.f2.choice import Choice, choose
from jobtwin.verification.f2.containerfile import parse_containerfile
from jobtwin.verification.f2.facts import (
    facts_of_box,
    facts_of_choice,
    facts_of_limits,
    facts_of_recipe,
    facts_of_services,
)
from jobtwin.verification.f2.finding import Decided, Finding
from jobtwin.verification.f2.images import ImageStore
from jobtwin.verification.f2.installs import names_of, plan_installs
from jobtwin.verification.f2.judge import Evidence, judge
from jobtwin.verification.f2.recipe import Recipe, make_recipe
from jobtwin.verification.f2.reference import Reference, parse_reference
from jobtwin.verification.f2.services import Services, plan_services, programs_here
from jobtwin.verification.f2.settings import MIB, ContainerSettings
from jobtwin.verification.f2.tools import find_tools
from jobtwin.verification.f2.wheels import Wheels, lay_ready, no_wheels
from jobtwin.verification.subject import Subject

ID = "F2"


def check_f2(subject: Subject) -> CheckResult:
    """The check with its settings from the environment."""
    settings = ContainerSettings.from_environment(os.environ, cache=subject.settings.cache)
    return check_container(subject, settings)


def check_container(subject: Subject, settings: ContainerSettings) -> CheckResult:
    """Read, look up, lay wheels ready, build and start: in that order, until one decides."""
    facts: dict[str, object] = {}
    try:
        finding = _decide(subject, settings, facts)
    except Decided as decided:
        finding = decided.finding
    except DependencyFailure as failure:
        reason = Reason.BUILD_FAILED if failure.reason is Reason.BAD_REQUIREMENT else failure.reason
        facts["dependencies"] = failure.facts
        finding = Finding(reason, failure.summary)
    return CheckResult(ID, finding.reason, finding.summary, facts)


def _decide(subject: Subject, settings: ContainerSettings, facts: dict[str, object]) -> Finding:
    store = ImageStore(settings.images)
    with subject.progress.phase("read", "reading what the container is made of"):
        choice = choose(subject.tree, subfolder=subject.subfolder)
        facts |= facts_of_choice(choice)
        recipe = _recipe(subject.tree, choice, store, settings)
        facts |= facts_of_recipe(recipe)
        tools = find_tools()
        facts["engine"] = tools.versions
        services = plan_services(choice.beside, programs_here())
        facts |= facts_of_services(services)
    with subject.progress.phase("wheels", "laying ready what the build installs") as log:
        plan, installs = plan_installs(
            subject.tree, recipe, context=choice.context, subfolder=subject.subfolder
        )
        facts["installs"] = installs
        if plan is None:
            wheels = no_wheels(subject.work / "wheels")
        else:
            log(names_of(plan))
            wheels = lay_ready(
                plan,
                python=_python(recipe, store),
                settings=subject.settings.environments,
                limits=settings,
                on_log=log,
            )
        installs |= wheels.facts
    context = _export(subject, choice, settings, facts)
    with wheels:
        box = run_box(
            _job(choice, recipe, context, wheels, store, services),
            folder=subject.work,
            tools=tools,
            limits=settings,
            progress=subject.progress,
        )
    facts |= facts_of_box(box) | facts_of_limits(settings)
    return judge(Evidence(box, settings, wheels.given_up, services))


def _recipe(tree: Tree, choice: Choice, store: ImageStore, settings: ContainerSettings) -> Recipe:
    content = tree.read(choice.file) or b""
    if len(content) > settings.file_bytes:
        said = f"{choice.file} is larger than {settings.file_bytes} bytes (limit file_bytes)"
        raise Decided(Reason.BUILD_FAILED, said)

    def find(reference: Reference) -> str | None:
        image = store.find(reference)
        return image.local if image is not None else None

    return make_recipe(
        parse_containerfile(content, instructions=settings.instructions),
        find=find,
        arguments=choice.arguments,
        registries=settings.registries,
        target=choice.target,
    )


def _python(recipe: Recipe, store: ImageStore) -> str:
    """The Python of the base image that has one; of the started stage's where several have."""
    for base in (recipe.base, *recipe.bases):
        image = None if base == "scratch" else store.find(parse_reference(base))
        if image is not None and image.python:
            return image.python
    return ""


def _export(subject: Subject, choice: Choice, settings: ContainerSettings, facts: dict[str, object]) -> Path:
    """The build's context on disk; links that lead out of the tree are files that hold their target."""
    inside = [
        one
        for one in subject.tree.entries()
        if not choice.context or one.path.startswith(f"{choice.context}/")
    ]
    size = sum(one.size for one in inside)
    if size > settings.context_bytes:
        limit = settings.context_bytes
        said = (
            f"the build's context has {size / MIB:.0f} MiB; the limit context_bytes is {limit / MIB:.0f} MiB"
        )
        raise Decided(Reason.DISK_FULL, said)
    tree = subject.tree
    export = write_tree(inside, (), lambda one: tree.read(one.path) or b"", subject.work / "tree")
    facts |= export.facts
    return export.root / choice.context if choice.context else export.root


def _job(
    choice: Choice, recipe: Recipe, context: Path, wheels: Wheels, store: ImageStore, services: Services
) -> BoxJob:
    return BoxJob(
        containerfile=recipe.text,
        context=context,
        wheels=wheels.folder,
        images=store.storage if store.storage.is_dir() else None,
        port=choice.port,
        health=choice.health,
        target=choice.target,
        arguments=choice.arguments,
        environment=choice.environment,
        services=services,
    )
