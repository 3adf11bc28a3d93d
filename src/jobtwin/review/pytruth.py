"""What of Python can be told without running it: which tests always or never hold, and what hangs on them."""

import ast
import operator
from collections.abc import Callable, Iterable

_COMPARED: dict[type[ast.cmpop], Callable[[object, object], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
_NUMERIC: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_EMPTY: frozenset[str] = frozenset()


def dotted(node: ast.expr) -> str:
    """`a.b.c` for names and attributes; what an attribute hangs on otherwise is left out (`.c`)."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts))


def truth(test: ast.expr) -> bool | None:
    """Whether an expression always or never holds; None where that hangs on what it is given."""
    if isinstance(test, ast.Constant | ast.Tuple | ast.List | ast.Set | ast.Dict | ast.Lambda):
        return _of_literal(test)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = truth(test.operand)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        return _of_several([truth(one) for one in test.values], any_of=isinstance(test.op, ast.Or))
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(test.left, test.ops[0], test.comparators[0])
    return False if dotted(test).rpartition(".")[2] == "TYPE_CHECKING" else None


def _of_literal(node: ast.Constant | ast.Tuple | ast.List | ast.Set | ast.Dict | ast.Lambda) -> bool | None:
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, ast.Lambda):
        return True
    if isinstance(node, ast.Dict):
        return None if None in node.keys else bool(node.keys)
    return None if any(isinstance(one, ast.Starred) for one in node.elts) else bool(node.elts)


def is_decided(value: ast.expr) -> bool:
    """True for a value that is the same whatever is given: of constants, or a test that always holds."""
    parts = [*ast.walk(value)]
    if not any(isinstance(one, ast.Name | ast.Call | ast.Attribute | ast.Await) for one in parts):
        return True
    return isinstance(value, ast.Compare | ast.BoolOp | ast.UnaryOp) and truth(value) is not None


def _of_several(values: Iterable[bool | None], *, any_of: bool) -> bool | None:
    listed = list(values)
    if any_of in listed:
        return any_of
    return None if None in listed else not any_of


def _compared(left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool | None:
    if isinstance(op, ast.Eq | ast.Is | ast.LtE | ast.GtE) and ast.dump(left) == ast.dump(right):
        return None if any(isinstance(one, ast.Call) for one in ast.walk(left)) else True
    if not isinstance(right, ast.Constant):
        return None
    if not isinstance(left, ast.Constant):
        return True if _always_holds(left, op, right.value) else None
    if type(op) in _COMPARED:
        return _COMPARED[type(op)](left.value, right.value)
    one, other = left.value, right.value
    if type(op) in _NUMERIC and isinstance(one, int | float) and isinstance(other, int | float):
        return _NUMERIC[type(op)](one, other)
    return None


def _always_holds(left: ast.expr, op: ast.cmpop, value: object) -> bool:
    """True for a length of nothing or more, and for what is not the same object as a number or a text."""
    if isinstance(op, ast.IsNot):
        return isinstance(value, int | str) and not isinstance(value, bool)
    return _is_length(left) and isinstance(op, ast.GtE) and value == 0


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func) == "len"


def dead_fields(node: ast.AST) -> frozenset[str]:
    """Names of the fields of a node that are never reached: a branch, the body of a loop over nothing."""
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        holds = truth(node.test)
        if holds is None:
            return _EMPTY
        return frozenset(
            {"orelse"} if holds and not isinstance(node, ast.While) else set() if holds else {"body"}
        )
    if isinstance(node, ast.Try) and not any(_can_raise(one) for one in node.body):
        return frozenset({"handlers"})
    if isinstance(node, ast.For | ast.AsyncFor) and _is_nothing(node.iter):
        return frozenset({"body"})
    return _EMPTY


def _can_raise(node: ast.stmt) -> bool:
    """False for `pass`, and for constants that are only given a name."""
    if isinstance(node, ast.Pass):
        return False
    return not (isinstance(node, ast.Assign | ast.Expr) and isinstance(node.value, ast.Constant))


def _is_nothing(node: ast.expr) -> bool:
    """True for `[]`, `()`, `{}`, `""` and `range(0)`."""
    if isinstance(node, ast.Call) and dotted(node.func) == "range" and len(node.args) == 1:
        node = node.args[0]
    return truth(node) is False
