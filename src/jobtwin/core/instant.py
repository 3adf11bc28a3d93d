"""Instants as text: UTC, microseconds, fixed width, so that text sorts as time does."""

from datetime import UTC, datetime


def utc_text(moment: datetime) -> str:
    """`2026-11-23T08:54:14.000000Z` for an aware datetime; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_utc(text: str) -> datetime:
    """The instant that `utc_text` wrote. Raises ValueError for any other form."""
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    if utc_text(moment) != text:
        raise ValueError(f"not an instant in fixed-width UTC: {text!r}")
    return moment


def utc_words(instant: datetime) -> str:
    """`23 November 2026, 09:26 UTC`, for people."""
    return instant.astimezone(UTC).strftime("%-d %B %Y, %H:%M UTC")
