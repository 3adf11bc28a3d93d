"""setup.cfg and setup.py as data: static metadata and literals. A setup.py is parsed, never run."""

import ast
import posixpath
from configparser import RawConfigParser

from packaging.utils import canonicalize_name

from jobtwin.core.syntax import UNPARSABLE, parse
from jobtwin.verification.dependencies.gathering import Gathered, want_test_names
from jobtwin.verification.dependencies.reader import inside, shown
from jobtwin.verification.dependencies.requirement_files import logical_lines, read_requirement_file

_MAX_SETUP_PY = 200_000
_MAX_LITERAL_NODES = 5_000
_READ = ("name", "python_requires", "install_requires", "tests_require", "extras_require")


def read_setup_cfg(gathered: Gathered, path: str) -> bool:
    """Gathers static metadata of a setup.cfg; True where it describes a package."""
    parser = gathered.reader.ini(path)
    if parser is None or not (parser.has_section("metadata") or parser.has_section("options")):
        return False
    if gathered.name is None and parser.has_option("metadata", "name"):
        gathered.name = canonicalize_name(parser.get("metadata", "name").strip())
    gathered.require_python(_option(parser, "python_requires").strip() or None, path)
    for key in ("install_requires", "tests_require"):
        for raw in _values(gathered, path, _option(parser, key)):
            gathered.add(raw, path)
    if parser.has_section("options.extras_require"):
        extras = dict(parser.items("options.extras_require"))
        for extra, value in extras.items():
            gathered.add_extra(extra, _values(gathered, path, value), path)
        for extra, tier in want_test_names(list(extras)).items():
            gathered.want((extra,), tier)
    return True


def read_setup_py(gathered: Gathered, path: str, *, dependencies: bool) -> None:
    """Gathers what a setup.py says in literals. What it computes is kept in `facts["setup_py_computes"]`."""
    keywords, names = _setup_call(gathered.reader.text(path) or "")
    if keywords is None:
        gathered.facts["setup_py_computes"] = ["setup()"]
        return
    literal, computed = _literal_values(keywords, names)
    if gathered.name is None and isinstance(literal.get("name"), str):
        gathered.name = canonicalize_name(str(literal["name"]))
    gathered.require_python(literal.get("python_requires"), path)
    if not dependencies:
        return
    if computed:
        gathered.facts["setup_py_computes"] = computed
    for key in ("install_requires", "tests_require"):
        for raw in _as_lines(literal.get(key)):
            gathered.add(raw, path)
    extras = literal.get("extras_require")
    if isinstance(extras, dict):
        for extra, value in extras.items():
            gathered.add_extra(str(extra), _as_lines(value), path)
        for extra, tier in want_test_names([str(one) for one in extras]).items():
            gathered.want((extra,), tier)


def _option(parser: RawConfigParser, key: str) -> str:
    return parser.get("options", key) if parser.has_option("options", key) else ""


def _values(gathered: Gathered, path: str, value: str) -> list[object]:
    """The lines of a setup.cfg value; `file:` names requirement files of the repository."""
    if not value.strip().startswith("file:"):
        return [line for _, line in logical_lines(value)]
    found: list[object] = []
    for file in value.strip().removeprefix("file:").replace("\n", ",").split(","):
        target = inside(posixpath.dirname(path), file.strip())
        if target is None or not gathered.reader.has(target):
            gathered.reader.refuse(f"{shown(file.strip(), 80)!r} is not a file of the repository", path)
        else:
            found.extend(one.text for one in read_requirement_file(gathered.reader, target).requirements)
    return found


def _setup_call(source: str) -> tuple[dict[str, ast.expr] | None, dict[str, ast.expr]]:
    """The keywords of the one call of setup(), and the names assigned at the top level."""
    if len(source) > _MAX_SETUP_PY:
        return None, {}
    try:
        module = parse(source)
    except UNPARSABLE:
        return None, {}
    names = {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call) and _is_setup(node.func)]
    if len(calls) != 1 or any(keyword.arg is None for keyword in calls[0].keywords):
        return None, names
    return {str(keyword.arg): keyword.value for keyword in calls[0].keywords}, names


def _literal_values(
    keywords: dict[str, ast.expr], names: dict[str, ast.expr]
) -> tuple[dict[str, object], list[str]]:
    """The literal keywords of setup() that matter, and those of the dependencies that are computed."""
    literals, found, computed = _Literals(names), {}, []
    for key in _READ:
        try:
            if key in keywords:
                found[key] = literals.value(keywords[key])
        except _Computed:
            if key in {"install_requires", "extras_require"}:
                computed.append(key)
    return found, computed


def _is_setup(function: ast.expr) -> bool:
    return (isinstance(function, ast.Name) and function.id == "setup") or (
        isinstance(function, ast.Attribute) and function.attr == "setup"
    )


class _Computed(Exception):
    """A value that only running the file could tell."""


class _Literals:
    """Values of literals, of top-level names for them and of sums of lists, within a budget of nodes."""

    def __init__(self, names: dict[str, ast.expr]) -> None:
        self._names = names
        self._budget = _MAX_LITERAL_NODES

    def value(self, node: ast.expr | None) -> object:
        """Raises _Computed for whatever is not a literal."""
        try:
            return self._value(node)
        except RecursionError as error:
            raise _Computed from error

    def _value(self, node: ast.expr | None) -> object:
        self._budget -= 1
        if self._budget < 0:
            raise _Computed
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id=name) if name in self._names:
                return self._value(self._names[name])
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self._value(one) for one in items]
            case ast.Dict(keys=keys, values=values):
                return {str(self._value(k)): self._value(v) for k, v in zip(keys, values, strict=True)}
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                first, second = self._value(left), self._value(right)
                if isinstance(first, list) and isinstance(second, list):
                    return first + second
        raise _Computed


def _as_lines(value: object) -> list[object]:
    if isinstance(value, str):
        return [line for _, line in logical_lines(value)]
    return value if isinstance(value, list) else []
