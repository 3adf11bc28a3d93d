"""A list of people as CSV: who is to be invited in which role. Pure; every mistake with its line."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MAX_BYTES = 256 * 1024
"""Largest list in bytes."""
MAX_ROWS = 500
"""Most people in one list."""
MAX_PROBLEMS = 50
"""Mistakes that are told at once."""
MAX_FIELD = 320
IGNORED = ("name", "state")
"""Columns of our own export that say nothing to an import."""
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters by which a spreadsheet takes text for a formula."""


@dataclass(frozen=True, slots=True)
class Row:
    """One person: `line` counts from 1, the heading included; `email` is in lower case."""

    line: int
    email: str
    role: str


@dataclass(frozen=True, slots=True)
class Roster:
    """What a list says. Where there are `problems` (sentences), nothing of it is to be done."""

    rows: tuple[Row, ...]
    problems: tuple[str, ...]


def parse_roster(
    content: bytes, *, roles: Sequence[str], usual_role: str, is_address: Callable[[str], bool]
) -> Roster:
    """The people of a list in UTF-8 with a heading line (`email`, and `role` if not all are `usual_role`).

    Comma, semicolon or tab separate the columns, whichever the heading has. Never raises.
    """
    if len(content) > MAX_BYTES:
        return _broken(f"the list has more than {MAX_BYTES} bytes; split it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _broken(f"line {line}: this is not UTF-8; save the list as “CSV UTF-8”")
    if "\0" in text:
        return _broken(f"line {text[: text.index(chr(0))].count(chr(10)) + 1}: there is a NUL character")
    try:
        lines = list(_lines(text))
    except csv.Error as error:
        return _broken(f"the list cannot be read as CSV: {error}")
    if not lines:
        return _broken("the list is empty; its first line names the columns: email,role")
    return _read(lines, roles, usual_role, is_address)


def plain_cell(text: str) -> str:
    """A cell without the apostrophe that an export puts before what looks like a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in STARTS_A_FORMULA and len(text) > 1 else text


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Cells by line, blank lines left out; a cell over several lines counts as its last."""
    heading = text.split("\n", 1)[0]
    separator = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found = []
    for cells in reader:
        if any(cell.strip() for cell in cells):
            found.append((reader.line_num, [cell.strip() for cell in cells]))
        if len(found) > MAX_ROWS + 1:
            break
    return found


def _read(
    lines: list[tuple[int, list[str]]],
    roles: Sequence[str],
    usual_role: str,
    is_address: Callable[[str], bool],
) -> Roster:
    (line, heading), *body = lines
    names = [cell.lower() for cell in heading]
    problems = _heading_problems(line, names)
    if problems:
        return Roster((), tuple(problems))
    if len(body) > MAX_ROWS:
        return _broken(f"the list names more than {MAX_ROWS} people; split it")
    rows: list[Row] = []
    first: dict[tuple[str, str], int] = {}
    for number, cells in body:
        if len(cells) != len(names):
            problems.append(f"line {number}: there are {len(cells)} columns, the heading has {len(names)}")
            continue
        named = dict(zip(names, map(plain_cell, cells), strict=True))
        row = Row(number, named["email"].lower(), (named.get("role") or usual_role).lower())
        problem = _problem(row, roles, is_address) or _twice(row, first)
        if problem:
            problems.append(f"line {number}: {problem}")
        else:
            rows.append(row)
    if not rows and not problems:
        problems.append("the list names nobody")
    return Roster(tuple(rows), tuple(problems[:MAX_PROBLEMS]))


def _heading_problems(line: int, names: list[str]) -> list[str]:
    if "email" not in names:
        return [f"line {line}: the first line names the columns, and one of them is email"]
    if len(set(names)) != len(names):
        return [f"line {line}: a column is named twice"]
    unknown = [one for one in names if one not in ("email", "role", *IGNORED)]
    return [f"line {line}: a list has no column {one[:40]!r}; it has email and role" for one in unknown]


def _problem(row: Row, roles: Sequence[str], is_address: Callable[[str], bool]) -> str:
    if not row.email:
        return "there is no address"
    if len(row.email) > MAX_FIELD or not is_address(row.email):
        return f"{row.email[:60]!r} is not an e-mail address"
    if row.role not in roles:
        return f"{row.role[:40]!r} is no role; a role is {', '.join(roles)}"
    return ""


def _twice(row: Row, first: dict[tuple[str, str], int]) -> str:
    before = first.setdefault((row.email, row.role), row.line)
    return "" if before == row.line else f"{row.email} as {row.role} stands in line {before} already"


def _broken(problem: str) -> Roster:
    return Roster((), (problem,))
