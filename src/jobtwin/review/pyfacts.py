"""What a Python file does, from its AST: imports that are used, calls, definitions with a body, arguments.

The source is parsed, never run. Docstrings and comments are no facts; neither is what can never be
reached (`if False`, `if TYPE_CHECKING`, statements after a return), or is only looked up to be printed. Names
are told by what they import (`import math as log` is no log).
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from jobtwin.core.evidence import MAX_SPAN_LINES
from jobtwin.core.syntax import UNPARSABLE, parse
from jobtwin.review.pydefs import DEFINITIONS, Beside, bound_to_nothing, does_something, idle_imports
from jobtwin.review.pytruth import dotted
from jobtwin.review.pyvalues import has_shape, kept_values
from jobtwin.review.pywalk import reachable_from
from jobtwin.review.routes import given_types, served_paths
from jobtwin.review.syntax_ahead import without_newer_syntax

LONGEST_LIMIT = 86_400
"""Seconds; what waits longer is not limited."""
MAX_USES = 30
"""Lines on which one import counts as used."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A name in use on lines `start..end` (from 1, at most 40).

    `kept_as` is the name at the top of a module or class that alone holds what was asked for.
    """

    name: str
    start: int
    end: int
    kept_as: str = ""


@dataclass(slots=True)
class PythonFacts:
    """All facts of one file. `parsed` is False where this Python's grammar does not read it."""

    parsed: bool = True
    imports: list[Fact] = field(default_factory=list)
    calls: list[Fact] = field(default_factory=list)
    defines: list[Fact] = field(default_factory=list)
    keywords: list[Fact] = field(default_factory=list)
    reads: list[Fact] = field(default_factory=list)
    routes: list[Fact] = field(default_factory=list)
    takes: list[Fact] = field(default_factory=list)
    bases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    shaped: set[str] = field(default_factory=set)
    """Classes with a field that says what it takes."""


def parse_module(lines: list[str]) -> ast.Module | None:
    """The AST of a module whose line numbers are those of `lines`, or None where it cannot be parsed.

    Type parameters and aliases of a newer Python than this one are read past.
    """
    source = "\n".join(lines).replace("\r", " ").replace("\f", " ").removeprefix("\ufeff")
    try:
        return parse(source)
    except UNPARSABLE:
        older = without_newer_syntax(source)
    try:
        return parse(older) if older != source else None
    except UNPARSABLE:
        return None


def python_facts(lines: list[str], is_hollow: Callable[[str], bool] = lambda _: False) -> PythonFacts:
    """The facts of a module given as lines; `is_hollow` tells what an imported name stands for."""
    module = parse_module(lines)
    if module is None:
        return PythonFacts(parsed=False)
    nodes = list(reachable_from(module))
    imported = [
        one for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) for one in _imports(node)
    ]
    facts = PythonFacts()
    used = _facts_of(nodes, facts, _Names(module, imported, is_hollow))
    facts.imports = [
        Fact(fact.name, line, line, kept)
        for binding, fact in imported
        for line, kept in used.get(binding, ())[:MAX_USES]
    ]
    whole = {binding: fact.name for binding, fact in imported if binding != fact.name.partition(".")[0]}
    for listed in (facts.calls, facts.keywords, facts.reads):
        listed[:] = [_resolved(fact, whole) for fact in listed]
    return facts


class _Names:
    """What the names of one module stand for."""

    def __init__(
        self, module: ast.Module, imported: list[tuple[str, Fact]], is_hollow: Callable[[str], bool]
    ) -> None:
        self.beside: Beside = {one.name: one for one in module.body if isinstance(one, DEFINITIONS)}
        away = {binding for binding, fact in imported if is_hollow(fact.name)}
        self.idle = idle_imports([(binding, fact.name) for binding, fact in imported]) | away
        self.hollow = frozenset(bound_to_nothing(module, self.beside)) | away
        self.kept = kept_values(module, self.hollow)


def _facts_of(nodes: list[ast.AST], facts: PythonFacts, names: _Names) -> dict[str, list[tuple[int, str]]]:
    """Fills in the facts of the nodes; gives the lines on which each name stands, and what alone keeps it."""
    used: dict[str, list[tuple[int, str]]] = {}
    for node in nodes:
        facts.routes.extend(_fact(path, where) for path, where in served_paths(node))
        facts.takes.extend(_fact(name, where) for name, where in given_types(node))
        if isinstance(node, ast.ClassDef):
            facts.bases[node.name] = tuple(dotted(base).rpartition(".")[2] for base in node.bases)
            facts.shaped |= {node.name} if has_shape(node) else set()
        if isinstance(node, ast.Name):
            kept = names.kept.get(id(node), "")
            used.setdefault(node.id, []).extend([] if kept is None else [(node.lineno, kept)])
        elif isinstance(node, ast.Attribute | ast.Call):
            _add_use(node, facts, names)
        elif isinstance(node, DEFINITIONS) and does_something(node, names.beside, names.idle):
            facts.defines.append(_fact(node.name, node))
    return {name: sorted(set(lines)) for name, lines in used.items()}


def _add_use(node: ast.Attribute | ast.Call, facts: PythonFacts, names: _Names) -> None:
    """Adds a read or a call, unless it is of a hollow thing of this file, or what it gives is thrown away."""
    kept = names.kept.get(id(node), "")
    name = dotted(node if isinstance(node, ast.Attribute) else node.func)
    if kept is None or name.partition(".")[0] in names.hollow:
        return
    if isinstance(node, ast.Attribute):
        facts.reads.append(_fact(name, node, kept))
    else:
        _add_call(node, facts, kept)


def _resolved(fact: Fact, whole: dict[str, str]) -> Fact:
    """A fact under the whole name of what its first part imports."""
    first, dot, rest = fact.name.partition(".")
    return replace(fact, name=f"{whole[first]}{dot}{rest}") if first in whole else fact


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Fact]]:
    for alias in node.names:
        if isinstance(node, ast.Import):
            yield alias.asname or alias.name.partition(".")[0], _fact(alias.name, node)
        elif node.level == 0:
            yield alias.asname or alias.name, _fact(f"{node.module}.{alias.name}", node)


def _add_call(node: ast.Call, facts: PythonFacts, kept: str = "") -> None:
    name = dotted(node.func)
    if len(node.args) > 1 and len({ast.dump(one) for one in node.args}) == 1:
        return  # compares a thing with itself
    if node.args and not node.keywords and all(_is_nothing(one) for one in node.args):
        return  # is given nothing
    if name.endswith("compare_digest") and all(isinstance(one, ast.Constant) for one in node.args):
        return  # compares what everybody knows
    facts.calls.append(_fact(name, node, kept))
    for keyword in node.keywords:
        empty = isinstance(keyword.value, ast.Constant) and keyword.value.value in (None, False)
        if keyword.arg and not empty and not _bounds_nothing(keyword.arg, keyword.value):
            facts.keywords.append(_fact(f"{name}.{keyword.arg}", keyword.value, kept))


def _is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in ("", None)


def _bounds_nothing(name: str, value: ast.expr) -> bool:
    """True for a time limit of more than a day."""
    number = value.value if isinstance(value, ast.Constant) else None
    return "timeout" in name and isinstance(number, int | float) and number > LONGEST_LIMIT


def _fact(name: str, node: ast.stmt | ast.expr | ast.arg, kept_as: str = "") -> Fact:
    end = min(node.end_lineno or node.lineno, node.lineno + MAX_SPAN_LINES - 1)
    return Fact(name, node.lineno, end, kept_as)
