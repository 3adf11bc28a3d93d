"""What definitions of a Python file do: bodies that act, scorers that look at the answer, tests that test.

A name alone does nothing. A test counts where it is collected and not skipped, and where an assertion that
can fail is reached, is not swallowed, and is about something that neither the language, nor a mock, nor the
file itself made.
"""

import ast
import builtins
import sys
from collections.abc import Iterator

from jobtwin.review.pytruth import dotted, is_decided, truth
from jobtwin.review.pywalk import reachable_from

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Beside = dict[str, Definition]
"""What a module defines at its top, by name."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ASK_OTHERS = frozenset({"subprocess", "urllib", "http", "socket", "asyncio", "importlib", "runpy"})
_IDLE_ROOTS = frozenset({*dir(builtins), "pytest", "Mock", "MagicMock", "AsyncMock", "mocker"})
_IDLE_MODULES = (frozenset(sys.stdlib_module_names) - _ASK_OTHERS) | {"pytest", "mock"}
"""What a test may call without looking at anything of its own."""
_IDLE_FIXTURES = frozenset(
    {"self", "cls", "monkeypatch", "tmp_path", "tmpdir", "capsys", "caplog", "request", "mocker", "recwarn"}
)
_ASSERTING = ("assert", "raises", "expect", "verify", "should", "fail")
_SWALLOWING = frozenset({"", "Exception", "BaseException", "AssertionError"})


def does_something(node: Definition, beside: Beside, idle: frozenset[str] = frozenset()) -> bool:
    """True where a body does more than give a constant, a class has such a method, a test asserts.

    `idle` are names that the file imports from where nothing of the submission stands.
    """
    if isinstance(node, ast.ClassDef):
        return not _is_uncollected(node) and any(
            isinstance(one, DEFINITIONS) and does_something(one, beside, idle) for one in node.body
        )
    if is_hollow(node) or _ignores_what_it_is_given(node):
        return False
    if not node.name.startswith("test_"):
        return True
    return not _is_skipped(node) and _can_fail(node) and _looks_at_something(node, beside, idle)


def is_hollow(node: Definition) -> bool:
    """True for a body of nothing, of a constant, or of what was given; a class where all methods are so."""
    if isinstance(node, ast.ClassDef):
        return all(is_hollow(one) for one in node.body if isinstance(one, DEFINITIONS)) and not node.bases
    body = [statement for statement in node.body if not _is_filler(statement)]
    return not body or (len(body) == 1 and _gives_nothing_new(body[0], _arguments(node)))


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    listed = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    return {one.arg for one in listed}


def _gives_nothing_new(statement: ast.stmt, given: set[str]) -> bool:
    if not isinstance(statement, ast.Return):
        return False
    value = statement.value
    if isinstance(value, ast.Lambda):
        return isinstance(value.body, ast.Constant | ast.Name)
    return value is None or is_decided(value) or (isinstance(value, ast.Name) and value.id in given)


def _ignores_what_it_is_given(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """True where a function that gives a value never reads an argument, or always gives the same."""
    given = _arguments(node) - {"self", "cls"}
    returns = [one.value for one in reachable_from(node) if isinstance(one, ast.Return)]
    values = [one for one in returns if one is not None]
    if not values or _is_fixture_user(node):
        return False
    if len({ast.dump(one) for one in values}) == 1 and is_decided(values[0]):
        return not any(isinstance(one, ast.Assert | ast.Raise) for one in reachable_from(node))
    read = {one.id for one in reachable_from(node) if isinstance(one, ast.Name)}
    return bool(given) and not given & read and node.args.kwarg is None


def _is_fixture_user(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return node.name.startswith("test_")


def _is_uncollected(node: ast.ClassDef) -> bool:
    """True for a class of tests that says it is none, or that is skipped."""
    for one in node.body:
        if isinstance(one, ast.Assign) and dotted(one.targets[0]) == "__test__":
            return truth(one.value) is False
    return _is_skipped(node)


def _is_skipped(node: Definition) -> bool:
    """True for a test that is marked as skipped or expected to fail, or that skips itself first."""
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = dotted(called).rpartition(".")[2]
        always = (
            not isinstance(decorator, ast.Call) or not decorator.args or truth(decorator.args[0]) is not False
        )
        if name in {"skip", "xfail", "expectedFailure"} and always:
            return True
        first = decorator.args[0] if isinstance(decorator, ast.Call) and decorator.args else None
        if name in {"skipif", "skipIf"} and first is not None and truth(first) is True:
            return True
    return any(
        isinstance(one, ast.Expr)
        and isinstance(one.value, ast.Call)
        and dotted(one.value.func).endswith("skip")
        for one in node.body
    )


def _can_fail(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """True where an assertion that can fail is reached, and no handler around it swallows it."""
    swallowed = {
        id(inner)
        for one in ast.walk(node)
        if (isinstance(one, ast.Try) and any(_swallows(handler) for handler in one.handlers))
        for statement in one.body
        for inner in ast.walk(statement)
    }
    return any(_asserts(inner) and id(inner) not in swallowed for inner in reachable_from(node))


def _swallows(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    named = {dotted(one) if one else "" for one in kinds}
    acts = any(isinstance(one, ast.Raise | ast.Assert) or _asserts(one) for one in ast.walk(handler))
    return bool(named & _SWALLOWING) and not acts


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return truth(node.test) is None and any(
            isinstance(i, ast.Name | ast.Call) for i in ast.walk(node.test)
        )
    if isinstance(node, ast.Call):
        first = truth(node.args[0]) if len(node.args) == 1 else None
        return first is None and any(
            word in dotted(node.func).rpartition(".")[2].lower() for word in _ASSERTING
        )
    return False


def _looks_at_something(
    node: ast.FunctionDef | ast.AsyncFunctionDef, beside: Beside, idle: frozenset[str]
) -> bool:
    """True for a test that is given a fixture, or calls what is neither built in nor made in its own file.

    What stands beside it counts by what that calls in turn.
    """
    asserted = {one.id for one in reachable_from(node) if isinstance(one, ast.Name)}
    if any(name in asserted for name in _arguments(node) - _IDLE_FIXTURES):
        return True
    local = _made_here(node, idle) | (_arguments(node) & _IDLE_FIXTURES)
    names = {dotted(inner.func) for inner in reachable_from(node) if isinstance(inner, ast.Call)}
    own = {name for name in names if name.partition(".")[0] in beside}
    if any(not _is_idle(name, idle | local) for name in names - own):
        return True
    return any(_calls_out(name.partition(".")[0], beside, idle) for name in own)


def _made_here(node: Definition, idle: frozenset[str]) -> frozenset[str]:
    """Names of a test that hold nothing but constants and what idle calls give."""
    found: set[str] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
            calls = [dotted(inner.func) for inner in ast.walk(one.value) if isinstance(inner, ast.Call)]
            names = [i.id for i in ast.walk(one.value) if isinstance(i, ast.Name)]
            if all(_is_idle(name, idle | found) for name in [*calls, *names]):
                found.add(one.targets[0].id)
        elif isinstance(one, _FUNCTIONS) and one is not node:
            found.add(one.name)
    return frozenset(found)


def _calls_out(name: str, beside: Beside, idle: frozenset[str]) -> bool:
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
        if used - stored - beside.keys() - _IDLE_ROOTS - idle:
            return True
        todo.extend(used & beside.keys() - seen)
    return False


def _is_idle(name: str, idle: frozenset[str]) -> bool:
    first, _, last = name.partition(".")
    return (
        first in _IDLE_ROOTS or first in idle or (first == "self" and last.startswith("assert")) or not first
    )


def idle_imports(imported: list[tuple[str, str]]) -> frozenset[str]:
    """Names, of `(name, what it imports)`, that come from the language, from pytest or from mocks."""
    return frozenset(name for name, whole in imported if whole.partition(".")[0] in _IDLE_MODULES)


def _is_filler(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    ):
        return True
    raised = statement.exc if isinstance(statement, ast.Raise) else None
    named = raised.func if isinstance(raised, ast.Call) else raised
    return named is not None and dotted(named) == "NotImplementedError"


def bound_to_nothing(module: ast.Module, beside: Beside) -> Iterator[str]:
    """Names at the top of a module that stand for what is hollow, or what a hollow class or mock gives."""
    hollow = {name for name, one in beside.items() if is_hollow(one)}
    yield from hollow
    for one in module.body:
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
            made = dotted(one.value.func) if isinstance(one.value, ast.Call) else ""
            if isinstance(one.value, ast.Lambda) or made in hollow or made.endswith(_STAND_INS):
                yield one.targets[0].id


_STAND_INS = ("SimpleNamespace", "Mock", "object")
