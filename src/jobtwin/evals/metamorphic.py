"""Metamorphic changes: what may not move a draft, since it changes nothing that a criterion speaks of."""

import ast
import random
import re
from collections.abc import Callable, Mapping

from jobtwin.core.syntax import parse
from jobtwin.evals.capstones import Capstone

Change = Callable[[Capstone], Mapping[str, bytes]]


def padded(capstone: Capstone) -> dict[str, bytes]:
    """Thirty files of tables that nothing refers to."""
    rng = random.Random(capstone.name)  # noqa: S311  repeatable, guards nothing
    rows = "".join(f"{n},{rng.randint(1, 999)},{rng.choice('abcdef')}\n" for n in range(200))
    return {**capstone.files, **{f"data/table_{n:02}.csv": rows.encode() for n in range(30)}}


def reordered(capstone: Capstone) -> dict[str, bytes]:
    """Sections of Markdown files and definitions of Python files in the opposite order."""
    return {path: _turned(path, content) for path, content in capstone.files.items()}


def _turned(path: str, content: bytes) -> bytes:
    text = content.decode()
    if path.endswith(".md") and text.startswith("# ") and "<!--" not in text:
        head, *sections = re.split(r"(?m)^(?=## )", text)
        ends = [one if one.endswith("\n\n") else one.rstrip("\n") + "\n\n" for one in sections]
        return (head + "".join(reversed(ends))).encode()
    if path.endswith(".py"):
        return _python_turned(text).encode()
    return content


def _python_turned(text: str) -> str:
    """Top-level functions and classes in the opposite order, each with its lines."""
    lines = text.splitlines(keepends=True)
    found = [
        (min([one.lineno, *(d.lineno for d in one.decorator_list)]) - 1, one.end_lineno or one.lineno)
        for one in parse(text).body
        if isinstance(one, ast.FunctionDef | ast.ClassDef)
    ]
    turned = list(reversed(["".join(lines[start:end]) for start, end in found]))
    parts, at = [], 0
    for (start, end), piece in zip(found, turned, strict=True):
        parts += ["".join(lines[at:start]), piece]
        at = end
    return "".join([*parts, *lines[at:]])


def renamed(capstone: Capstone) -> dict[str, bytes]:
    """The package under another name, everywhere."""
    package = next((p.split("/")[-2] for p in capstone.files if p.endswith("/labels.py")), "app")
    pattern = re.compile(rf"(?<![\w-]){re.escape(package)}(?=[./]|\b)")
    return {
        pattern.sub("core_unit", path): pattern.sub("core_unit", content.decode()).encode()
        for path, content in capstone.files.items()
    }


def without_comments(capstone: Capstone) -> dict[str, bytes]:
    """Python without whole-line comments and docstrings, Markdown without HTML comments."""
    return {path: _stripped(path, content.decode()).encode() for path, content in capstone.files.items()}


def _stripped(path: str, text: str) -> str:
    if path.endswith(".md"):
        return re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL)
    if not path.endswith(".py"):
        return text
    lines = text.splitlines(keepends=True)
    for node in ast.walk(parse(text)):
        if (
            isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module)
            and ast.get_docstring(node) is not None
        ):
            said = node.body[0]
            alone = len(node.body) == 1 and not isinstance(node, ast.Module)
            for number in range(said.lineno - 1, said.end_lineno or said.lineno):
                lines[number] = "    ...\n" if alone and number == said.lineno - 1 else "\n"
    return "".join("\n" if line.lstrip().startswith("#") else line for line in lines)


def other_line_ends(capstone: Capstone) -> dict[str, bytes]:
    """Carriage returns at the ends of all lines."""
    return {path: content.replace(b"\n", b"\r\n") for path, content in capstone.files.items()}


CHANGES: Mapping[str, Change] = {
    "padding": padded,
    "reordering": reordered,
    "renaming": renamed,
    "comments stripped": without_comments,
    "line ends": other_line_ends,
}
"""Whole repositories by the name of the change. The allowed drift of every bound is 0."""
