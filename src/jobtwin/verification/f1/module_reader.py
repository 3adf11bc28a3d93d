"""One test module, read as syntax: which tests pytest would find in it."""

import ast
import fnmatch
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from jobtwin.core import syntax


@dataclass(frozen=True, slots=True)
class FoundTest:
    """A test: `line` is that of its definition; a certain one is defined plainly and must run. `begins` is
    the line with which its code begins, None where a decorator may put another function in its place."""

    nodeid: str
    path: str
    line: int
    certain: bool
    begins: int | None = None


@dataclass(frozen=True, slots=True)
class BrokenModule:
    """A module this Python cannot parse; `newer`: it looks like the syntax of a later one."""

    path: str
    line: int
    message: str
    newer: bool


_NEWER = (
    re.compile(r"^\s*type\s+\w+\s*(\[.*\])?\s*="),
    re.compile(r"^\s*(async\s+)?def\s+\w+\s*\["),
    re.compile(r"^\s*class\s+\w+\s*\["),
    re.compile(r"^\s*except\*?\s+\w[\w.]*\s*,\s*\w"),
    re.compile(r"""\bt[rR]?(["'])"""),
    re.compile(r"""\b[fF][rR]?(["'])(?:(?!\1)[^{]|\{[^}"']*\})*\{[^}"']*\1[^}]*\}"""),
)
_LINE_CHARACTERS = 1000
"""How much of a line is held against those patterns."""

_MULTIPLIERS = {"expand", "parameterized.expand", "parameterized_class", "data", "ddt.data", "file_data"}
"""Decorators of parameterized and ddt."""

Functions = ast.FunctionDef | ast.AsyncFunctionDef


def read_module(
    content: bytes, *, path: str, nodeid: str, classes: tuple[str, ...], functions: tuple[str, ...]
) -> list[FoundTest] | BrokenModule:
    """The tests of one module, or why it cannot be read. Never raises for what the bytes hold."""
    module = parse(content)
    if isinstance(module, ast.Module):
        try:
            return list(_Reader(module, path, nodeid, classes, functions).tests())
        except RecursionError:
            return BrokenModule(path, 0, "it is nested too deeply to be read", newer=False)
    if not isinstance(module, SyntaxError):
        return BrokenModule(path, 0, f"cannot be parsed: {module}", newer=False)
    line = module.lineno or 0
    return BrokenModule(path, line, f"line {line}: {module.msg}", newer=is_newer_syntax(content, line))


def parse(content: bytes) -> ast.Module | Exception:
    """The syntax tree, or the error."""
    try:
        return syntax.parse(content)
    except syntax.UNPARSABLE as error:
        return error


def is_newer_syntax(content: bytes, line: int) -> bool:
    """Whether the line that failed looks like syntax of a later Python rather than like a slip."""
    lines = content.decode("utf-8", "replace").splitlines()
    nearby = lines[max(0, line - 1) : line]
    return any(pattern.search(one[:_LINE_CHARACTERS]) for pattern in _NEWER for one in nearby)


