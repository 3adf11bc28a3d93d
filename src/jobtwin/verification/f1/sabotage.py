"""The negative control: the same tree with every function body of the code under test replaced by a raise.

A suite that passes all the same asserts nothing about that code, or forges its result.
"""

import ast
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from jobtwin.source.tree import Tree
from jobtwin.verification.f1.module_reader import parse

_TEST_FOLDERS = {
    "test",
    "tests",
    "testing",
    "docs",
    "doc",
    "node_modules",
    "site-packages",
    "venv",
    ".venv",
    ".git",
}
_TEST_FILES = {"conftest.py", "setup.py", "noxfile.py", "versioneer.py"}
_MESSAGE = "this function was switched off to see whether a test notices"


@dataclass(frozen=True)
class Sabotage:
    """The changed files by path, and how many function bodies were replaced in them."""

    files: dict[str, bytes] = field(default_factory=dict)
    bodies: int = 0


def sabotage(tree: Tree, *, spare: Collection[str], folder: str = "") -> Sabotage:
    """Replace all function bodies below `folder`, but for tests and the paths to `spare`."""
    files: dict[str, bytes] = {}
    count = 0
    for entry in tree.entries():
        if entry.path in spare or entry.mode == "120000" or not is_code_under_test(entry.path, folder):
            continue
        module = parse(tree.read(entry.path) or b"")
        if not isinstance(module, ast.Module):
            continue
        replaced = _replace(module)
        if replaced:
            try:
                files[entry.path] = ast.unparse(module).encode("utf-8", "surrogatepass")
            except RecursionError:
                continue
            count += replaced
    return Sabotage(files, count)


def is_code_under_test(path: str, folder: str = "") -> bool:
    """Whether a file is Python code that belongs neither to tests nor to packaging."""
    if not path.endswith(".py") or (folder and not path.startswith(f"{folder}/")):
        return False
    parts = PurePosixPath(path).parts
    name = parts[-1]
    return not (_TEST_FOLDERS & set(parts[:-1]) or name in _TEST_FILES)


def _replace(module: ast.Module) -> int:
    count = 0
    pending: list[ast.AST] = [module]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            call = ast.Call(ast.Name("SystemError", ast.Load()), [ast.Constant(_MESSAGE)], [])
            node.body = [ast.fix_missing_locations(ast.copy_location(ast.Raise(call, None), node))]
            count += 1
        else:
            pending += ast.iter_child_nodes(node)
    return count
