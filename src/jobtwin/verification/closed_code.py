"""Code that nobody can read: bytecode, compiled modules, archives.

Python takes bytecode and compiled modules in place of the source of the same name, so what stands in the
source need not be what runs. Those are left out of every run; the others are named.
"""

import posixpath
import re
from collections.abc import Sequence

from jobtwin.source.tree import Entry, Tree

SHOWN = 50
_CACHE = "__pycache__"
_COMPILED = re.compile(r"(?P<module>[^./]+)(\.[A-Za-z0-9_-]+)*\.so")
_ARCHIVES = (".zip", ".egg", ".whl", ".pyz")
_ARCHIVE = b"PK\x03\x04"


def without_shadows(entries: Sequence[Entry]) -> tuple[list[Entry], dict[str, object]]:
    """What is laid into the sandbox, and as facts what is not: bytecode in its cache folders (PEP 3147), and
    compiled modules beside a source of the same name."""
    sources = {entry.path for entry in entries if entry.path.endswith(".py")}
    bytecode = {entry.path for entry in entries if _is_cached(entry.path)}
    shadows = [entry.path for entry in entries if _source_of(entry.path) in sources]
    facts: dict[str, object] = {"bytecode_left_out": len(bytecode)} if bytecode else {}
    if shadows:
        facts["shadows_left_out"] = shadows[:SHOWN]
    return [one for one in entries if one.path not in bytecode.union(shadows)], facts


def is_closed_code(tree: Tree, path: str) -> bool:
    """Whether a file holds Python code in a form that only a machine reads, and may be imported from."""
    if path.endswith(".pyc"):
        return not _is_cached(path)
    if _COMPILED.fullmatch(posixpath.basename(path)):
        return True
    content = tree.read(path) or b"" if path.endswith(_ARCHIVES) else b""
    return content.startswith(_ARCHIVE) and b".py" in content


def _is_cached(path: str) -> bool:
    """Bytecode where Python looks for it, or a link in that folder's place."""
    folder, name = posixpath.split(path)
    return name == _CACHE or (name.endswith(".pyc") and posixpath.basename(folder) == _CACHE)


def _source_of(path: str) -> str | None:
    """The source in whose place a compiled module is imported."""
    found = _COMPILED.fullmatch(posixpath.basename(path))
    return posixpath.join(posixpath.dirname(path), f"{found['module']}.py") if found else None
