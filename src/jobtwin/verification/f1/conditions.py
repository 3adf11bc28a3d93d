"""Conditions on the platform and the version of Python, decided without running them."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

_OPERATORS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def decide(test: ast.expr, *, python: tuple[int, ...]) -> bool | None:
    """What a condition comes to on Linux under that version of Python, None where running would tell."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = decide(test.operand, python=python)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        values = [decide(one, python=python) for one in test.values]
        settles = isinstance(test.op, ast.Or)
        if settles in values:
            return settles
        return None if None in values else not settles
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or type(test.ops[0]) not in _OPERATORS:
        return None
    left, right = _value(test.left, python), _constant(test.comparators[0])
    if left is None or right is None or type(left) is not type(right):
        return None
    return _OPERATORS[type(test.ops[0])](left, right)


def _value(node: ast.expr, python: tuple[int, ...]) -> object:
    text = ast.unparse(node)
    known: Mapping[str, object] = {
        "sys.version_info": python,
        "sys.version_info[0]": python[0],
        "sys.version_info.major": python[0],
        "sys.version_info[:2]": python[:2],
        "sys.platform": "linux",
        "os.name": "posix",
        "platform.system()": "Linux",
    }
    return known.get(text)


def _constant(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
