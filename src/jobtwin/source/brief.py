"""Briefs from YAML: read as data within limits, every problem with the line where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable

import yaml

from jobtwin.core.brief import Brief, parse_brief
from jobtwin.core.errors import BadBrief, NotFound

Path = tuple[str | int, ...]

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null"))


@dataclass(frozen=True, slots=True)
class BriefLimits:
    """What a brief's file may hold: size in bytes, levels of nesting, number of YAML nodes."""

    max_bytes: int = 256 * 1024
    max_depth: int = 20
    max_nodes: int = 20_000


@dataclass(slots=True)
class _Document:
    """Plain data with the line (from 1) of every value by its path."""

    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """The line of the deepest known value on the way to `path` (unknown steps are skipped)."""
        found: Path = ()
        for step in path:
            if (*found, step) in self.lines:
                found = (*found, step)
        return self.lines.get(found, 1)


def read_brief(text: bytes | str, *, name: str, limits: BriefLimits | None = None) -> Brief:
    """The validated brief that a YAML text holds; `name` is what the errors call it.

    Raises BadBrief; each of its `problems` reads `line 12: rubric.dimensions.0.weight: ...; the fix`, in the
    order of lines.
    """
    within = limits or BriefLimits()
    node, document = _compose(_decoded(text, name, within), name, within), _Document()
    data = _plain(node, (), document)
    try:
        brief = parse_brief(data)
    except BadBrief as error:
        raise _bad(name, _by_line(document, error.problems)) from error
    if document.problems:
        raise _bad(name, document.problems)
    return brief


def built_in_ids() -> tuple[str, ...]:
    """The ids of the briefs that ship with the package, sorted."""
    return tuple(sorted(item.name.removesuffix(".yaml") for item in _built_in_files()))


def built_in_brief(brief_id: str) -> Brief:
    """A brief that ships with the package. Raises NotFound for an unknown id."""
    for item in _built_in_files():
        if item.name == f"{brief_id}.yaml":
            return read_brief(item.read_bytes(), name=item.name)
    raise NotFound(f"there is no built-in brief {brief_id!r}; there is {', '.join(built_in_ids())}")


def _built_in_files() -> Iterator[Traversable]:
    folder = resources.files("jobtwin").joinpath("briefs")
    return (item for item in folder.iterdir() if item.name.endswith(".yaml"))


def _bad(name: str, problems: list[str]) -> BadBrief:
    return BadBrief(f"{name} has {len(problems)} problem(s): {problems[0]}", problems=tuple(problems))


def _decoded(text: bytes | str, name: str, limits: BriefLimits) -> str:
    if len(text) > limits.max_bytes:
        raise _bad(name, [f"the file is larger than {limits.max_bytes} bytes"])
    if isinstance(text, str):
        return text
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise _bad(name, [f"line {line}: not UTF-8"]) from error


def _compose(text: str, name: str, limits: BriefLimits) -> yaml.Node:
    try:
        _refuse_bombs(text, name, limits)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _bad(
            name, [f"line {line}: not YAML: {error.problem}; look at indentation, colons and quotes there"]
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise _bad(name, [f"not YAML: {str(error).splitlines()[0]}"]) from error
    if node is None:
        raise _bad(name, ["the file is empty"])
    return node


def _refuse_bombs(text: str, name: str, limits: BriefLimits) -> None:
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _bad(name, [f"line {line}: anchors and aliases are not allowed; write the value out"])
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > limits.max_depth:
            raise _bad(name, [f"line {line}: nested deeper than {limits.max_depth} levels"])
        if count > limits.max_nodes:
            raise _bad(name, [f"line {line}: more than {limits.max_nodes} values"])


def _plain(node: yaml.Node, path: Path, document: _Document) -> object:
    line = node.start_mark.line + 1
    document.lines[path] = line
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, index), document) for index, child in enumerate(node.value)]
    if node.tag not in _PLAIN:
        document.problems.append(
            f"line {line}: {_dotted(path)}: write it in quotes, {node.tag} is not allowed"
        )
        return None
    try:
        value: object = yaml.SafeLoader("").construct_object(node)
    except ValueError:
        document.problems.append(
            f"line {line}: {_dotted(path)}: not a number that can be read; write its digits"
        )
        return None
    return value


def _mapping(node: yaml.MappingNode, path: Path, document: _Document) -> dict[str, object]:
    result: dict[str, object] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
            document.problems.append(f"line {line}: {_dotted(path)}: a key must be plain text; write a word")
        elif key.value in result:
            document.problems.append(
                f"line {line}: {_dotted((*path, key.value))}: the key stands twice; take one out"
            )
        else:
            result[key.value] = _plain(value, (*path, key.value), document)
            document.lines[(*path, key.value)] = line
    return result


def _by_line(document: _Document, problems: tuple[str, ...]) -> list[str]:
    """All problems in the order of lines; a value that could not be read is complained about once."""
    unread = {_line_in(one) for one in document.problems}
    placed = [_placed(one, document) for one in problems]
    return sorted(document.problems + [one for one in placed if _line_in(one) not in unread], key=_line_in)


def _line_in(problem: str) -> int:
    return int(problem.partition(":")[0].removeprefix("line "))


def _placed(problem: str, document: _Document) -> str:
    where = problem.partition(": ")[0]
    path = tuple(int(step) if step.isdigit() else step for step in where.split("."))
    return f"line {document.line_of(path)}: {problem}"


def _dotted(path: Path) -> str:
    return ".".join(map(str, path)) or "brief"
