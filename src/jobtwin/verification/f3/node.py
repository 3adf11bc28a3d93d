"""Evals that Node runs: the packages of the npm project nearest to them, laid beside the run."""

import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jobtwin.verification.engine import Layer
from jobtwin.verification.f3.source import FOLDERS, EvalsCommand, Project
from jobtwin.verification.npm.layer import install_packages, node_version
from jobtwin.verification.npm.manifest import FrontEnd, clean_lock, front_end_at
from jobtwin.verification.npm.run import ENVIRONMENT, PLACE, linked
from jobtwin.verification.subject import Subject

_TOOLS = frozenset({"node", "npm", "promptfoo"})


@dataclass(frozen=True)
class Beside:
    """What a run gets in addition: folders to copy, layers, variables, and where programs are looked for."""

    copies: tuple[Path, ...] = ()
    layers: tuple[Layer, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


NOTHING = Beside()


def node_project(project: Project, command: EvalsCommand) -> FrontEnd | None:
    """The npm project that a command of Node belongs to: above a file that it names, at the root, in an
    evals folder; None for any other command."""
    if command.argv[0] not in _TOOLS:
        return None
    folders = [above for word in command.argv for above in _above(word, project)]
    places = (posixpath.join(project.folder, one).rstrip("/") for one in [*folders, "", *FOLDERS])
    return next((front for one in places if (front := front_end_at(project.tree, one)) is not None), None)


def _above(word: str, project: Project) -> list[str]:
    """The folders above a named file of the project, the nearest first."""
    path = posixpath.normpath(word)
    steps = path.split("/")[:-1] if path in project.paths else []
    return ["/".join(steps[:count]) for count in range(len(steps), 0, -1)]


@contextmanager
def packages_beside(subject: Subject, front: FrontEnd | None) -> Iterator[Beside]:
    """Installed by `npm ci --ignore-scripts` outside, read-only inside. Raises DependencyFailure."""
    if front is None:
        yield NOTHING
        return
    with subject.progress.phase("packages", "installing the npm packages of the evals") as log:
        node, clean = node_version(), clean_lock(front)
        packages = install_packages(clean, node=node, settings=subject.settings.environments, on_log=log)
    with packages.lock:
        links = linked(packages.folder, subject.work / "evals-links", front.folder)
        yield Beside(
            (links,),
            (Layer(packages.folder, PLACE),),
            {name: value for name, value in ENVIRONMENT.items() if name != "PATH"},
            (posixpath.join("/w", front.folder, "node_modules/.bin"),),
            {"node": node, "npm_packages": clean.packages},
        )
