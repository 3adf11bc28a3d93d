"""What a Python file does, from its AST: imports that are used, calls, definitions with a body, arguments.

The source is parsed, never run. Docstrings and comments are no facts; neither is what can never be
reached (`if False`, `if TYPE_CHECKING`, statements after a return), or is only looked up to be printed. Names
are told by what they import (`import math as log` is no log).
"""

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

from jobtwin.core.evidence import MAX_SPAN_LINES
from jobtwin.core.syntax import UNPARSABLE, parse
from jobtwin.review.routes import given_types, served_paths
from jobtwin.review.syntax_ahead import without_newer_syntax

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Beside = dict[str, _Definition]
"""What a module defines at its top, by name."""
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_IDLE_ROOTS = frozenset({*dir(builtins), "pytest"})
"""What a test may call without looking at anything of its own."""
LONGEST_LIMIT = 86_400
"""Seconds; what waits longer is not limited."""
_ASSERTING = ("assert", "raises", "expect", "verify", "should", "fail")


@dataclass(frozen=True, slots=True)
class Fact:
    """A name in use on lines `start..end` (from 1, at most 40)."""

    name: str
    start: int
    end: int


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


def python_facts(lines: list[str]) -> PythonFacts:
    """The facts of a module given as lines."""
    module = parse_module(lines)
    if module is None:
        return PythonFacts(parsed=False)
    beside: Beside = {one.name: one for one in module.body if isinstance(one, _DEFINITIONS)}
    facts, imported, used = PythonFacts(), list[tuple[str, Fact]](), dict[str, int]()
    for node in _reachable(module):
        facts.routes.extend(_fact(path, where) for path, where in served_paths(node))
        facts.takes.extend(_fact(name, where) for name, where in given_types(node))
        if isinstance(node, ast.ClassDef):
            facts.bases[node.name] = tuple(dotted(base).rpartition(".")[2] for base in node.bases)
        if isinstance(node, ast.Name):
            used[node.id] = min(node.lineno, used.get(node.id, node.lineno))
        elif isinstance(node, ast.Attribute):
            facts.reads.append(_fact(dotted(node), node))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            imported.extend(_imports(node))
        elif isinstance(node, ast.Call):
            _add_call(node, facts)
        elif isinstance(node, _DEFINITIONS) and _does_something(node, beside):
            facts.defines.append(_fact(node.name, node))
    facts.imports = [
        Fact(fact.name, used[binding], used[binding]) for binding, fact in imported if binding in used
    ]
    whole = {binding: fact.name for binding, fact in imported if binding != fact.name.partition(".")[0]}
    for listed in (facts.calls, facts.keywords, facts.reads):
        listed[:] = [_resolved(fact, whole) for fact in listed]
    return facts


def _resolved(fact: Fact, whole: dict[str, str]) -> Fact:
    """A fact under the whole name of what its first part imports."""
    first, dot, rest = fact.name.partition(".")
    return Fact(f"{whole[first]}{dot}{rest}", fact.start, fact.end) if first in whole else fact


