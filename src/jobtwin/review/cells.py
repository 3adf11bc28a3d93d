"""Cells: a file cut into small runs of lines along its own structure.

Every file becomes consecutive cells of about a dozen lines that begin where a statement, section or key
begins. Each cell knows its unit (function, class, section, key block, notebook cell) by its label.
"""

import ast
import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from jobtwin.review.grammars import units_of
from jobtwin.review.kinds import Kind
from jobtwin.review.pyfacts import parse_module
from jobtwin.review.substance import LABEL_LEVEL, headings

CELL_LINES = 12
MAX_LABEL = 200

_UNIT_LINE = re.compile(
    r"^\s{0,4}(?:export\s+|default\s+|pub(?:\([^)]*\))?\s+|public\s+|private\s+|protected\s+|static\s+|async\s+|final\s+|"
    r"abstract\s+|unsafe\s+|override\s+)*(?:function|class|func|fn|def|struct|impl|interface|trait|enum|module|namespace|"
    r"type|const\s+\w+\s*=\s*(?:async\s*)?\(|create\s+(?:or\s+replace\s+)?\w+|resource|service|message)\b",
    re.IGNORECASE,
)
_SHELL_FUNCTION = re.compile(r"^\s*(?:function\s+)?[\w-]+\s*\(\)\s*\{")
_TARGET = re.compile(r"^[\w./%-]+(?:\s+[\w./%-]+)*\s*:(?!=)|^(?:FROM|RUN|CMD|ENTRYPOINT|USER|HEALTHCHECK)\b")
_KEY = re.compile(r"^(?:\[+[^\]]+\]+|[\w\"'.@/-]+\s*[:=].*|\s{2,4}\"[^\"]+\"\s*:.*|\s{2}[\w.-]+:.*)$")
Mark = tuple[int, str]
"""Where a unit begins (line from 1) and its label."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines `start..end` (from 1), the label of the unit it belongs to, and if the unit begins here."""

    start: int
    end: int
    label: str
    opens: bool


def cells_of(kind: Kind, lines: list[str], *, path: str = "") -> list[Cell]:
    """All cells of a text file; nothing is left out but the outputs of notebooks.

    Code is read by the grammar that `path` ends with, or line by line where there is none or it gives up.
    """
    if not lines:
        return []
    if kind is Kind.PYTHON:
        module = parse_module(lines)
        if module is not None:
            units, cuts = _python_marks(module)
            return list(_packed(len(lines), units, cuts))
    if kind is Kind.NOTEBOOK:
        return _notebook_cells(lines)
    parsed = units_of(path, lines) if kind is Kind.CODE else None
    if parsed is not None:
        return list(_packed(len(lines), parsed.marks, parsed.cuts))
    units = list(_marks(kind, lines))
    cuts = {number for number, line in enumerate(lines, 2) if not line.strip()}
    return list(_packed(len(lines), units, cuts))


def _packed(total: int, units: list[Mark], cuts: set[int]) -> Iterator[Cell]:
    """Cells between unit starts; inside a unit they end at the last cut before they grow too long."""
    starts = sorted({1: "", **dict(units)}.items())
    for index, (first, label) in enumerate(starts):
        last = starts[index + 1][0] - 1 if index + 1 < len(starts) else total
        begin = first
        while begin <= last:
            end = min(begin + CELL_LINES - 1, last)
            if end < last:
                end = next((cut - 1 for cut in range(end + 1, begin + 3, -1) if cut in cuts), end)
            yield Cell(begin, end, label[:MAX_LABEL], begin == first and bool(label))
            begin = end + 1


def _python_marks(module: ast.Module) -> tuple[list[Mark], set[int]]:
    """Unit starts (functions, classes, methods) and the lines where statements begin."""
    units: list[Mark] = []
    cuts: set[int] = set()
    todo: list[tuple[ast.stmt, str]] = [(statement, "") for statement in reversed(module.body)]
    while todo:
        node, scope = todo.pop()
        cuts.add(node.lineno)
        inner = scope
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{scope} {node.name}".strip()
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            cuts.add(first)
            units.append((first, inner))
        elif (node.end_lineno or node.lineno) - node.lineno < CELL_LINES:
            continue
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            for child in reversed(getattr(node, name, ())):
                if isinstance(child, ast.stmt):
                    todo.append((child, inner))
                else:
                    todo.extend((stmt, inner) for stmt in reversed(child.body))
    return _with_returns(units, module), cuts


def _with_returns(units: list[Mark], module: ast.Module) -> list[Mark]:
    """A unit without label begins again where module code follows a definition."""
    taken = {line for line, _ in units}
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for before, after in zip(module.body, module.body[1:], strict=False):
        begins = (before.end_lineno or before.lineno) + 1
        if isinstance(before, definitions) and not isinstance(after, definitions) and begins not in taken:
            units.append((begins, ""))
    return units


def _marks(kind: Kind, lines: list[str]) -> Iterator[Mark]:
    if kind in {Kind.MARKDOWN, Kind.PROSE, Kind.OTHER}:
        path: list[str] = []
        for number, level, title in headings(lines):
            if level < LABEL_LEVEL:
                path = [*path[: level - 1], title]
                yield number, " ".join(path)
        return
    for number, line in enumerate(lines, 1):
        shown = line[:300]
        if kind in {Kind.CODE, Kind.PYTHON} and (
            _UNIT_LINE.match(shown) or _SHELL_FUNCTION.match(shown) or _TARGET.match(shown)
        ):
            yield number, shown.strip()
        elif kind is Kind.CONFIG and shown[:1] not in {"", "#", " ", "}", "]"} and _KEY.match(shown):
            yield number, re.split(r"[:=]", shown)[0]


def _notebook_cells(lines: list[str]) -> list[Cell]:
    """Runs of source lines of each notebook cell, by their lines in the raw file; outputs are left out."""
    try:
        listed = json.loads("\n".join(lines)).get("cells", [])
        sources = [cell.get("source", []) for cell in listed if isinstance(cell, dict)]
    except (ValueError, RecursionError, AttributeError, TypeError):
        sources = []
    places: dict[str, list[int]] = {}
    for number, line in enumerate(lines, 1):
        places.setdefault(line.strip().removesuffix(","), []).append(number)
    found: list[Cell] = []
    at = 0
    for source in sources:
        rows = source if isinstance(source, list) else [source]
        placed: list[int] = []
        for row in rows:
            hit = _row_after(places, row, at)
            if hit is not None:
                placed.append(hit)
                at = hit
        found.extend(_runs(placed))
    return found or [Cell(1, min(len(lines), CELL_LINES), "", opens=False)]


def _row_after(places: dict[str, list[int]], row: object, at: int) -> int | None:
    """The first raw line after line `at` that holds a source row as JSON, or None."""
    wanted = {json.dumps(row), json.dumps(row, ensure_ascii=False)}
    listed = [places[text] for text in (*wanted, *(f'"source": {text}' for text in wanted)) if text in places]
    after = [numbers[index] for numbers in listed if (index := bisect_right(numbers, at)) < len(numbers)]
    return min(after, default=None)


def _runs(placed: list[int]) -> Iterator[Cell]:
    for index in range(0, len(placed), CELL_LINES):
        run = placed[index : index + CELL_LINES]
        yield Cell(run[0], run[-1], "", opens=index == 0)
