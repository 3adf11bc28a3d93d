"""Compose files as data: the one service that is built from the repository, and what stands beside it."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from jobtwin.core.check import Reason
from jobtwin.source.tree import Tree
from jobtwin.verification.f2.finding import Decided, shown
from jobtwin.verification.f2.services import Beside, kind_of

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_MAX_BYTES = 200_000
_MAX_WEIGHT = 10 * _MAX_BYTES
_VARIABLE = re.compile(r"\$(?:\$|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?-)([^{}]*))?\}|([A-Za-z_][A-Za-z0-9_]*))")


@dataclass(frozen=True)
class Service:
    """A service with a build: paths inside the tree; `port` is the container's; `beside` are the
    other services that it depends on, or all others where it names none."""

    name: str
    context: str
    dockerfile: str
    target: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    beside: tuple[Beside, ...] = ()


def compose_file(tree: Tree, folder: str) -> str | None:
    """The path of the project's compose file, or None."""
    sizes = {entry.path: entry.size for entry in tree.entries() if entry.mode != "120000"}
    paths = (posixpath.join(folder, name) for name in NAMES)
    return next((path for path in paths if sizes.get(path, _MAX_BYTES + 1) <= _MAX_BYTES), None)


def read_service(content: bytes, folder: str) -> Service | None:
    """The first built service, one that publishes a port before others; None where none is built.

    Raises Decided where a build leaves the repository. A file that is no YAML, or one whose aliases make
    more than `_MAX_WEIGHT` of it, counts as none.
    """
    try:
        document = _document(content)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    services = document.get("services") if isinstance(document, dict) else None
    if not isinstance(services, dict):
        return None
    built = {str(name): one for name, one in services.items() if isinstance(one, dict) and one.get("build")}
    if not built:
        return None
    name = next((name for name, one in built.items() if one.get("ports")), next(iter(built)))
    return _service(name, built[name], services, folder)


def _document(content: bytes) -> object:
    """The parsed file, weighed before anything is made of it."""
    loader = yaml.SafeLoader(content)
    try:
        node = loader.get_single_node()
        return None if node is None or _weight(node, {}) > _MAX_WEIGHT else loader.construct_document(node)
    finally:
        loader.dispose()


def _weight(node: yaml.Node, known: dict[int, int]) -> int:
    """Characters and entries of a node with every alias written out."""
    if id(node) not in known:
        known[id(node)] = _MAX_WEIGHT + 1  # while it is weighed: an alias of itself has no end
        parts = [*node.value] if isinstance(node, yaml.SequenceNode) else []
        if isinstance(node, yaml.MappingNode):
            parts = [part for pair in node.value for part in pair]
        own = len(node.value) if isinstance(node, yaml.ScalarNode) else 0
        known[id(node)] = 1 + own + sum(_weight(part, known) for part in parts)
    return known[id(node)]


def _service(name: str, one: Mapping[str, object], services: Mapping[object, object], folder: str) -> Service:
    build = one["build"]
    options: Mapping[str, object] = build if isinstance(build, dict) else {"context": build}
    context = _inside(folder, _text(options.get("context")) or ".", name)
    dockerfile = _text(options.get("dockerfile")) or "Dockerfile"
    depends = one.get("depends_on")
    needed = {str(each) for each in depends} if isinstance(depends, list | dict) else set()
    wanted = (needed or {str(each) for each in services}) - {name}
    return Service(
        name=name,
        context=context,
        dockerfile=_inside(context, dockerfile, name),
        target=_text(options.get("target")),
        arguments=_pairs(options.get("args")),
        environment=_pairs(one.get("environment")),
        port=_port(one),
        beside=tuple(_beside(str(each), other) for each, other in services.items() if str(each) in wanted),
    )


def _beside(name: str, one: object) -> Beside:
    """A neighbour; one that is built from the repository is of no kind that runs here."""
    if not isinstance(one, dict) or one.get("build"):
        return Beside(name, None)
    return Beside(name, kind_of(_text(one.get("image"))), _pairs(one.get("environment")))


def _inside(folder: str, path: str, service: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, path))
    if path.startswith(("/", "~", "git@")) or "://" in path or joined.startswith(".."):
        said = (
            f"the compose file builds {shown(service, 60)} from {shown(path)}, which is not in the repository"
        )
        raise Decided(Reason.BUILD_FAILED, said)
    return "" if joined == "." else joined


def _pairs(value: object) -> dict[str, str]:
    """A mapping or a list of `NAME=value`; a name without a value is the host's, so it is left out."""
    if isinstance(value, list):
        parts = [str(each).partition("=") for each in value]
        found = {name: text for name, equals, text in parts if equals}
    elif isinstance(value, dict):
        found = {str(name): _scalar(text) for name, text in value.items() if text is not None}
    else:
        return {}
    return {
        name: _defaults(text) for name, text in found.items() if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)
    }


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _defaults(text: str) -> str:
    """The text on a machine where none of its variables is set."""
    return _VARIABLE.sub(lambda match: "$" if match[0] == "$$" else match[3] or "", text)[:4000]


def _text(value: object) -> str | None:
    return _defaults(value) if isinstance(value, str) and value else None


def _port(one: Mapping[str, object]) -> int | None:
    """The container's side of the first published port, or of `expose`."""
    for key in ("ports", "expose"):
        listed = one.get(key)
        for each in listed if isinstance(listed, list) else []:
            raw = each.get("target") if isinstance(each, dict) else _defaults(str(each)).rsplit(":", 1)[-1]
            match = re.fullmatch(r"(\d{1,5})(?:/tcp)?", str(raw))
            if match and 1 <= int(match[1]) <= 65535:
                return int(match[1])
    return None
