"""Instants as credentials write them: RFC 3339 in UTC, whole seconds, `2026-11-23T08:54:14Z`."""

import re
from datetime import UTC, datetime

_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)


def second_text(moment: datetime) -> str:
    """The instant, cut to the second. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_second(text: object) -> datetime:
    """The instant that `second_text` wrote. Raises ValueError for any other form."""
    if not isinstance(text, str) or not _FORM.fullmatch(text):
        raise ValueError("not an instant in UTC with whole seconds")
    return datetime.fromisoformat(text[:-1] + "+00:00")