def dotted(node: ast.expr) -> str:
    """`a.b.c` for names and attributes; what an attribute hangs on otherwise is left out (`.c`)."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts))


def _reachable(module: ast.Module) -> Iterator[ast.AST]:
    """Every node that can be reached, without recursion."""
    todo: list[ast.AST] = [module]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, ast.If | ast.While) and _never(node.test):
            todo.extend(reversed(_until_end(node.orelse)))
            continue
        if isinstance(node, ast.Call) and dotted(node.func) == "print":
            todo.extend(argument for argument in node.args if not _only_looked_up(argument))
            continue
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                todo.append(value)
            elif isinstance(value, list):
                listed = _until_end(value) if name in {"body", "orelse", "finalbody"} else value
                todo.extend(child for child in listed if isinstance(child, ast.AST))


def _only_looked_up(node: ast.expr) -> bool:
    """True for a name, and for a call that is given nothing but constants."""
    if isinstance(node, ast.Call):
        return not node.keywords and all(isinstance(one, ast.Constant) for one in node.args)
    return isinstance(node, ast.Name | ast.Attribute | ast.Constant)


def _until_end(body: list[ast.stmt]) -> list[ast.stmt]:
    for index, statement in enumerate(body):
        if isinstance(statement, _ENDS):
            return body[: index + 1]
    return body


def _never(test: ast.expr) -> bool:
    if isinstance(test, ast.Constant):
        return not test.value
    return dotted(test).rpartition(".")[2] == "TYPE_CHECKING"


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Fact]]:
    for alias in node.names:
        if isinstance(node, ast.Import):
            yield alias.asname or alias.name.partition(".")[0], _fact(alias.name, node)
        elif node.level == 0:
            yield alias.asname or alias.name, _fact(f"{node.module}.{alias.name}", node)


def _add_call(node: ast.Call, facts: PythonFacts) -> None:
    name = dotted(node.func)
    if len(node.args) > 1 and len({ast.dump(one) for one in node.args}) == 1:
        return  # compares a thing with itself
    if node.args and not node.keywords and all(_is_nothing(one) for one in node.args):
        return  # is given nothing
    facts.calls.append(_fact(name, node))
    for keyword in node.keywords:
        empty = isinstance(keyword.value, ast.Constant) and keyword.value.value in (None, False)
        if keyword.arg and not empty and not _bounds_nothing(keyword.arg, keyword.value):
            facts.keywords.append(_fact(f"{name}.{keyword.arg}", keyword.value))


def _is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in ("", None)


def _bounds_nothing(name: str, value: ast.expr) -> bool:
    """True for a time limit of more than a day."""
    number = value.value if isinstance(value, ast.Constant) else None
    return "timeout" in name and isinstance(number, int | float) and number > LONGEST_LIMIT


def _does_something(node: _Definition, beside: Beside) -> bool:
    """True where a body does more than give a constant, a class has such a method, a test asserts."""
    body = [statement for statement in node.body if not _is_filler(statement)]
    if isinstance(node, ast.ClassDef):
        return any(isinstance(one, _DEFINITIONS) and _does_something(one, beside) for one in body)
    if not body or (len(body) == 1 and _gives_a_constant(body[0])):
        return False
    if not node.name.startswith("test_"):
        return True
    return any(_asserts(inner) for inner in ast.walk(node)) and _looks_at_something(node, beside)


def _gives_a_constant(statement: ast.stmt) -> bool:
    given = statement.value if isinstance(statement, ast.Return) else None
    return isinstance(statement, ast.Return) and (given is None or isinstance(given, ast.Constant))


def _looks_at_something(node: _Definition, beside: Beside) -> bool:
    """True for a test that is given a fixture, or calls what is neither built in nor made in its own file.

    What stands beside it counts by what that calls in turn.
    """
    if not isinstance(node, ast.ClassDef) and any(one.arg != "self" for one in node.args.args):
        return True
    names = {dotted(inner.func) for inner in ast.walk(node) if isinstance(inner, ast.Call)}
    own = {name for name in names if name.partition(".")[0] in beside}
    if any(not _is_idle(name) for name in names - own):
        return True
    return any(_calls_out(name.partition(".")[0], beside) for name in own)


def _calls_out(name: str, beside: Beside) -> bool:
    """True where a definition uses a name that the module neither defines nor has from the language."""
    todo, seen = [name], set[str]()
    while todo:
        one = todo.pop()
        seen.add(one)
        used = {inner.id for inner in ast.walk(beside[one]) if isinstance(inner, ast.Name)}
        stored = {
            n.id for n in ast.walk(beside[one]) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        stored |= {inner.arg for inner in ast.walk(beside[one]) if isinstance(inner, ast.arg)}
        if used - stored - beside.keys() - _IDLE_ROOTS:
            return True
        todo.extend(used & beside.keys() - seen)
    return False


def _is_idle(name: str) -> bool:
    first, _, last = name.partition(".")
    return first in _IDLE_ROOTS or (first == "self" and last.startswith("assert"))


def _is_filler(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    ):
        return True
    raised = statement.exc if isinstance(statement, ast.Raise) else None
    named = raised.func if isinstance(raised, ast.Call) else raised
    return named is not None and dotted(named) == "NotImplementedError"


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return any(isinstance(inner, ast.Name | ast.Call) for inner in ast.walk(node.test))
    if isinstance(node, ast.Call):
        return any(word in dotted(node.func).rpartition(".")[2].lower() for word in _ASSERTING)
    return False


def _fact(name: str, node: ast.stmt | ast.expr | ast.arg) -> Fact:
    end = min(node.end_lineno or node.lineno, node.lineno + MAX_SPAN_LINES - 1)
    return Fact(name, node.lineno, end)