class _Reader:
    def __init__(
        self, module: ast.Module, path: str, nodeid: str, classes: tuple[str, ...], functions: tuple[str, ...]
    ) -> None:
        self._module, self._path, self._nodeid = module, path, nodeid
        self._classes, self._functions = classes, functions
        self._local = {node.name: node for node in module.body if isinstance(node, ast.ClassDef)}

    def tests(self) -> Iterator[FoundTest]:
        """Each node id once; a name that is bound again later is not certain."""
        found = {}
        for test in self._body(self._module.body, self._nodeid, certain=True):
            found[test.nodeid] = test
        rebound = {f"{self._nodeid}::{name}" for name in _rebound(self._module)}
        for test in found.values():
            owner = "::".join(test.nodeid.split("::")[:2])
            lost = owner in rebound
            yield replace(test, certain=test.certain and not lost)

    def _body(
        self, body: list[ast.stmt], prefix: str, *, certain: bool, plain: bool = True
    ) -> Iterator[FoundTest]:
        for node in body:
            if isinstance(node, Functions):
                if _named(node.name, self._functions) and not _is_fixture(node):
                    yield self._found(prefix, node, certain=certain, plain=plain)
            elif isinstance(node, ast.ClassDef):
                yield from self._class(node, prefix, certain=certain)
            else:
                for inner in blocks_of(node):
                    yield from self._body(inner, prefix, certain=False)

    def _class(self, node: ast.ClassDef, prefix: str, *, certain: bool) -> Iterator[FoundTest]:
        if _is_switched_off(node):
            return
        below, plain = f"{prefix}::{node.name}", _only_marked(node)
        certain = certain and not _is_multiplied(node)
        if self._is_unittest(node):
            for one in node.body:
                if isinstance(one, Functions) and one.name.startswith("test"):
                    yield self._found(below, one, certain=certain, plain=plain)
        elif _named(node.name, self._classes) and not _has_constructor(node):
            alone = all(_dotted(base) in {"object", "ABC", "abc.ABC"} for base in node.bases)
            certain = certain and alone and not node.keywords
            yield from self._body(node.body, below, certain=certain, plain=plain)

    def _is_unittest(self, node: ast.ClassDef) -> bool:
        """Whether the class has a test case among its ancestors; each class of the module is asked once."""
        pending, seen = [node], {node.name}
        while pending:
            for name in map(_dotted, pending.pop().bases):
                if name.rpartition(".")[2].endswith("TestCase"):
                    return True
                if name in self._local and name not in seen:
                    seen.add(name)
                    pending.append(self._local[name])
        return False

    def _found(self, prefix: str, node: Functions, *, certain: bool, plain: bool) -> FoundTest:
        first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
        begins = first if plain and _only_marked(node) else None
        certain = certain and not _is_multiplied(node)
        return FoundTest(f"{prefix}::{node.name}", self._path, node.lineno, certain, begins)


def _named(name: str, patterns: tuple[str, ...]) -> bool:
    return any(name.startswith(one) or ("*" in one and fnmatch.fnmatch(name, one)) for one in patterns)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _dotted(node.func)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _is_fixture(node: Functions) -> bool:
    return any(_dotted(one).rpartition(".")[2] == "fixture" for one in node.decorator_list)


def _only_marked(node: Functions | ast.ClassDef) -> bool:
    """Whether each decorator is a mark of pytest, which changes nothing of what it stands on."""
    return all(_dotted(one).startswith("pytest.mark.") for one in node.decorator_list)


def _is_multiplied(node: Functions | ast.ClassDef) -> bool:
    """Whether a library takes it out of its place and puts many of other names there."""
    return any(_dotted(one).removeprefix("parameterized.") in _MULTIPLIERS for one in node.decorator_list)


def _has_constructor(node: ast.ClassDef) -> bool:
    return any(isinstance(one, Functions) and one.name in {"__init__", "__new__"} for one in node.body)


def _is_switched_off(node: ast.ClassDef) -> bool:
    for one in node.body:
        targets = one.targets if isinstance(one, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == "__test__" for target in targets):
            return True
    return False


def blocks_of(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The statement lists of a compound statement such as if, try, with and for."""
    for name in ("body", "orelse", "finalbody"):
        inner = getattr(node, name, None)
        if isinstance(inner, list):
            yield inner
    for handler in getattr(node, "handlers", []):
        yield handler.body
    for case in getattr(node, "cases", []):
        yield case.body


def _rebound(module: ast.Module) -> set[str]:
    """Module names that a plain statement binds, deletes or marks (`test_x.__test__ = False`)."""
    names: set[str] = set()
    for node in module.body:
        targets: list[ast.expr] = []
        if isinstance(node, ast.Import | ast.ImportFrom):
            names.update(alias.asname or alias.name for alias in node.names)
        if isinstance(node, ast.Assign | ast.Delete):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            owner = target
            while isinstance(owner, ast.Attribute):
                owner = owner.value
            if isinstance(owner, ast.Name):
                names.add(owner.id)
    return names
