"""Lists that are read on from a place, an instant and an id, so that a page costs what it shows."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from jobtwin.core.errors import BadInput
from jobtwin.core.instant import parse_utc, utc_text

Key = TypeVar("Key")


def place_text(at: datetime, key: object) -> str:
    """A place as it stands in an address."""
    return f"{utc_text(at)}_{key}"


def parse_place(text: str, key: Callable[[str], Key]) -> tuple[datetime, Key] | None:
    """The place of an address, None where there is none. Raises BadInput for what we did not write."""
    if not text:
        return None
    at, _, rest = text[:100].partition("_")
    try:
        return parse_utc(at), key(rest)
    except ValueError as error:
        raise BadInput("this list is asked for from a place that it named") from error
