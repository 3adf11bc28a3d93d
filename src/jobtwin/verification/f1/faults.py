"""Small faults in the code under test: a suite that asserts something notices most of them.

The idea and the kinds are those of mutation testing (DeMillo, Lipton and Sayward 1978). Only bodies of
functions are changed, never annotations, decorators, docstrings, messages of errors or logging.
"""

import ast
import random
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from jobtwin.source.tree import Tree
from jobtwin.verification.f1.module_reader import parse
from jobtwin.verification.f1.sabotage import is_code_under_test

KINDS = ("operator", "constant", "return", "call")

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_SIGNS: dict[type[ast.AST], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.GtE: ">=",
    ast.Gt: ">",
    ast.LtE: "<=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
}
_LEFT_ALONE = {"annotation", "returns", "decorator_list", "type_params", "args", "pattern"}
_SPEAKING = {"log", "logger", "logging", "print", "warnings", "_log", "_logger", "LOG", "LOGGER"}
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """The `index`th change of a file, at `line`, in words."""

    path: str
    line: int
    kind: str
    change: str
    index: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.change}"


@dataclass(frozen=True, slots=True)
class _Change:
    line: int
    kind: str
    text: str
    make: Callable[[], None]


def find_faults(tree: Tree, *, spare: Collection[str], folder: str = "") -> list[Fault]:
    """Every fault that could be made below `folder`, but for tests and the paths to `spare`."""
    found: list[Fault] = []
    for entry in tree.entries():
        if entry.path in spare or entry.mode == "120000" or not is_code_under_test(entry.path, folder):
            continue
        module = parse(tree.read(entry.path) or b"")
        if isinstance(module, ast.Module):
            changes = enumerate(_changes(module))
            found += [Fault(entry.path, one.line, one.kind, one.text, index) for index, one in changes]
    return found


def sample(faults: list[Fault], *, seed: str, most: int) -> list[Fault]:
    """At most that many, the kinds in turn so that none crowds the others out; the same for a seed."""
    chance = random.Random(seed)  # noqa: S311 - anybody may foresee the faults
    by_kind = {kind: [one for one in faults if one.kind == kind] for kind in KINDS}
    for listed in by_kind.values():
        chance.shuffle(listed)
    chosen: list[Fault] = []
    while len(chosen) < most and any(by_kind.values()):
        chosen += [listed.pop() for listed in by_kind.values() if listed]
    return chosen[:most]


def with_fault(content: bytes, fault: Fault) -> bytes | None:
    """The file with that fault, None where it cannot be written as text again."""
    module = parse(content)
    if not isinstance(module, ast.Module):
        return None
    for index, change in enumerate(_changes(module)):
        if index == fault.index:
            change.make()
            break
    try:
        return ast.unparse(ast.fix_missing_locations(module)).encode("utf-8", "surrogatepass")
    except RecursionError:
        return None


def _changes(module: ast.Module) -> Iterator[_Change]:
    """All changes in the order of the syntax tree. The tree may be changed once the iteration ends."""
    pending: list[tuple[ast.AST, bool]] = [(module, False)]
    found: list[_Change] = []
    while pending:
        node, inside = pending.pop()
        if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr) or _speaks(node):
            continue
        if inside:
            found += _of(node)
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        children = [child for name, value in ast.iter_fields(node) for child in _children(node, name, value)]
        pending += [(child, inside) for child in reversed(children)]
    yield from found


def _children(node: ast.AST, name: str, value: object) -> list[ast.AST]:
    if name in _LEFT_ALONE and not isinstance(node, ast.Call):
        return []
    listed = value if isinstance(value, list) else [value]
    children = [one for one in listed if isinstance(one, ast.AST)]
    is_body = name == "body" and isinstance(
        node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    )
    if is_body and children and _is_text(children[0]):
        return children[1:]
    return children


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _speaks(node: ast.AST) -> bool:
    """Whether a statement only tells something: a log line, a print."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    first: ast.expr = node.value.func
    while isinstance(first, ast.Attribute):
        first = first.value
    return isinstance(first, ast.Name) and first.id in _SPEAKING


def _of(node: ast.AST) -> Iterator[_Change]:
    line = getattr(node, "lineno", 0)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARED:
        other = _COMPARED[type(node.ops[0])]
        yield _Change(line, "operator", _became(node.ops[0], other), lambda: _put(node.ops, other()))
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _COMPUTED:
        operator = _COMPUTED[type(node.op)]
        yield _Change(line, "operator", _became(node.op, operator), lambda: setattr(node, "op", operator()))
    elif isinstance(node, ast.BoolOp):
        is_and = isinstance(node.op, ast.And)
        text = "`and` became `or`" if is_and else "`or` became `and`"
        yield _Change(line, "operator", text, lambda: setattr(node, "op", ast.Or() if is_and else ast.And()))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        negated = ast.UnaryOp(ast.Not(), node.operand)
        yield _Change(line, "operator", "`not` was removed", lambda: setattr(node, "operand", negated))
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        text = f"`return {_shown(node.value)}` became `return None`"
        yield _Change(line, "return", text, lambda: setattr(node, "value", ast.Constant(None)))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        text = f"the call `{_shown(node.value)}` was removed"
        yield _Change(line, "call", text, lambda: setattr(node, "value", ast.Constant(None)))


def _of_constant(node: ast.Constant) -> Iterator[_Change]:
    value = node.value
    other: object
    if isinstance(value, bool):
        other = not value
    elif isinstance(value, int | float):
        other = value + 1
    elif isinstance(value, str):
        other = f"{value}~"
    else:
        return
    text = f"`{_shown(node)}` became `{_shown(ast.Constant(other))}`"
    yield _Change(node.lineno, "constant", text, lambda: setattr(node, "value", other))


def _put(operators: list[ast.cmpop], other: ast.cmpop) -> None:
    operators[0] = other


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _became(before: ast.AST, after: type[ast.AST]) -> str:
    return f"`{_SIGNS[type(before)]}` became `{_SIGNS[after]}`"


def _shown(node: ast.expr) -> str:
    try:
        text = " ".join(ast.unparse(node).split())
    except RecursionError:
        return "..."
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
