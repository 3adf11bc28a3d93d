"""What becomes of a value that Python code asks for, and whether a class says what it takes."""

import ast
import re

from jobtwin.review.pytruth import dotted

_ASKS = ("getenv", "environ", "environ.get", "compare_digest", "generate_latest", "wait_for")
"""Ends of names that are called or read for what they give."""
_SHOWS = re.compile(r"print|(?:\w+\.)?(?:log|logger|logging)\.\w+")
_SHAPELESS = frozenset({"Any", "object", "dict", "Dict", "Mapping", "JSON", "Json", "ConfigDict", "ClassVar"})
_TABLES = frozenset({"dict", "Dict", "Mapping"})


def kept_values(module: ast.Module, hollow: frozenset[str] = frozenset()) -> dict[int, str | None]:
    """By the id of a node of what is asked for: None where nothing keeps it, else the only name that does.

    Nodes whose value goes anywhere else (an argument, a condition, a return) do not stand in it; what is
    given to something hollow goes nowhere.
    """
    read = _read_names(module)
    top = {id(one) for holder in _holders(module) for one in holder.body}
    found: dict[int, str | None] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Expr) and _asks(node.value):
            found |= {id(inner): None for inner in ast.walk(node.value)}
        elif isinstance(node, ast.Call) and dotted(node.func) in hollow:
            found |= {id(inner): None for one in node.args for inner in ast.walk(one)}
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and _is_kept_for_itself(node.value):
            name = dotted(node.targets[0])
            if "." not in name and name not in read:
                found |= {id(inner): name if id(node) in top else None for inner in ast.walk(node.value)}
    return found


def _read_names(module: ast.Module) -> set[str]:
    """Names that are read for more than to be shown."""
    shown = {
        id(inner)
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and _SHOWS.fullmatch(dotted(node.func))
        for inner in ast.walk(node)
    }
    loads = (one for one in ast.walk(module) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load))
    return {one.id for one in loads if id(one) not in shown}


def _is_kept_for_itself(node: ast.expr) -> bool:
    """True for what is asked for, and for a thing that is made and does nothing by being made."""
    if _asks(node):
        return True
    made = dotted(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
    return made[:1].isupper() and not made.endswith("Instrumentor")


def _holders(module: ast.Module) -> list[ast.Module | ast.ClassDef]:
    return [module, *(one for one in module.body if isinstance(one, ast.ClassDef))]


def _asks(node: ast.expr) -> bool:
    if isinstance(node, ast.Await):
        node = node.value
    if isinstance(node, ast.Subscript):
        return dotted(node.value).endswith(_ASKS)
    return isinstance(node, ast.Call) and dotted(node.func).endswith(_ASKS)


def has_shape(node: ast.ClassDef) -> bool:
    """True where a class has a field whose type leaves something out."""
    for one in node.body:
        if isinstance(one, ast.AnnAssign):
            named = [
                n for n in ast.walk(one.annotation) if isinstance(n, ast.Name | ast.Attribute | ast.Constant)
            ]
            words = {n.value if isinstance(n, ast.Constant) else dotted(n).rpartition(".")[2] for n in named}
            keys = {"str"} if words & _TABLES else set[str]()
            if words - _SHAPELESS - keys - {None}:
                return True
    return False
