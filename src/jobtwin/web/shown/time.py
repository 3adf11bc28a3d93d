"""Times in words, in the language of the page."""

from datetime import UTC, datetime, timedelta

from django.utils.dateformat import format as formatted
from django.utils.translation import gettext, ngettext


def duration(delta: timedelta) -> str:
    """`13 days, 4 hours`, `4 hours, 5 minutes`, `5 minutes`; whole units, rounded down."""
    minutes = int(delta.total_seconds()) // 60
    if minutes < 1:
        return gettext("less than a minute")
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = (_days(days), _hours(hours)) if days else (_hours(hours), _minutes(minutes))
    return ", ".join(words for words in units if words)


def time_left(end: datetime, now: datetime) -> str:
    """How long until `end`, or how long ago it was."""
    if end > now:
        return gettext("{time} left").format(time=duration(end - now))
    return gettext("{time} over").format(time=duration(now - end))


def moment(instant: datetime) -> str:
    """`23 November 2026, 09:26 UTC`."""
    # Translators: a date and a time, in the letters of Django's `date` filter.
    return formatted(instant.astimezone(UTC), gettext("j F Y, H:i \\U\\T\\C"))


def day(instant: datetime) -> str:
    """`23 November 2026`, in UTC."""
    return formatted(instant.astimezone(UTC), gettext("j F Y"))


def saved_words(instant: datetime, version: int | None = None) -> str:
    """`Saved at 09:26:14 UTC on 23 November 2026.`, with the version of a draft."""
    at = instant.astimezone(UTC)
    parts = {"time": formatted(at, "H:i:s"), "date": formatted(at, gettext("j F Y"))}
    if version is None:
        return gettext("Saved at {time} UTC on {date}.").format(**parts)
    return gettext("Saved at {time} UTC on {date} as version {version}.").format(**parts, version=version)


def _days(number: int) -> str:
    return ngettext("{number} day", "{number} days", number).format(number=number) if number else ""


def _hours(number: int) -> str:
    return ngettext("{number} hour", "{number} hours", number).format(number=number) if number else ""


def _minutes(number: int) -> str:
    return ngettext("{number} minute", "{number} minutes", number).format(number=number) if number else ""
