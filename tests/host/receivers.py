"""Receivers of webhooks that live in memory, and an endpoint that leads to one."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.verification.f4.hosts import ORIGIN, START, Host, answer

if TYPE_CHECKING:
    from jobtwin.jobs.webhook import Outside
    from jobtwin.store.models import Endpoint

HOOK = f"{START}hook"


class Receiver(Host):
    """Gives its answers one after the other, the last one again and again; keeps what it was sent."""

    def __init__(self, *answers: bytes) -> None:
        super().__init__(**{f"a{number}": one for number, one in enumerate(answers or (answer(204, ""),))})
        self.taken: list[tuple[dict[str, str], bytes]] = []

    def outside_at(self, now: datetime) -> "Outside":
        from jobtwin.jobs.webhook import Outside

        return Outside(self.resolve, self.connect, self.clock, lambda: now)

    def deliver(self, endpoint: "Endpoint", now: datetime) -> int:
        """What a worker does at `now`; keeps what arrived."""
        from jobtwin.jobs.webhook import deliver_events

        sent = deliver_events(endpoint.pk, self.outside_at(now))
        for text in self.asked:
            head, _, body = text.partition("\r\n\r\n")
            lines = (line.partition(": ") for line in head.splitlines()[1:])
            self.taken.append(({name.lower(): value for name, _, value in lines}, body.encode("latin-1")))
        return sent

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.taken]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.taken]


class Silent(Receiver):
    """Takes a connection, and says nothing; the time for it is nearly over when it begins."""

    def __init__(self) -> None:
        super().__init__(b"")
        times = iter([0.0])
        self.clock = lambda: next(times, 14.99)

    def connect(self, place: tuple[str, int], _seconds: float) -> socket.socket:
        self.dialled.append(place)
        ours, theirs = socket.socketpair()
        self.ends.append(theirs)
        return ours


@contextmanager
def loopback_allowed(**numbers: int) -> Iterator[None]:
    """Webhooks may go to the receivers of this module, under these rules."""
    from django.conf import settings
    from django.test import override_settings

    from jobtwin.core.webhook import WebhookRules

    rules = WebhookRules(development=frozenset({ORIGIN}), **numbers)
    with override_settings(JOBTWIN=replace(settings.JOBTWIN, webhooks=rules)):
        yield


def listening(*events: str, url: str = HOOK) -> "tuple[Endpoint, str]":
    """An endpoint of the default programme with all events, or these, and its secret."""
    from jobtwin.core.event import EVENTS
    from jobtwin.services.programme import ensure_default_programme
    from jobtwin.services.webhook import add_endpoint
    from jobtwin.store.models import Person
    from tests.host.people import NOW

    return add_endpoint(
        programme=ensure_default_programme(),
        url=url,
        events=events or EVENTS,
        actor=Person.objects.get(email="olga@example.org"),
        now=NOW - timedelta(days=1),
    )
