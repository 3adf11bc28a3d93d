"""Which file of a submission describes its container, and what the submission says of it."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from jobtwin.core.check import Reason
from jobtwin.source.declaration import FILE, Declaration, read_declaration
from jobtwin.source.tree import Tree
from jobtwin.verification.f2.compose import Service, compose_file, read_service
from jobtwin.verification.f2.finding import Decided, shown
from jobtwin.verification.f2.services import Beside

NAMES = ("Containerfile", "Dockerfile")


@dataclass(frozen=True)
class Choice:
    """`file` and `context` are paths of the tree ("" is its root); the rest is what was declared.

    `beside` are the services that jobtwin.toml asks for, then those of the compose file.
    """

    file: str
    context: str
    named_by: str
    port: int | None = None
    health: str | None = None
    target: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[Beside, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


def choose(tree: Tree, *, subfolder: str = "") -> Choice:
    """The container of a tree. Raises Decided (build_failed) where there is none, or more than one.

    In order: `jobtwin.toml`, Containerfile or Dockerfile in the project's folder, the built service of
    its compose file, the only Containerfile or Dockerfile elsewhere.
    """
    declaration = read_declaration(tree)
    problem = declaration.problem_with("container")
    if problem is not None:
        raise Decided(Reason.BUILD_FAILED, shown(str(problem), 300))
    folder = subfolder or declaration.subfolder
    service = _service(tree, folder)
    file, context, named_by = _file(tree, folder, declaration, service)
    _require_file(tree, file)
    own = declaration.container
    used = service if service is not None and service.dockerfile == file else None
    return Choice(
        file=file,
        context=context,
        named_by=named_by,
        port=own.port or (service.port if service else None),
        health=own.health,
        target=used.target if used else None,
        arguments=used.arguments if used else {},
        environment=used.environment if used else {},
        beside=(
            *(Beside(one, one, declared=True) for one in own.services),
            *(Beside(one, None, declared=True) for one in own.unlisted_services),
            *(service.beside if service else ()),
        ),
        facts=declaration.facts,
    )


def _service(tree: Tree, folder: str) -> Service | None:
    path = compose_file(tree, folder)
    return read_service(tree.read(path) or b"", folder) if path is not None else None


def _file(tree: Tree, folder: str, declaration: Declaration, service: Service | None) -> tuple[str, str, str]:
    """The file, the folder that it is built in, and what named it."""
    paths = {entry.path for entry in tree.entries()}
    if declaration.container.file is not None:
        path = posixpath.join(folder, declaration.container.file)
        if path not in paths:
            said = f"{FILE} names the container file {shown(path)}, which is not in the repository"
            raise Decided(Reason.BUILD_FAILED, said)
        built_in = service.context if service is not None and service.dockerfile == path else folder
        return path, built_in, FILE
    for name in NAMES:
        path = posixpath.join(folder, name)
        if path in paths:
            return path, folder, name
    if service is not None:
        if service.dockerfile not in paths:
            said = f"the compose file names {shown(service.dockerfile)}, which is not in the repository"
            raise Decided(Reason.BUILD_FAILED, said)
        return service.dockerfile, service.context, f"compose service {shown(service.name, 60)}"
    elsewhere = [path for path in sorted(paths) if _is_named_like_one(path, folder)]
    if not elsewhere:
        raise Decided(Reason.BUILD_FAILED, "no Containerfile or Dockerfile")
    if len(elsewhere) > 1:
        said = f"{len(elsewhere)} Containerfiles, none in the project's folder; "
        said += f"say in {FILE} which one it is: [container] file"
        raise Decided(Reason.BUILD_FAILED, said)
    return elsewhere[0], folder, posixpath.basename(elsewhere[0])


def _is_named_like_one(path: str, folder: str) -> bool:
    inside = not folder or path.startswith(f"{folder}/")
    return inside and posixpath.basename(path) in NAMES


def _require_file(tree: Tree, path: str) -> None:
    mode = next(entry.mode for entry in tree.entries() if entry.path == path)
    if mode == "120000":
        raise Decided(Reason.BUILD_FAILED, f"{shown(path)} is a link; write the file itself there")
