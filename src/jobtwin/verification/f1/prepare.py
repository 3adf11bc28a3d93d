"""What the tests (F1) and the evals (F3) both need: files, environment, and the project installed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jobtwin.source.export import write_tree
from jobtwin.source.tree import submodules_of
from jobtwin.verification.closed_code import without_shadows
from jobtwin.verification.dependencies import Environment, Plan
from jobtwin.verification.f1.ready import ready_environment
from jobtwin.verification.f1.stages import install
from jobtwin.verification.shared import Shared
from jobtwin.verification.subject import Subject


@dataclass(frozen=True)
class Prepared:
    """`files` is the commit on disk, `site` the installed project where there is one to install."""

    plan: Plan
    environment: Environment
    files: Path
    site: Path | None
    facts: Mapping[str, object]


def prepare(subject: Subject, shared: Shared) -> Prepared:
    """Made by the check that asks first; it lasts as long as `shared`.

    Raises DependencyFailure, EngineFailure.
    """
    key = ("prepared", subject.subfolder)
    if shared.knows(key):
        with subject.progress.phase("dependencies", "as another check has prepared them"):
            return shared.once(key, lambda: _prepared(subject, shared))
    return shared.once(key, lambda: _prepared(subject, shared))


def _prepared(subject: Subject, shared: Shared) -> Prepared:
    tree, files = subject.tree, shared.folder / "tree"
    kept, left_out = without_shadows(tree.entries())
    export = write_tree(kept, submodules_of(tree), lambda one: tree.read(one.path) or b"", files)
    with subject.progress.phase("dependencies", "resolving and installing what the project declares") as log:
        plan, environment = ready_environment(subject, tree=files, log=log)
        shared.keep(environment.close)
    with subject.progress.phase("install", "building the project in the sandbox") as log:
        site, installed = install(subject, plan, environment, files, into=shared.folder / "site")
        log(str(installed.get("project_install", "nothing to build")))
    facts = {**export.facts, **left_out, "dependencies": environment.facts, **installed}
    return Prepared(plan, environment, files, site, facts)
