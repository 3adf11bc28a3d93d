"""Dates as an iCalendar file (RFC 5545): for one download, or for a calendar that asks again."""

from collections.abc import Iterable
from datetime import timedelta

from icalendar import Alarm, Calendar, Event
from icalendar.enums import STATUS, TRANSP

from jobtwin.store.queries.calendar import Entry

MEDIA = "text/calendar; charset=utf-8"
PRODUCT = "-//Job Twin//Job Twin//EN"
ASK_AGAIN = timedelta(hours=1)
"""How often a subscribed calendar should ask again (RFC 7986, 5.7)."""
REMIND = timedelta(days=1)


def as_calendar(entries: Iterable[Entry], *, origin: str) -> bytes:
    """The file. Ids end in the host of `origin`, pages are addressed there."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("name", "Job Twin")
    calendar.add("x-wr-calname", "Job Twin")
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry, origin))
    return bytes(calendar.to_ical())


def _event(entry: Entry, origin: str) -> Event:
    address = origin + entry.path
    event = Event.new(
        uid=f"{entry.uid}@{origin.split('://', 1)[1]}",
        sequence=entry.sequence,
        stamp=entry.changed_at,
        last_modified=entry.changed_at,
        start=entry.start,
        end=entry.end,
        summary=entry.title,
        description=f"{entry.note}\n{address}",
        url=address,
        status=STATUS.CANCELLED if entry.over else STATUS.CONFIRMED,
        transparency=TRANSP.TRANSPARENT,
    )
    if entry.remind and not entry.over:
        event.add_component(_alarm(entry))
    return event


def _alarm(entry: Entry) -> Alarm:
    alarm = Alarm.new(description=entry.title)
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -REMIND)
    return alarm
