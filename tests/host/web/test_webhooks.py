"""Olga's pages of webhooks."""

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

LIST = "/operations/programmes/default/webhooks"
URL = "https://hooks.harbour.dev/jobtwin"


@pytest.fixture
def people() -> "People":
    from jobtwin.services.brief import publish_brief
    from tests.host.people import NOW, everybody, exam

    publish_brief(brief=exam(), now=NOW)
    return everybody()


def secret_on(page: str) -> str:
    found = re.findall(r"whsec_[A-Za-z0-9+/=]{44}", page)
    return found[0] if found else ""


def test_olga_adds_a_receiver_and_sees_its_secret_this_once(people: "People") -> None:
    from jobtwin.store.models import AuditEntry, Endpoint
    from tests.host.web.visits import client, text_of

    olga = client(people.olga)
    assert "There is none." in text_of(olga.get(LIST))
    made = olga.post(LIST, {"url": URL, "event": ["attempt.started", "attempt.decided"]})
    assert made.status_code == 200
    secret, endpoint = secret_on(text_of(made)), Endpoint.objects.get()
    assert secret
    assert endpoint.events == ["attempt.started", "attempt.decided"]
    for address in (LIST, f"/operations/webhooks/{endpoint.pk}"):
        page = text_of(olga.get(address))
        assert URL in page
        assert "whsec_" not in page
    entry = AuditEntry.objects.get(what="webhook_added")
    assert (entry.actor, secret in str(entry.facts)) == (people.olga, False)


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"url": "http://hooks.harbour.dev/", "event": "attempt.started"}, 422, "https://"),
        ({"url": "https://10.0.0.5/", "event": "attempt.started"}, 422, "not a public address"),
        ({"url": "https://localhost/", "event": "attempt.started"}, 422, "local network"),
        ({"url": "https://olga:pw@harbour.dev/", "event": "attempt.started"}, 422, "password"),
        ({"url": URL}, 422, "Choose events"),
        ({"url": URL, "event": "mark.sealed"}, 422, "Choose events"),
        ({"url": URL + "ä" * 1_500, "event": "attempt.started"}, 422, "once it is encoded"),
        ({"url": "", "event": "attempt.started"}, 422, "https://"),
    ],
)
def test_what_is_no_receiver_is_told_and_the_form_kept(
    form: dict[str, str], status: int, words: str, people: "People"
) -> None:
    from jobtwin.store.models import Endpoint
    from tests.host.web.visits import client, text_of

    answer = client(people.olga).post(LIST, form)
    assert (answer.status_code, Endpoint.objects.count()) == (status, 0)
    assert words in text_of(answer)


def test_a_second_receiver_at_one_address_and_one_too_many_are_refused(people: "People") -> None:
    from tests.host.receivers import loopback_allowed
    from tests.host.web.visits import client, text_of

    olga, form = client(people.olga), {"url": URL, "event": "attempt.started"}
    olga.post(LIST, form)
    again = olga.post(LIST, form)
    assert (again.status_code, "already" in text_of(again)) == (409, True)
    with loopback_allowed(endpoints=1):
        more = olga.post(LIST, form | {"url": URL + "/two"})
    assert (more.status_code, "at most 1 webhooks" in text_of(more)) == (409, True)


def test_olga_tries_rotates_turns_off_and_on(people: "People") -> None:
    from jobtwin.store.models import AuditEntry, Delivery, Endpoint
    from tests.host.web.visits import client, text_of

    olga = client(people.olga)
    first = secret_on(text_of(olga.post(LIST, {"url": URL, "event": "attempt.started"})))
    endpoint = Endpoint.objects.get()
    page = f"/operations/webhooks/{endpoint.pk}"
    assert olga.post(page, {"do": "test"}).status_code == 302
    assert "webhook.test" in text_of(olga.get(page))
    second = secret_on(text_of(olga.post(page, {"do": "rotate"})))
    assert second not in ("", first)
    assert "two sign" in text_of(olga.get(page))
    assert olga.post(page, {"do": "rotate"}).status_code == 409
    assert secret_on(text_of(olga.post(page, {"do": "leaked"}))) not in ("", first, second)
    assert "two sign" not in text_of(olga.get(page))
    assert olga.post(page, {"do": "events", "event": "dispute.raised"}).status_code == 302
    assert olga.post(page, {"do": "events"}).status_code == 422
    assert olga.post(page, {"do": "off"}).status_code == 302
    assert "an operator turned it off" in text_of(olga.get(page))
    assert [olga.post(page, {"do": one}).status_code for one in ("off", "test", "retry")] == [409] * 3
    delivery = f"/operations/deliveries/{Delivery.objects.get().pk}"
    assert olga.post(delivery).status_code == 409
    assert olga.post(page, {"do": "on"}).status_code == 302
    assert olga.post(page, {"do": "retry"}).status_code == 302
    assert olga.post(delivery).status_code == 302
    assert AuditEntry.objects.filter(what__startswith="webhook_", actor=people.olga).count() == 9


