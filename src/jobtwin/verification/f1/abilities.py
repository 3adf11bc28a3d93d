"""What a submission holds that is able to bend a test run: hooks, exits, reaching into pytest.

Holding such a thing is no fault: honest suites do. It only tells an impossible result that somebody
arranged from one that this platform does not understand.
"""

import ast
import posixpath
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from jobtwin.source.tree import Tree
from jobtwin.verification.closed_code import is_closed_code
from jobtwin.verification.dependencies.plan import ManifestLimits
from jobtwin.verification.dependencies.reader import Reader
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
_BUILTINS = {"exec", "eval", "compile", "__import__"}
_LOADERS = {
    *("import_module", "run_path", "meta_path", "path_hooks", "addsitedir"),
    *(f"builtins.{name}" for name in _BUILTINS),
}
_STARTERS = {"sitecustomize.py", "usercustomize.py"}
_CASE_METHODS = {"run", "__call__", "_callTestMethod", "debug"}
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
    """Something at `path`:`line`; `kind` is report, collection, exit, innards, dynamic, or condition.

    Dynamic is code that is made while it runs, so that reading tells nothing of it. A condition is a
    `collect_ignore` that depends on something, as honest suites for several versions of Python have it.
    """

    kind: str
    path: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.name}"


def version_of(text: str) -> tuple[int, ...]:
    """`3.11.2` as numbers; this machine's version where the text is none."""
    numbers = tuple(int(one) for one in text.split(".") if one.isdigit())
    return numbers if len(numbers) > 1 else PYTHON


def find_abilities(tree: Tree, *, python: tuple[int, ...] = PYTHON) -> tuple[Ability, ...]:
    """All abilities of a tree's Python files, in the order of the files; `python` is the run's version. A
    link is read as the file that it leads to, whatever that one is called."""
    found: list[Ability] = []
    reader = Reader(tree, ManifestLimits())
    for entry in tree.entries():
        if any(part in f"/{entry.path}" for part in _SKIPPED_FOLDERS):
            continue
        if is_closed_code(tree, entry.path):
            found.append(Ability("dynamic", entry.path, 1, "holds code that cannot be read"))
        if not entry.path.endswith(".py"):
            continue
        if posixpath.basename(entry.path) in _STARTERS:
            found.append(Ability("dynamic", entry.path, 1, "runs in every interpreter that is started"))
        found += _in_file(entry.path, tree.read(reader.follow(entry.path) or entry.path) or b"", python)
    return tuple(found)


def _in_file(path: str, content: bytes, python: tuple[int, ...]) -> list[Ability]:
    module = parse(content)
    if not isinstance(module, ast.Module):
        return []
    try:
        return [Ability(kind, path, line, name[:200]) for kind, line, name in _in_module(module, python)]
    except RecursionError:
        return [Ability("dynamic", path, 0, "code that is nested too deeply to be read")]


def _in_module(module: ast.Module, python: tuple[int, ...]) -> Iterator[tuple[str, int, str]]:
    yield from _ignored(module.body, "collection", python)
    for node in ast.walk(module):
        line = getattr(node, "lineno", 0)
        for role, name in _names(node):
            kind = _kind(role, name)
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


def _names(node: ast.AST) -> Iterator[tuple[str, str]]:
    """What a node binds ("def"), imports, reads ("use"), takes as an attribute, or holds as text."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield "def", node.name
    elif isinstance(node, ast.ClassDef):
        yield from _in_place_of_tests(node)
    elif isinstance(node, ast.Name):
        yield "def" if isinstance(node.ctx, ast.Store) else "use", node.id
    elif isinstance(node, ast.Import):
        yield from (("import", alias.name.partition(".")[0]) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield "import", node.module.partition(".")[0]
        for alias in node.names:
            yield "attribute", f"{node.module}.{alias.name}"
            yield "def", alias.asname or alias.name
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield "text", node.value
    elif isinstance(node, ast.Attribute):
        yield "attribute", f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else node.attr
        yield "attribute", node.attr


def _in_place_of_tests(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Methods of a unittest case through which each of its tests runs."""
    if any(ast.unparse(base).endswith("TestCase") for base in node.bases):
        for one in node.body:
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name in _CASE_METHODS:
                yield "method", one.name


def _kind(role: str, name: str) -> str | None:
    if role == "text":
        return "report" if _HOOK_NAME.fullmatch(name) else None
    if role == "method":
        return "report"
    if role == "def" and name.startswith("pytest_") and name not in _HARMLESS:
        return "collection" if name in _COLLECTION else "report"
    if name in (_BUILTINS if role == "use" else _LOADERS):
        return "dynamic"
    if name in _INNARDS or name in _INNARD_NAMES or (role == "import" and name in _INNARD_MODULES):
        return "innards"
    return "exit" if name in _EXITS else None
