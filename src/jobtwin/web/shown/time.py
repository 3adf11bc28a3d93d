"""Times in words."""

from datetime import UTC, datetime, timedelta

from jobtwin.core.instant import utc_words


def duration(delta: timedelta) -> str:
    """`13 days, 4 hours`, `4 hours, 5 minutes`, `5 minutes`; whole units, rounded down."""
    minutes = int(delta.total_seconds()) // 60
    if minutes < 1:
        return "less than a minute"
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        parts = [_count(days, "day"), _count(hours, "hour")]
    else:
        parts = [_count(hours, "hour"), _count(minutes, "minute")]
    return ", ".join(part for part in parts if not part.startswith("0 "))


def time_left(end: datetime, now: datetime) -> str:
    """How long until `end`, or how long ago it was."""
    return f"{duration(end - now)} left" if end > now else f"{duration(now - end)} over"


def moment(instant: datetime) -> str:
    """`23 November 2026, 09:26 UTC`."""
    return utc_words(instant)


def saved_words(instant: datetime, version: int | None = None) -> str:
    """`Saved at 09:26:14 UTC on 23 November 2026.`, with the version of a draft."""
    words = instant.astimezone(UTC).strftime("Saved at %H:%M:%S UTC on %-d %B %Y")
    return f"{words}." if version is None else f"{words} as version {version}."


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
