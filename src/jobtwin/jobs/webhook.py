"""Delivering events: a job for each endpoint, so that a slow one holds up no other."""

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jobtwin import __version__
from jobtwin.core.errors import BadInput, NotFound, OutsideFailure
from jobtwin.core.webhook import Tried, WebhookRules, body_bytes, excerpt_of, signed_headers
from jobtwin.outside.connect import Connect, Deadline, Dialler, Overtime, OwnNetwork, Unreachable
from jobtwin.outside.request import BadAnswer, Post, ask
from jobtwin.outside.settings import RequestLimits, RequestSettings
from jobtwin.outside.target import parse_target
from jobtwin.services.delivery import record_try, take_delivery
from jobtwin.services.webhook import signing_secrets
from jobtwin.source.git import GitSettings
from jobtwin.source.host import Resolver
from jobtwin.store.clock import database_now
from jobtwin.store.models import Delivery
from jobtwin.store.platform import webhook_rules
from jobtwin.store.queries.webhook import endpoints_due
from jobtwin.store.queue import defer_alone
from jobtwin.telemetry.meters import DELIVERIES

MOST_A_RUN = 100
"""Deliveries of one job; what is left is due at the next turn, seconds later."""


@dataclass(frozen=True)
class Outside:
    """The way out of this machine, and the clocks."""

    resolver: Resolver = socket.getaddrinfo
    connect: Connect = socket.create_connection
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = database_now


def queue_deliveries(*, now: datetime) -> int:
    """Queues a job for every endpoint that something is due for; how many are new."""
    return sum(
        defer_alone("deliver_events", lock=f"webhook {one}", endpoint_id=str(one))
        for one in endpoints_due(now)
    )


def deliver_events(endpoint_id: UUID, outside: Outside | None = None) -> int:
    """Sends what is due for an endpoint, the oldest first, until one fails; how many it took.

    A receiver that is down is asked once a turn, not once for every event that waits for it.
    """
    ways, sent = outside or Outside(), 0
    for _ in range(MOST_A_RUN):
        delivery = take_delivery(endpoint_id=endpoint_id, now=ways.now())
        if delivery is None:
            break
        tried = _try(delivery, ways)
        record_try(delivery=delivery, tried=tried, now=ways.now())
        DELIVERIES.labels("taken" if tried.taken else "failed").inc()
        if not tried.taken:
            break
        sent += 1
    return sent


def _try(delivery: Delivery, ways: Outside) -> Tried:
    """One POST; whatever goes wrong is a sentence in the log. Redirects are not followed."""
    rules, started = webhook_rules(), ways.clock()

    def spent() -> int:
        return round((ways.clock() - started) * 1_000)

    try:
        target = parse_target(delivery.endpoint.url, development=rules.development)
        post = _post(delivery, ways.now())
        answer, _ = ask(target, _dialler(rules, ways, started), post=post)
    except (BadInput, NotFound, OutsideFailure) as error:
        return Tried(None, spent(), error.message)
    except (Unreachable, OwnNetwork, Overtime, BadAnswer) as error:
        return Tried(None, spent(), str(error))
    moved = "a redirect is not followed; give the address that it leads to" if answer.location else ""
    return Tried(answer.status, spent(), moved, excerpt_of(answer.body))


def _post(delivery: Delivery, now: datetime) -> Post:
    body = body_bytes(delivery.body)
    secrets = signing_secrets(endpoint=delivery.endpoint, now=now)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"jobtwin/{__version__} (webhooks)",
        **signed_headers(message=delivery.pk, at=now, body=body, secrets=secrets),
    }
    return Post(body, headers)


def _dialler(rules: WebhookRules, ways: Outside, started: float) -> Dialler:
    limits = RequestLimits(
        seconds=rules.seconds, body_bytes=rules.answer_bytes, decoded_bytes=rules.answer_bytes
    )
    network = GitSettings.from_environment(os.environ)
    settings = RequestSettings(limits, network, rules.development)
    deadline = Deadline(started + rules.seconds, ways.clock, limits)
    return Dialler(settings, ways.resolver, ways.connect, deadline)
