"""Each role times each route as Markdown, as the tests hold it: python -m tests.host.web.matrix."""

import sys
from collections.abc import Mapping

from tests.host.web import test_access, test_api_access


def matrix() -> str:
    """Three tables: pages by GET and by POST, and the API; a cell is the status that the person gets."""
    tables = (
        ("Pages, GET", test_access.PEOPLE, test_access.GET),
        ("Pages, POST", test_access.PEOPLE, test_access.POST),
        ("API", test_api_access.PEOPLE, test_api_access.TABLE),
    )
    return "\n".join(_table(title, people, rows) for title, people, rows in tables)


def _table(title: str, people: tuple[str, ...], rows: Mapping[str, tuple[int, ...]]) -> str:
    lines = [f"## {title}", "", f"| route | {' | '.join(people)} |", f"|---|{'---|' * len(people)}"]
    lines += [f"| `{name}` | {' | '.join(map(str, codes))} |" for name, codes in rows.items()]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.stdout.write(matrix())
