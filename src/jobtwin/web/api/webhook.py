"""Webhooks: the receivers of a programme's events, their secrets, and what became of each delivery."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from jobtwin.services import webhook
from jobtwin.store.models import Delivery, DeliveryTry, Endpoint
from jobtwin.store.models.webhook import MAX_URL
from jobtwin.store.queries.programme import operated
from jobtwin.store.queries.webhook import (
    deliveries_of,
    operated_delivery,
    operated_endpoint,
    operated_endpoints,
)
from jobtwin.web.api.access import WEBHOOKS_READ, WEBHOOKS_WRITE, ApiRequest, person_of
from jobtwin.web.api.paging import Listed, Page, page_of
from jobtwin.web.api.problem import PROBLEMS, Problem
from jobtwin.web.api.write import write, write_secret

router = Router(tags=["webhooks"])

Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
Events = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=50)]


class WebhookOut(Schema):
    """A receiver. Its secret is shown only when it is made."""

    id: UUID
    programme: str
    url: str
    events: list[str]
    made_at: datetime
    former_secret_until: datetime | None
    failing_since: datetime | None
    turned_off_at: datetime | None
    off_reason: str


class WebhookList(Listed):
    """A page of receivers, the oldest first."""

    items: list[WebhookOut]


class WebhookIn(Schema):
    """A new receiver: a public https address, and which events it is told."""

    programme: Slug
    url: Annotated[str, Field(max_length=MAX_URL)]
    events: Events


class WebhookChange(Schema):
    """What changes; null leaves it."""

    events: Events | None = None
    on: bool | None = None


class RotateIn(Schema):
    """Whether the former secret leaked: then it ends at once, else after the overlap."""

    leaked: bool = False


class Secret(Schema):
    """A receiver with a fresh secret, which is nowhere shown again."""

    webhook: WebhookOut
    secret: str


class Again(Schema):
    """How many deliveries are sent again."""

    deliveries: int


class DeliveryOut(Schema):
    """One event for one receiver; `id` is its `webhook-id`."""

    id: UUID
    type: str
    at: datetime
    tries: int
    next_try_at: datetime
    delivered_at: datetime | None
    given_up_at: datetime | None


class DeliveryList(Listed):
    """A page of deliveries, the newest first."""

    items: list[DeliveryOut]


class TryOut(Schema):
    """One try: the status of the answer, or why there was none."""

    at: datetime
    status: int | None
    milliseconds: int
    error: str
    excerpt: str


class DeliveryDetail(Schema):
    """A delivery with what is sent and the log of its tries."""

    delivery: DeliveryOut
    body: dict[str, object]
    log: list[TryOut]


@router.get(
    "", auth=WEBHOOKS_READ, response={200: WebhookList, PROBLEMS: Problem}, operation_id="list_webhooks"
)
def list_webhooks(request: ApiRequest, page: Query[Page]) -> dict[str, object]:
    """The receivers of the operator's programmes."""
    return page_of(operated_endpoints(person_of(request)), page, lambda rows: [_shown(one) for one in rows])


@router.post("", auth=WEBHOOKS_WRITE, response={201: Secret, PROBLEMS: Problem}, operation_id="add_webhook")
def add(request: ApiRequest, body: WebhookIn) -> HttpResponse:
    """Adds a receiver; its secret is in this answer alone."""
    programme = operated(person_of(request), body.programme)

    def act() -> Secret:
        made, secret = webhook.add_endpoint(
            programme=programme, url=body.url, events=body.events, actor=person_of(request), now=request.now
        )
        return Secret(webhook=_shown(made), secret=secret)

    return write_secret(201, act)


@router.get(
    "/{uuid:endpoint_id}",
    auth=WEBHOOKS_READ,
    response={200: WebhookOut, PROBLEMS: Problem},
    operation_id="get_webhook",
)
def get_one(request: ApiRequest, endpoint_id: UUID) -> WebhookOut:
    """One receiver."""
    return _shown(operated_endpoint(person_of(request), endpoint_id))


@router.patch(
    "/{uuid:endpoint_id}",
    auth=WEBHOOKS_WRITE,
    response={200: WebhookOut, PROBLEMS: Problem},
    operation_id="change_webhook",
)
def change(request: ApiRequest, endpoint_id: UUID, body: WebhookChange) -> HttpResponse:
    """Chooses other events, turns it off or on."""
    actor, now = person_of(request), request.now
    endpoint = operated_endpoint(actor, endpoint_id)

    def act() -> WebhookOut:
        if body.events is not None:
            webhook.choose_events(endpoint=endpoint, events=body.events, actor=actor, now=now)
        if body.on is not None:
            turn = webhook.turn_on if body.on else webhook.turn_off
            turn(endpoint=endpoint, actor=actor, now=now)
        return _shown(endpoint)

    return write(request, 200, act)


