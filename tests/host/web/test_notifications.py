"""Messages in the page, and the one click that ends mail."""

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]


def tell(person: object, count: int) -> None:
    from jobtwin.services.notification import notify
    from tests.host.people import NOW

    for number in range(count):
        facts = {"title": f"Exam <{number}>", "path": "/marking/"}
        notify(person=person, kind="decision_to_sign", key=str(number), facts=facts, now=NOW)  # type: ignore[arg-type]  # a person


def test_messages_are_counted_until_they_are_read_and_each_sees_only_the_own() -> None:
    import re

    from tests.host.people import everybody
    from tests.host.web.visits import client, text_of

    people = everybody()
    tell(people.max, 2)
    visitor = client(people.max)
    page = text_of(visitor.get("/notifications"))
    assert "Exam &lt;1&gt;: a decision waits for your signature" in page
    assert '2 <span class="unseen">unread' in page
    assert "a decision waits" not in text_of(client(people.noor).get("/notifications"))
    newest = re.search(r'name="until" value="(\d+)"', page)
    assert newest is not None
    client(people.noor).post("/notifications/read", {"until": newest[1]})
    assert "unread" in text_of(visitor.get("/"))
    visitor.post("/notifications/read", {"until": newest[1]})
    assert "unread" not in text_of(visitor.get("/notifications"))


def test_the_list_comes_in_pages_and_never_asks_more_of_the_database() -> None:
    import re

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.host.people import everybody
    from tests.host.web.visits import client, text_of

    people = everybody()
    visitor = client(people.max)
    visitor.get("/notifications")
    counts = []
    for total in (1, 60):
        tell(people.max, total)
        with CaptureQueriesContext(connection) as asked:
            page = text_of(visitor.get("/notifications"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert page.count('class="card"') == 25
    seen = 25
    while older := re.search(r'href="\?before=(\d+)"', page):
        page = text_of(visitor.get("/notifications", {"before": older[1]}))
        seen += page.count('class="card"')
    assert seen == 60


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "²"])
def test_a_place_that_is_no_id_is_refused(before: str) -> None:
    from tests.host.people import everybody
    from tests.host.web.visits import client

    assert client(everybody().max).get("/notifications", {"before": before}).status_code == 400


def test_a_person_chooses_how_mail_comes() -> None:
    from tests.host.people import everybody
    from tests.host.web.visits import client

    people = everybody()
    visitor = client(people.max)
    assert visitor.post("/notifications/mail", {"pace": "daily"}).status_code == 302
    people.max.refresh_from_db()
    assert people.max.mail_pace == "daily"
    assert visitor.post("/notifications/mail", {"pace": "never"}).status_code == 400


def test_one_click_ends_mail_without_a_session_and_looking_does_not() -> None:
    from django.test import Client

    from jobtwin.services.notification import unsubscribe_token
    from tests.host.people import everybody

    people, strict = everybody(), Client(enforce_csrf_checks=True)
    address = f"/notifications/unsubscribe/{unsubscribe_token(people.max)}"
    assert strict.get(address).status_code == 200
    people.max.refresh_from_db()
    assert people.max.mail_pace == "each"
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    people.max.refresh_from_db()
    assert people.max.mail_pace == "none"
    assert strict.post(f"{address}x").status_code == 404
    assert strict.post(f"/notifications/unsubscribe/{people.noor.pk}").status_code == 404


def test_operators_see_the_mails_that_nobody_took() -> None:
    from jobtwin.store.models import Mail
    from tests.host.people import NOW, everybody
    from tests.host.web.visits import client, text_of

    people = everybody()
    Mail.objects.create(
        person=people.max,
        duty=True,
        made_at=NOW,
        next_try_at=NOW,
        given_up_at=NOW,
        error="550 <no> such user",
    )
    assert "max@example.org, " in (page := text_of(client(people.olga).get("/operations/")))
    assert "550 &lt;no&gt; such user" in page


def test_the_mentors_are_told_once_both_have_sealed_and_not_before() -> None:
    from jobtwin.store.models import Notification
    from tests.host.people import claimed, everybody, sealed, verified, writer

    people, ledgers = everybody(), writer()
    submission = verified(people.ada)
    first, second = claimed(submission, people.max), claimed(submission, people.noor)
    sealed(first, "0.90", ledgers)
    others = Notification.objects.exclude(person=people.ada)
    assert not others.exists()
    sealed(second, "0.60", ledgers)
    told = set(others.values_list("person__name", "kind"))
    assert told == {("Max", "marks_apart"), ("Noor", "marks_apart")}
