"""What a submission holds that is able to bend a test run: hooks, exits, reaching into pytest.

Holding such a thing is no fault: honest suites do. It only tells an impossible result that somebody
arranged from one that this platform does not understand.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from jobtwin.source.tree import Tree
from jobtwin.verification.f1.conditions import decide
from jobtwin.verification.f1.module_reader import blocks_of, parse

PYTHON = tuple(sys.version_info[:3])

_COLLECTION = {
    *(
        "pytest_collection",
        "pytest_collection_modifyitems",
        "pytest_collection_finish",
        "pytest_ignore_collect",
    ),
    *(
        "pytest_collect_file",
        "pytest_collect_directory",
        "pytest_pycollect_makeitem",
        "pytest_make_collect_report",
    ),
    *("pytest_pycollect_makemodule", "pytest_itemcollected", "pytest_generate_tests", "pytest_deselected"),
    *("pytest_collectreport", "pytest_collectstart"),
}
_HARMLESS = {
    *("pytest_addoption", "pytest_report_header", "pytest_addhooks", "pytest_make_parametrize_id"),
    *("pytest_assertrepr_compare", "pytest_plugins", "pytest_asyncio", "pytest_html_report_title"),
}
_EXITS = {"os._exit", "pytest.exit", "os.kill", "os.abort", "os.execv", "os.execve", "os.execvp", "os.killpg"}
_INNARDS = {
    "gc.get_objects",
    "gc.get_referrers",
    "sys.settrace",
    "sys.setprofile",
    "sys._getframe",
    "os.fdopen",
}
_INNARD_MODULES = {"_pytest", "pluggy", "jobtwin_probe", "ctypes"}
_INNARD_NAMES = {
    "pluginmanager",
    "_pytest",
    "__code__",
    "runtestprotocol",
    "exitstatus",
    "CallInfo",
    "TestReport",
}
_HOOK_NAME = re.compile(
    r"pytest_(runtest|sessionfinish|unconfigure|report|pyfunc|collection|exception)[a-z_]*"
)
_SKIPPED_FOLDERS = ("node_modules/", ".venv/", "venv/", "site-packages/")


@dataclass(frozen=True, slots=True)
class Ability:
    """Something at `path`:`line`; `kind` is report, collection, exit, innards, or condition.

    A condition is a `collect_ignore` that depends on something, as honest suites for several
    versions of Python have it.
    """

    kind: str
    path: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.name.removeprefix('specname ')}"


def version_of(text: str) -> tuple[int, ...]:
    """`3.11.2` as numbers; this machine's version where the text is none."""
    numbers = tuple(int(one) for one in text.split(".") if one.isdigit())
    return numbers if len(numbers) > 1 else PYTHON


def find_abilities(tree: Tree, *, python: tuple[int, ...] = PYTHON) -> tuple[Ability, ...]:
    """All abilities of a tree's Python files, in the order of the files; `python` is the run's version."""
    found: list[Ability] = []
    for entry in tree.entries():
        if not entry.path.endswith(".py") or any(part in f"/{entry.path}" for part in _SKIPPED_FOLDERS):
            continue
        module = parse(tree.read(entry.path) or b"")
        if isinstance(module, ast.Module):
            found += [
                Ability(kind, entry.path, line, name) for kind, line, name in _in_module(module, python)
            ]
    return tuple(found)


def _in_module(module: ast.Module, python: tuple[int, ...]) -> Iterator[tuple[str, int, str]]:
    yield from _ignored(module.body, "collection", python)
    for node in ast.walk(module):
        line = getattr(node, "lineno", 0)
        for name in _names(node):
            kind = _kind(name, defines=isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign))
            if kind is not None:
                yield kind, line, name


def _ignored(body: list[ast.stmt], kind: str, python: tuple[int, ...]) -> Iterator[tuple[str, int, str]]:
    """Statements that put something into `collect_ignore` or `collect_ignore_glob` and may be reached."""
    for node in body:
        decided = decide(node.test, python=python) if isinstance(node, ast.If) else None
        for inner in blocks_of(node):
            if not (decided is False and inner is getattr(node, "body", None)):
                yield from _ignored(inner, "condition", python)
        target: ast.expr | None = None
        if isinstance(node, ast.Assign) and not (isinstance(node.value, ast.List) and not node.value.elts):
            target = node.targets[0]
        elif isinstance(node, ast.AugAssign):
            target = node.target
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            target = node.value.func.value if isinstance(node.value.func, ast.Attribute) else None
        if isinstance(target, ast.Name) and target.id in {"collect_ignore", "collect_ignore_glob"}:
            yield kind, node.lineno, target.id


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield target.id if isinstance(target, ast.Name) else ast.unparse(target)
    elif isinstance(node, ast.Import):
        yield from (f"import {alias.name.partition('.')[0]}" for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield f"import {node.module.partition('.')[0]}"
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _HOOK_NAME.fullmatch(node.value):
        yield f"specname {node.value}"
    elif isinstance(node, ast.Attribute):
        yield f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else node.attr
        yield node.attr


def _kind(name: str, *, defines: bool) -> str | None:
    if defines and name in _COLLECTION:
        return "collection"
    if defines and name.startswith("pytest_") and name not in _HARMLESS:
        return "report"
    if name.startswith("specname "):
        return "report"
    if name in _EXITS:
        return "exit"
    if name in _INNARDS or name in _INNARD_NAMES or name.removeprefix("import ") in _INNARD_MODULES:
        return "innards"
    return None