def test_a_receivers_answer_is_shown_as_text(people: "People") -> None:
    from jobtwin.core.webhook import Tried
    from jobtwin.services.delivery import record_try
    from jobtwin.services.webhook import send_test
    from tests.host.people import NOW
    from tests.host.receivers import listening
    from tests.host.web.visits import client, text_of

    endpoint, _ = listening("attempt.started", url=URL)
    sent = send_test(endpoint=endpoint, actor=people.olga, now=NOW)
    answer = "<script>alert(1)</script>"
    record_try(delivery=sent, tried=Tried(500, 12, excerpt=answer), now=NOW)
    page = text_of(client(people.olga).get(f"/operations/deliveries/{sent.pk}"))
    assert "&lt;script&gt;alert(1)" in page
    assert answer not in page
    assert "500" in page


def test_a_program_adds_tries_and_turns_off_a_receiver_and_no_secret_is_kept(people: "People") -> None:
    from jobtwin.store.models import IdempotencyRecord
    from tests.host.web.api import caller

    olga = caller(people.olga)
    body = {"programme": "default", "url": URL, "events": ["attempt.started"]}
    made = olga("post", "/webhooks", body, Idempotency_Key="once")
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    assert not IdempotencyRecord.objects.exists()
    secret, endpoint = made.json()["secret"], made.json()["webhook"]["id"]
    assert secret_on(secret) == secret
    sent = olga.do("post", f"/webhooks/{endpoint}/test")
    assert olga.get(f"/webhooks/deliveries/{sent['id']}")["body"]["type"] == "webhook.test"
    assert olga.get(f"/webhooks/{endpoint}/deliveries")["count"] == 1
    assert olga.do("post", f"/webhooks/{endpoint}/secret", {})["webhook"]["former_secret_until"]
    assert olga("post", f"/webhooks/{endpoint}/secret", {}).status_code == 409
    off = olga.do("patch", f"/webhooks/{endpoint}", {"on": False, "events": ["attempt.decided"]})
    assert (off["off_reason"], off["events"]) == ("an operator turned it off", ["attempt.decided"])
    assert "whsec_" not in str(olga.get("/webhooks"))
    bad = olga("post", "/webhooks", body | {"url": "https://10.0.0.5/"})
    assert (bad.status_code, bad.json()["code"]) == (400, "not_public")


def test_an_operator_of_another_programme_finds_none_of_it(people: "People") -> None:
    from jobtwin.services.person import add_person
    from jobtwin.services.programme import Rules, create_programme
    from jobtwin.services.webhook import send_test
    from jobtwin.store.models import Role
    from tests.host.people import NOW
    from tests.host.receivers import listening
    from tests.host.web.visits import client

    endpoint, _ = listening("attempt.started", url=URL)
    sent = send_test(endpoint=endpoint, actor=people.olga, now=NOW)
    harbour = create_programme(slug="harbour", rules=Rules(title="Harbour"))
    omar = client(
        add_person(email="omar@harbour.example", name="Omar", role=Role.OPERATOR, programme=harbour)
    )
    for address in (LIST, f"/operations/webhooks/{endpoint.pk}", f"/operations/deliveries/{sent.pk}"):
        assert [omar.get(address).status_code, omar.post(address, {"do": "off"}).status_code] == [404, 404]
