"""Lists in pages: `limit` and `offset`, both bounded."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import QuerySet
from ninja import Schema
from pydantic import Field

DEFAULT_LIMIT = 25
MAX_LIMIT = 100
MAX_OFFSET = 100_000

Row = TypeVar("Row")
Shown = TypeVar("Shown")


class Page(Schema):
    """Which part of a list is asked for."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    offset: int = Field(0, ge=0, le=MAX_OFFSET)


def page_of(
    rows: "QuerySet[Any] | Sequence[Row]",
    page: Page,
    shown: Callable[[list[Any]], list[Shown]],
    *,
    counted: int | None = None,
) -> dict[str, object]:
    """`count` of all rows (up to `counted`) and the `items` of one page; `shown` makes items of its rows."""
    count = rows[:counted].count() if isinstance(rows, QuerySet) else len(rows)
    part = list(rows[page.offset : page.offset + page.limit])
    return {"count": count, "limit": page.limit, "offset": page.offset, "items": shown(part)}


class Listed(Schema):
    """A page of a list: `count` is of all rows."""

    count: int
    limit: int
    offset: int
