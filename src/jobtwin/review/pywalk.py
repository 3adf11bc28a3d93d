"""Walks over the parts of Python code that can be reached, and nothing behind them."""

import ast
from collections.abc import Iterator

from jobtwin.review.pytruth import dead_fields, dotted, truth

_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def reachable_from(root: ast.AST) -> Iterator[ast.AST]:
    """Every node that can be reached, without recursion."""
    todo: list[ast.AST] = [root]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(reachable(node))


def reachable(node: ast.AST, *, printed: bool = False) -> Iterator[ast.AST]:
    """Direct children of a node that can be reached; `printed`: also what is only looked up to be printed."""
    if not printed and isinstance(node, ast.Call) and dotted(node.func) == "print":
        yield from (argument for argument in node.args if not _only_looked_up(argument))
        return
    dead = dead_fields(node)
    for name, value in ast.iter_fields(node):
        if name in dead:
            continue
        if isinstance(value, ast.AST):
            yield value
        elif isinstance(value, list):
            listed = _until_end(value) if name in {"body", "orelse", "finalbody"} else value
            if isinstance(node, ast.BoolOp):
                listed = _until_decided(node)
            yield from (child for child in listed if isinstance(child, ast.AST))


def _only_looked_up(node: ast.expr) -> bool:
    """True for a name, and for a call that is given nothing but constants."""
    if isinstance(node, ast.Call):
        return not node.keywords and all(isinstance(one, ast.Constant) for one in node.args)
    return isinstance(node, ast.Name | ast.Attribute | ast.Constant)


def _until_end(body: list[ast.stmt]) -> list[ast.stmt]:
    for index, statement in enumerate(body):
        if isinstance(statement, _ENDS) or _leaves(statement):
            return body[: index + 1]
    return body


def _leaves(statement: ast.stmt) -> bool:
    """True for a plain `sys.exit()`."""
    called = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(called, ast.Call) and dotted(called.func) in {"sys.exit", "exit", "quit", "os._exit"}


def _until_decided(node: ast.BoolOp) -> list[ast.expr]:
    stops = isinstance(node.op, ast.Or)
    for index, value in enumerate(node.values):
        if truth(value) is stops:
            return node.values[: index + 1]
    return node.values
