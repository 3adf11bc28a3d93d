"""Deliveries: signed, once more after a failure or a death, never inside a network, and ended at a limit."""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.host.receivers import HOOK, Receiver, Silent, listening, loopback_allowed
from tests.verification.f4.hosts import answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobtwin.store.models import Delivery, Endpoint
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]

DOWN = answer(503, "back at\x1b[31m nine\n")


@pytest.fixture(autouse=True)
def people(db: None) -> "Iterator[People]":
    from tests.host.people import everybody

    with loopback_allowed():
        yield everybody()


def at(**later: float) -> datetime:
    from tests.host.people import NOW

    return NOW + timedelta(**later)


def only() -> "Delivery":
    from jobtwin.store.models import Delivery

    return Delivery.objects.get()


def started_with_endpoint(people: "People") -> "tuple[Endpoint, str]":
    """An endpoint, and one event that waits for it."""
    from tests.host.people import started

    made = listening("attempt.started")
    started(people.ada)
    return made


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """What a receiver does: Standard Webhooks in five lines."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [one.partition(",") for one in headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(text, expected) for version, _, text in given)


def test_an_event_arrives_once_signed_and_logged(people: "People") -> None:
    receiver = Receiver(answer(202, "thank you"))
    endpoint, secret = started_with_endpoint(people)
    assert [receiver.deliver(endpoint, at()), receiver.deliver(endpoint, at(days=3))] == [1, 0]
    headers, body = receiver.taken[0]
    assert verified(secret, headers, body)
    assert not verified(secret, headers, body.replace(b"started", b"decided"))
    assert not verified(secret, headers | {"webhook-timestamp": "1"}, body)
    assert headers["webhook-timestamp"] == str(int(at().timestamp()))
    assert headers["content-type"] == "application/json"
    event = json.loads(body)
    assert (event["type"], event["version"]) == ("attempt.started", 1)
    assert (only().delivered_at, only().tries) == (at(), 1)
    logged = only().log.get()
    assert (logged.status, logged.excerpt, logged.error) == (202, "thank you", "")


def test_a_receiver_that_fails_is_asked_again_later_under_the_same_id(people: "People") -> None:
    receiver = Receiver(DOWN, answer(404, ""), answer(200, ""))
    endpoint, secret = started_with_endpoint(people)
    assert receiver.deliver(endpoint, at()) == 0
    assert receiver.deliver(endpoint, at(seconds=4)) == 0
    assert len(receiver.taken) == 1
    assert receiver.deliver(endpoint, at(seconds=6)) == 0
    assert receiver.deliver(endpoint, at(minutes=7)) == 1
    assert len(set(receiver.ids)) == 1
    assert all(verified(secret, *one) for one in receiver.taken)
    assert [one.status for one in only().log.all()] == [503, 404, 200]
    assert only().log.first().excerpt == "back at�[31m nine\n"  # type: ignore[union-attr]  # three are there
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_a_receiver_that_is_down_is_asked_once_a_turn_however_much_waits(people: "People") -> None:
    from tests.host.people import started

    receiver = Receiver(DOWN)
    endpoint, _ = listening("attempt.started")
    for one in (people.ada, people.sam, people.max):
        started(one)
    receiver.deliver(endpoint, at())
    assert len(receiver.dialled) == 1


def test_a_receiver_that_says_nothing_is_hung_up_on(people: "People") -> None:
    receiver = Silent()
    endpoint, _ = started_with_endpoint(people)
    assert receiver.deliver(endpoint, at()) == 0
    logged = only().log.get()
    assert logged.status is None
    assert "15 s" in logged.error or "silent" in logged.error


def test_a_redirect_is_not_followed_wherever_it_leads(people: "People") -> None:
    receiver = Receiver(answer(307, "", Location="http://169.254.169.254/latest/meta-data"))
    endpoint, _ = started_with_endpoint(people)
    assert receiver.deliver(endpoint, at()) == 0
    assert len(receiver.dialled) == 1
    assert "redirect is not followed" in only().log.get().error


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "::ffff:10.0.0.1"])
def test_a_name_that_leads_inside_is_never_connected_to(inside: str, people: "People") -> None:
    from tests.host.people import started

    receiver = Receiver()
    receiver.addresses = lambda _name: inside
    endpoint, _ = listening("attempt.started", url="https://hooks.harbour.dev/in")
    started(people.ada)
    assert receiver.deliver(endpoint, at()) == 0
    assert receiver.dialled == []
    assert "not a public address" in only().log.get().error


def test_a_host_is_looked_up_once_so_that_rebinding_changes_nothing(people: "People") -> None:
    from tests.host.people import started

    addresses = iter(["93.184.215.14", "127.0.0.1"])
    receiver = Receiver()
    receiver.addresses = lambda _name: next(addresses)
    endpoint, _ = listening("attempt.started", url="https://hooks.harbour.dev/in")
    started(people.ada)
    receiver.deliver(endpoint, at())  # the receiver in memory speaks no TLS
    assert (receiver.looked_up, receiver.dialled) == (["hooks.harbour.dev"], [("93.184.215.14", 443)])


def test_a_long_answer_is_cut_and_still_taken(people: "People") -> None:
    receiver = Receiver(answer(200, "x" * 100_000))
    endpoint, _ = started_with_endpoint(people)
    assert receiver.deliver(endpoint, at()) == 1
    assert only().log.get().excerpt == "x" * 500


def test_a_worker_that_dies_after_sending_sends_once_more_under_the_same_id(people: "People") -> None:
    from jobtwin.jobs.webhook import _try
    from jobtwin.services.delivery import take_delivery

    receiver = Receiver()
    endpoint, _ = started_with_endpoint(people)
    taken = take_delivery(endpoint_id=endpoint.pk, now=at())
    assert taken is not None
    assert _try(taken, receiver.outside_at(at())).taken  # and here the worker is killed
    assert receiver.deliver(endpoint, at(seconds=1)) == 0
    assert receiver.deliver(endpoint, at(seconds=6)) == 1
    assert receiver.deliver(endpoint, at(days=1)) == 0
    assert receiver.ids == [str(taken.pk)] * 2


def test_after_ten_tries_a_delivery_is_given_up_and_can_be_sent_again_by_hand(people: "People") -> None:
    from jobtwin.core.webhook import WAITS
    from jobtwin.services.webhook import resend
    from jobtwin.store.models import AuditEntry

    receiver, now = Receiver(*[DOWN] * 10, answer(200, "")), at()
    endpoint, _ = started_with_endpoint(people)
    for wait in (*WAITS, timedelta(0), timedelta(days=9)):
        receiver.deliver(endpoint, now)
        now += wait * 1.2
    assert (len(receiver.taken), only().given_up_at is not None) == (10, True)
    resend(delivery=only(), actor=people.olga, now=now)
    assert receiver.deliver(endpoint, now) == 1
    assert len(set(receiver.ids)) == 1
    assert AuditEntry.objects.filter(what="webhook_resent", actor=people.olga).count() == 1


def test_an_endpoint_that_fails_for_days_is_turned_off_and_operators_are_told(people: "People") -> None:
    from jobtwin.services.webhook import resend_failed, turn_on
    from jobtwin.store.models import AuditEntry, Notification

    receiver = Receiver(*[DOWN] * 3, answer(200, ""))
    endpoint, _ = started_with_endpoint(people)
    with loopback_allowed(off_days=2):
        receiver.deliver(endpoint, at())
        receiver.deliver(endpoint, at(days=1))
        receiver.deliver(endpoint, at(days=2))
    endpoint.refresh_from_db()
    assert endpoint.turned_off_at == at(days=2)
    told = Notification.objects.get(person=people.olga, kind="webhook_off")
    assert "127.0.0.1: nothing got through for 2 days" in told.message.sentence
    assert AuditEntry.objects.filter(what="webhook_turned_off", actor=None).count() == 1
    assert receiver.deliver(endpoint, at(days=3)) == 0
    turn_on(endpoint=endpoint, actor=people.olga, now=at(days=4))
    assert resend_failed(endpoint=endpoint, actor=people.olga, now=at(days=4)) == 1
    assert receiver.deliver(endpoint, at(days=4)) == 1


def test_a_receiver_that_is_gone_is_turned_off_at_once(people: "People") -> None:
    receiver = Receiver(answer(410, ""))
    endpoint, _ = started_with_endpoint(people)
    receiver.deliver(endpoint, at())
    endpoint.refresh_from_db()
    assert endpoint.off_reason == "it answered 410 Gone"


def test_both_secrets_sign_during_a_rotation_and_a_leaked_one_ends_at_once(people: "People") -> None:
    from jobtwin.core.errors import Conflict
    from jobtwin.services.webhook import rotate_secret, send_test

    receiver = Receiver()
    endpoint, first = started_with_endpoint(people)
    second = rotate_secret(endpoint=endpoint, actor=people.olga, now=at())
    with pytest.raises(Conflict, match="two secrets"):
        rotate_secret(endpoint=endpoint, actor=people.olga, now=at(hours=1))
    receiver.deliver(endpoint, at(hours=1))
    send_test(endpoint=endpoint, actor=people.olga, now=at(hours=25))
    receiver.deliver(endpoint, at(hours=25))
    third = rotate_secret(endpoint=endpoint, leaked=True, actor=people.olga, now=at(hours=26))
    send_test(endpoint=endpoint, actor=people.olga, now=at(hours=26))
    receiver.deliver(endpoint, at(hours=26))
    assert [[verified(one, *sent) for one in (first, second, third)] for sent in receiver.taken] == [
        [True, True, False],
        [False, True, False],
        [False, False, True],
    ]


def test_secrets_rest_sealed_and_with_another_server_secret_nothing_is_sent(people: "People") -> None:
    from django.test import override_settings

    receiver = Receiver()
    endpoint, secret = started_with_endpoint(people)
    assert secret.removeprefix("whsec_") not in endpoint.secret
    with override_settings(SECRET_KEY="another"):
        assert receiver.deliver(endpoint, at()) == 0
    assert receiver.dialled == []
    assert "cannot be read" in only().log.get().error


def test_a_turn_queues_one_job_for_each_endpoint_and_leaves_what_is_not_due(people: "People") -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.jobs.webhook import queue_deliveries
    from tests.host.people import started

    listening("attempt.started")
    listening("attempt.started", url=HOOK + "/two")
    assert queue_deliveries(now=at()) == 0
    started(people.ada)
    started(people.sam)
    assert [queue_deliveries(now=at(seconds=-1)), queue_deliveries(now=at()), queue_deliveries(now=at())] == [
        0,
        2,
        0,
    ]
    jobs = ProcrastinateJob.objects.filter(task_name="deliver_events")
    assert len({one.lock for one in jobs}) == 2


def test_deliveries_are_kept_as_long_as_the_setting_says_and_what_waits_is_kept(people: "People") -> None:
    from jobtwin.core.retention import Retention
    from jobtwin.services.retention import keep_no_longer
    from jobtwin.store.models import Delivery, DeliveryTry
    from tests.host.people import started

    receiver = Receiver(answer(200, ""), DOWN)
    endpoint, _ = started_with_endpoint(people)
    receiver.deliver(endpoint, at())
    started(people.sam)
    receiver.deliver(endpoint, at())
    keep_no_longer(retention=Retention(deliveries=30), now=at(days=29))
    assert Delivery.objects.count() == 2
    keep_no_longer(retention=Retention(deliveries=30), now=at(days=31))
    assert (only().delivered_at, DeliveryTry.objects.count()) == (None, 1)
