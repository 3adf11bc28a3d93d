"""Facts of a check as rows: a path into the facts and a short text. Facts may hold a stranger's words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jobtwin.web.shown.text import one_line, shortened, visible

MAX_ROWS = 60
MAX_DEPTH = 6
MAX_VALUE = 500
MAX_BLOCK = 4_000


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact: `name` such as `tests passed`, and its value as visible text; a `block` has several lines."""

    name: str
    value: str
    block: bool = False


def fact_rows(facts: Mapping[str, object]) -> list[FactRow]:
    """At most MAX_ROWS facts, the last row saying that there are more."""
    rows: list[FactRow] = []
    for name, value in _walk(facts, (), 0):
        if len(rows) == MAX_ROWS:
            rows.append(FactRow("more", "further facts are left out here"))
            break
        rows.append(_row(one_line(name, 120), value))
    return rows


def _row(name: str, value: str) -> FactRow:
    if "\n" in value.strip():
        return FactRow(name, shortened(visible(value.strip("\n")), MAX_BLOCK), block=True)
    return FactRow(name, one_line(value.strip(), MAX_VALUE))


def _walk(value: object, path: tuple[str, ...], depth: int) -> Iterator[tuple[str, str]]:
    name = " › ".join(path).replace("_", " ")
    if depth < MAX_DEPTH and isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _walk(inner, (*path, str(key)), depth + 1)
    elif (
        depth < MAX_DEPTH
        and isinstance(value, list | tuple)
        and any(isinstance(one, Mapping | list | tuple) for one in value)
    ):
        for number, inner in enumerate(value, 1):
            yield from _walk(inner, (*path, str(number)), depth + 1)
    else:
        yield name, _plain(value)


def _plain(value: object) -> str:
    if value is None or value in ([], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value)
