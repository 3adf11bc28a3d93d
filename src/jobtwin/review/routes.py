"""Routes: which paths a Python module serves, and what its handlers are given.

A path in a list, or one that a client asks for, is served by nobody.
"""

import ast
from collections.abc import Iterator

_VERBS = frozenset(
    {
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "options",
        "route",
        "websocket",
        "api_route",
        "api_view",
    }
)
_ROUTERS = frozenset(
    {"add_route", "add_api_route", "add_url_rule", "add_websocket_route", "add_get", "Route", "APIRoute",
     "WebSocketRoute", "Mount", "mount", "path", "re_path", "url", "Rule"}
)  # fmt: skip
FIRST_ERROR = 400
"""HTTP statuses from here on say that something is wrong."""
_Handler = ast.FunctionDef | ast.AsyncFunctionDef


def served_paths(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """`(path, node)` of what a decorator, a table of routes or a comparison with the asked path serves."""
    if isinstance(node, _Handler):
        for decorator in node.decorator_list if not _only_fails(node) else ():
            if isinstance(decorator, ast.Call) and _last(decorator.func) in _VERBS:
                paths = _text_of(decorator.args[:1])
                yield from (one for one in paths if "metrics" not in one[0] or not _gives_a_constant(node))
    elif isinstance(node, ast.Call):
        handled = len(node.args) > 1 and not isinstance(node.args[1], ast.Constant)
        if _last(node.func) in _ROUTERS or (_last(node.func) in _VERBS and handled):
            yield from _text_of(node.args[:1])
    else:
        yield from _text_of(_told_apart(node))


def _only_fails(node: _Handler) -> bool:
    """True where a handler ends with an error, or answers nothing but one."""
    answers = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value]
    return isinstance(node.body[-1], ast.Raise) or (bool(answers) and all(map(_is_an_error, answers)))


def _is_an_error(value: ast.expr) -> bool:
    given = (
        [one.value for one in value.keywords if one.arg == "status_code"]
        if isinstance(value, ast.Call)
        else []
    )
    given += value.elts[1:2] if isinstance(value, ast.Tuple) else []
    codes = [one.value for one in given if isinstance(one, ast.Constant)]
    return any(isinstance(code, int) and code >= FIRST_ERROR for code in codes)


def _gives_a_constant(node: _Handler) -> bool:
    last = node.body[-1]
    return len(node.body) == 1 and isinstance(last, ast.Return) and isinstance(last.value, ast.Constant)


def _told_apart(node: ast.AST) -> list[ast.expr]:
    """What a comparison, a match or a table of handlers holds an asked path against."""
    if isinstance(node, ast.MatchValue):
        return [node.value]
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        asked = any(isinstance(side, ast.Name | ast.Attribute | ast.Call | ast.Subscript) for side in sides)
        return sides if asked else []
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [
            key for key, value in pairs if key and isinstance(value, ast.Name | ast.Attribute | ast.Lambda)
        ]
    return []


def given_types(node: ast.AST) -> Iterator[tuple[str, ast.arg]]:
    """`(name of the type, argument)` of what the handler of a route is given."""
    if not isinstance(node, _Handler):
        return
    decorators = (one.func for one in node.decorator_list if isinstance(one, ast.Call))
    if not any(_last(one) in _VERBS for one in decorators):
        return
    for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        for part in ast.walk(argument.annotation) if argument.annotation else ():
            if isinstance(part, ast.Name | ast.Attribute):
                yield _last(part), argument


def _text_of(nodes: list[ast.expr]) -> Iterator[tuple[str, ast.expr]]:
    for node in nodes:
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            yield from _text_of(node.elts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