@router.post(
    "/{uuid:endpoint_id}/secret",
    auth=WEBHOOKS_WRITE,
    response={201: Secret, PROBLEMS: Problem},
    operation_id="rotate_webhook_secret",
)
def rotate(request: ApiRequest, endpoint_id: UUID, body: RotateIn) -> HttpResponse:
    """Makes a new secret, which is in this answer alone."""
    endpoint = operated_endpoint(person_of(request), endpoint_id)

    def act() -> Secret:
        secret = webhook.rotate_secret(
            endpoint=endpoint, leaked=body.leaked, actor=person_of(request), now=request.now
        )
        return Secret(webhook=_shown(endpoint), secret=secret)

    return write_secret(201, act)


@router.post(
    "/{uuid:endpoint_id}/test",
    auth=WEBHOOKS_WRITE,
    response={201: DeliveryOut, PROBLEMS: Problem},
    operation_id="test_webhook",
)
def test(request: ApiRequest, endpoint_id: UUID) -> HttpResponse:
    """Sends an event that speaks of nothing."""
    endpoint = operated_endpoint(person_of(request), endpoint_id)

    def act() -> DeliveryOut:
        return _delivery(webhook.send_test(endpoint=endpoint, actor=person_of(request), now=request.now))

    return write(request, 201, act)


@router.post(
    "/{uuid:endpoint_id}/retry",
    auth=WEBHOOKS_WRITE,
    response={201: Again, PROBLEMS: Problem},
    operation_id="retry_webhook",
)
def retry(request: ApiRequest, endpoint_id: UUID) -> HttpResponse:
    """Sends everything again that did not get through."""
    endpoint = operated_endpoint(person_of(request), endpoint_id)

    def act() -> Again:
        count = webhook.resend_failed(endpoint=endpoint, actor=person_of(request), now=request.now)
        return Again(deliveries=count)

    return write(request, 201, act)


@router.get(
    "/{uuid:endpoint_id}/deliveries",
    auth=WEBHOOKS_READ,
    response={200: DeliveryList, PROBLEMS: Problem},
    operation_id="list_deliveries",
)
def list_deliveries(request: ApiRequest, endpoint_id: UUID, page: Query[Page]) -> dict[str, object]:
    """Its deliveries, the newest first."""
    rows = deliveries_of(operated_endpoint(person_of(request), endpoint_id))
    return page_of(rows, page, lambda found: [_delivery(one) for one in found])


@router.get(
    "/deliveries/{uuid:delivery_id}",
    auth=WEBHOOKS_READ,
    response={200: DeliveryDetail, PROBLEMS: Problem},
    operation_id="get_delivery",
)
def get_delivery(request: ApiRequest, delivery_id: UUID) -> DeliveryDetail:
    """One delivery: what is sent, and each try."""
    found = operated_delivery(person_of(request), delivery_id)
    return DeliveryDetail(
        delivery=_delivery(found), body=found.body, log=[_tried(one) for one in found.log.all()]
    )


@router.post(
    "/deliveries/{uuid:delivery_id}/resend",
    auth=WEBHOOKS_WRITE,
    response={201: DeliveryOut, PROBLEMS: Problem},
    operation_id="resend_delivery",
)
def resend(request: ApiRequest, delivery_id: UUID) -> HttpResponse:
    """Sends a delivery again, under its id."""
    found = operated_delivery(person_of(request), delivery_id)

    def act() -> DeliveryOut:
        webhook.resend(delivery=found, actor=person_of(request), now=request.now)
        return _delivery(found)

    return write(request, 201, act)


def _shown(endpoint: Endpoint) -> WebhookOut:
    return WebhookOut(
        id=endpoint.pk,
        programme=endpoint.programme.slug,
        url=endpoint.url,
        events=endpoint.events,
        made_at=endpoint.made_at,
        former_secret_until=endpoint.former_until,
        failing_since=endpoint.failing_since,
        turned_off_at=endpoint.turned_off_at,
        off_reason=endpoint.off_reason,
    )


def _delivery(delivery: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=delivery.pk,
        type=delivery.kind,
        at=delivery.at,
        tries=delivery.tries,
        next_try_at=delivery.next_try_at,
        delivered_at=delivery.delivered_at,
        given_up_at=delivery.given_up_at,
    )


def _tried(one: DeliveryTry) -> TryOut:
    return TryOut(
        at=one.at, status=one.status, milliseconds=one.milliseconds, error=one.error, excerpt=one.excerpt
    )
