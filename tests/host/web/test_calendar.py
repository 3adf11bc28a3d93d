"""Dates for calendars: the same entry moves, and an address that was revoked gives nothing."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from icalendar import Event

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]


def events(content: bytes) -> "dict[str, Event]":
    """The entries of a file by what stands before the @ of their ids."""
    from icalendar import Calendar

    found = Calendar.from_ical(content)
    assert isinstance(found, Calendar)
    return {str(one["uid"]).split("@")[0]: one for one in found.events}


def test_an_extension_moves_the_same_entry_with_a_higher_sequence() -> None:
    from jobtwin.services.extension import extend_attempt
    from jobtwin.store.clock import database_now
    from tests.host.people import everybody, started
    from tests.host.web.visits import client

    people, now = everybody(), database_now()
    attempt = started(people.ada, now)
    ada, address = client(people.ada), f"/attempts/{attempt.pk}/calendar.ics"
    answer = ada.get(address)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    before = events(answer.content)[f"attempt-{attempt.pk}"]
    extend_attempt(
        attempt=attempt,
        kind="incident",
        minutes=30,
        reason="The network failed.",
        operator=people.olga,
        now=now,
    )
    after = events(ada.get(address).content)[f"attempt-{attempt.pk}"]
    assert before["uid"] == after["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after.start - before.start == timedelta(minutes=30)
    assert after.start == attempt.deadline.replace(microsecond=0)


def test_a_submitted_attempt_is_cancelled_without_a_reminder() -> None:
    from tests.host.people import everybody, submitted
    from tests.host.web.visits import client

    people = everybody()
    submission = submitted(people.ada)
    answer = client(people.ada).get(f"/attempts/{submission.attempt_id}/calendar.ics")
    event = events(answer.content)[f"attempt-{submission.attempt_id}"]
    assert (event["status"], event["sequence"], event.subcomponents) == ("CANCELLED", 1, [])


def test_windows_stand_beside_the_deadline() -> None:
    from datetime import UTC, datetime

    from jobtwin.core.brief import parse_brief
    from jobtwin.services.attempt import start_attempt
    from jobtwin.services.brief import publish_brief
    from jobtwin.store.queries.calendar import exam_dates
    from jobtwin.web.calendar import as_calendar
    from tests.exams import brief_document
    from tests.host.people import everybody

    now = datetime(2026, 11, 1, 9, tzinfo=UTC)
    windows = [
        {"id": "build", "title": "Build; \nand, test", "minutes": 60, "text": "Build it."},
        {"id": "tell", "title": "Tell", "minutes": 30, "text": "Tell it."},
    ]
    brief = parse_brief(brief_document(id="windowed", time_box_hours=None, windows=windows))
    attempt = start_attempt(
        learner=everybody().ada, brief_version=publish_brief(brief=brief, now=now), now=now
    )
    file = as_calendar(exam_dates(attempt), origin="https://exam.example.org")
    found = events(file)
    assert [one.end - one.start for one in list(found.values())[:2]] == [
        timedelta(hours=1),
        timedelta(minutes=30),
    ]
    assert str(found[f"attempt-{attempt.pk}-build"]["uid"]).endswith("@exam.example.org")
    assert max(map(len, file.split(b"\r\n"))) <= 75


def test_a_mentors_due_time_moves_with_a_pause_and_names_no_learner() -> None:
    from jobtwin.services.pause import pause_clock
    from jobtwin.store.queries.calendar import dates_of
    from tests.host.people import NOW, claimed, everybody, verified
    from tests.host.web.visits import client, text_of

    people = everybody()
    submission = verified(people.ada)
    mark = claimed(submission, people.max)
    before = dates_of(people.max, NOW)[0]
    day = timedelta(days=1)
    pause_clock(
        programme=submission.attempt.programme, start=before.start - day, end=before.start, mentor=people.max,
        reason="A day of illness.", operator=people.olga, now=NOW,
    )  # fmt: skip
    after = dates_of(people.max, NOW)[0]
    assert (after.uid, after.sequence - before.sequence) == (f"mark-{mark.pk}", 1)
    assert after.start - before.start == day
    assert dates_of(people.noor, NOW) == []
    file = text_of(client(people.max).get("/calendar.ics"))
    assert "marks due" in file
    assert "ada" not in file.lower().replace("calendar", "")


def test_a_private_address_gives_dates_alone_until_it_is_revoked() -> None:
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import ApiToken
    from tests.host.people import everybody, started
    from tests.host.web.api import Caller
    from tests.host.web.visits import client, text_of

    people = everybody()
    started(people.ada, database_now())
    ada = client(people.ada)
    found = re.search(r"<code>(http[^<]+/calendar/(jt_[\w-]+)\.ics)</code>", text_of(ada.post("/calendar/")))
    assert found is not None
    feed, text = found[1].split("/", 3)[3], found[2]
    assert len(events(client().get(f"/{feed}").content)) == 1
    assert Caller(text)("get", "/attempts").status_code == 403
    assert text not in text_of(ada.get("/calendar/"))
    ada.post(f"/account/tokens/{ApiToken.objects.get().pk}/revoke")
    assert client().get(f"/{feed}").status_code == 404
    assert client().get("/calendar/jt_guessed.ics").status_code == 404


def test_a_token_for_the_api_opens_no_calendar() -> None:
    from jobtwin.services.token import make_token
    from jobtwin.store.clock import database_now
    from tests.host.people import everybody
    from tests.host.web.visits import client

    _, text = make_token(person=everybody().ada, name="api", scopes=["exam:read"], days=1, now=database_now())
    assert client().get(f"/calendar/{text}.ics").status_code == 404
