"""The negative control: the same tree with every function body of the code under test replaced by a raise.

A suite that passes all the same asserts nothing about that code, or forges its result. A function
that is called leaves a mark below /out, in whatever process it runs; who only reads the text leaves none.
"""

import ast
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from jobtwin.source.tree import Tree
from jobtwin.verification.dependencies.plan import ManifestLimits
from jobtwin.verification.dependencies.reader import Reader
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
_SWITCHED_OFF = ast.parse(f"""
try:
    __import__("posix").close(__import__("posix").open("/out/called", 65))
except OSError:
    pass
raise SystemError({_MESSAGE!r})
""").body
"""Creates the mark (65 is O_WRONLY | O_CREAT). `posix`, because suites put their own functions into `os`."""


@dataclass(frozen=True)
class Sabotage:
    """The changed files by path, and how many function bodies were replaced in them."""

    files: dict[str, bytes] = field(default_factory=dict)
    bodies: int = 0


def sabotage(tree: Tree, *, spare: Collection[str], folder: str = "") -> Sabotage:
    """Replace all function bodies below `folder`, but for tests and the paths to `spare`."""
    files: dict[str, bytes] = {}
    count, reader = 0, Reader(tree, ManifestLimits())
    for entry in tree.entries():
        if entry.path in spare or not is_code_under_test(entry.path, folder):
            continue
        path = entry.path if entry.mode != "120000" else reader.follow(entry.path)
        # What a link leads to is changed there, once, and only where it is not changed under its own name.
        if path is None or (path != entry.path and (path.endswith(".py") or path in files)):
            continue
        module = parse(tree.read(path) or b"")
        if not isinstance(module, ast.Module):
            continue
        replaced = _replace(module)
        if replaced:
            text = _written(module)
            if text is None:
                continue
            files[path] = text
            count += replaced
    return Sabotage(files, count)


def _written(module: ast.Module) -> bytes | None:
    """The changed module as a file; None where it cannot be written so that Python reads it again."""
    try:
        text = ast.unparse(module)
        compile(text, "switched off", "exec", dont_inherit=True)
        return text.encode("utf-8", "surrogatepass")
    except (RecursionError, SyntaxError, ValueError, MemoryError):
        return None


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
            # A docstring may hold the tests.
            kept = node.body[:1] if ast.get_docstring(node, clean=False) is not None else []
            node.body = [*kept, *_SWITCHED_OFF]
            count += 1
        else:
            pending += ast.iter_child_nodes(node)
    return count
