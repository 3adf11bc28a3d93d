"""The queue and the operator's view of it: pages that cost the same however much there is."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

WHY = {"reason": "Somebody else has to do it."}


@pytest.fixture
def people() -> "People":
    from tests.host.people import everybody
    from tests.host.web.clock import at

    at(hours=3)
    return everybody()


def waiting(count: int, prefix: str) -> None:
    """So many verified submissions, each an hour after the other."""
    from datetime import timedelta

    from jobtwin.services.person import add_person
    from jobtwin.store.models import Role
    from tests.host.people import NOW, verified

    for number in range(count):
        learner = add_person(email=f"{prefix}{number}@example.org", name="", role=Role.LEARNER)
        verified(learner, now=NOW + timedelta(hours=1, minutes=number))


def test_what_waits_is_read_on_from_a_place_and_every_page_asks_the_same(people: "People") -> None:
    import re

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.host.web.visits import client, text_of

    visitor, boss = client(people.max), client(people.olga)
    counts, seen = [], set()
    for count in (1, 26):
        waiting(count, f"batch{count}-")
        for who, page in ((visitor, "/marking/"), (boss, "/operations/marking")):
            who.get(page)
            with CaptureQueriesContext(connection) as asked:
                who.get(page)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
    address = "/marking/"
    while address:
        page = text_of(visitor.get(address))
        seen |= set(re.findall(r"/marking/([0-9a-f-]{36})/claim", page))
        more = re.search(r'href="(\?after=[^"]+)"', page)
        address = f"/marking/{more[1]}" if more else ""
    assert len(seen) == 27
    assert "a seat is free for" in text_of(boss.get("/operations/marking"))


@pytest.mark.parametrize("place", ["x", "2026-11-01T10:00:00.000000Z_", "2026-11-01_1", "_" * 300])
def test_a_place_that_we_did_not_write_is_refused(place: str, people: "People") -> None:
    from tests.host.web.visits import client

    visitor = client(people.max)
    assert visitor.get("/marking/", {"after": place}).status_code == 400
    assert visitor.get("/marking/", {"before": place}).status_code == 400


def test_a_mentor_sees_load_and_time_left_and_gives_a_claim_back(people: "People") -> None:
    from tests.host.people import verified
    from tests.host.web.clock import at
    from tests.host.web.visits import claim, client, text_of

    submission, visitor = verified(people.ada), client(people.max)
    desk = claim(visitor, submission)
    at(hours=3 + 160)
    page = text_of(visitor.get("/marking/"))
    assert "You hold 1 of 8 claims" in page
    assert "8 hours left" in page
    assert visitor.post(f"{desk}/release", {"reason": "no"}).status_code == 400
    assert visitor.post(f"{desk}/release", WHY).status_code == 302
    page = text_of(visitor.get("/marking/"))
    assert "Nothing is waiting." in page
    assert "You hold 0 of 8 claims" in page
    assert visitor.get(desk).status_code == 404
    assert "Claim <span" in text_of(client(people.noor).get("/marking/"))


def test_a_conflict_of_interest_is_declared_before_a_claim(people: "People") -> None:
    from tests.host.people import verified
    from tests.host.web.visits import client, text_of

    submission, visitor = verified(people.ada), client(people.max)
    said = {"reason": "We <worked> together."}
    assert visitor.post(f"/marking/{submission.pk}/conflict", said).status_code == 302
    assert "Nothing is waiting." in text_of(visitor.get("/marking/"))
    assert visitor.post(f"/marking/{submission.pk}/claim", {"no_conflict": "yes"}).status_code == 404
    assert "We &lt;worked&gt; together." in text_of(client(people.olga).get("/operations/marking"))


def test_an_operator_sees_who_is_late_takes_it_back_and_pauses_the_clock(people: "People") -> None:
    from tests.host.people import verified
    from tests.host.web.clock import at
    from tests.host.web.visits import claim, client, text_of

    submission, boss = verified(people.ada), client(people.olga)
    claim(client(people.max), submission)
    at(hours=3 + 169)
    page = text_of(boss.get("/operations/marking"))
    assert "past its time" in page
    assert "max@example.org: nothing saved yet" in page
    form = {
        "programme": "default", "start": "2026-11-03T00:00", "end": "2026-11-05T00:00", "reason": "A holiday",
    }  # fmt: skip
    assert boss.post("/operations/pauses", form | {"end": "2026-11-02T00:00"}).status_code == 422
    assert boss.post("/operations/pauses", form | {"mentor": "nobody@example.org"}).status_code == 422
    assert boss.post("/operations/pauses", form | {"programme": "default\0"}).status_code == 404
    assert boss.post("/operations/pauses", form).status_code == 302
    assert "past its time" not in text_of(boss.get("/operations/marking"))
    listed = text_of(boss.get("/operations/pauses"))
    assert "A holiday" in listed
    cancel = listed.split('action="/operations/pauses/')[1].split('"')[0]
    assert boss.post(f"/operations/pauses/{cancel}").status_code == 302
    assert "past its time" in text_of(boss.get("/operations/marking"))
    taken = WHY | {"mentor": str(people.max.pk), "to": "kit@example.org"}
    assert boss.post(f"/operations/marking/{submission.pk}/reassign", taken).status_code == 302
    assert "Nothing is being marked." in text_of(boss.get("/operations/marking"))
    assert "you are asked to mark" in text_of(client(people.kit).get("/notifications"))


def test_an_operator_of_another_programme_sees_nothing_of_it(people: "People") -> None:
    from jobtwin.services.person import add_person
    from jobtwin.services.programme import Rules, create_programme
    from jobtwin.store.models import Role
    from tests.host.people import claimed, verified
    from tests.host.web.visits import client, text_of

    elsewhere = create_programme(slug="elsewhere", rules=Rules("Elsewhere"))
    pat = add_person(email="pat@example.org", name="Pat", role=Role.OPERATOR, programme=elsewhere)
    submission = verified(people.ada)
    claimed(submission, people.max)
    page = text_of(client(pat).get("/operations/marking"))
    assert "max@example.org" not in page
    assert "Nothing is waiting." in page
    taken = WHY | {"mentor": str(people.max.pk)}
    assert client(pat).post(f"/operations/marking/{submission.pk}/reassign", taken).status_code == 404


def test_a_long_queue_is_counted_up_to_a_bound_and_read_on_behind_it(
    people: "People", monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobtwin.web.api import marking
    from tests.host.web.api import caller

    monkeypatch.setattr(marking, "COUNTED", 2)
    waiting(3, "long-")
    listed = caller(people.max).get("/marking?limit=1&offset=2")
    assert (listed["count"], len(listed["items"])) == (2, 1)
