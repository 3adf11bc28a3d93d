"""Webhooks of a programme: what operators see, and what is due."""

from datetime import datetime
from uuid import UUID

from django.db.models import Min, QuerySet

from jobtwin.core.errors import NotFound
from jobtwin.store.models import Delivery, Endpoint, Person, Programme, Role
from jobtwin.store.queries.programme import programmes_with


def waiting(now: datetime) -> QuerySet[Delivery]:
    """Deliveries that are due, of endpoints that are on."""
    return Delivery.objects.filter(
        delivered_at__isnull=True,
        given_up_at__isnull=True,
        next_try_at__lte=now,
        endpoint__turned_off_at__isnull=True,
    )


def endpoints_due(now: datetime) -> list[UUID]:
    """The endpoints for which something is due, in the order of what has waited longest."""
    rows = waiting(now).order_by().values("endpoint").annotate(first=Min("next_try_at"))
    return [row["endpoint"] for row in rows.order_by("first", "endpoint")]


def endpoints_of(programme: Programme) -> QuerySet[Endpoint]:
    """The endpoints of a programme, the oldest first."""
    return Endpoint.objects.filter(programme=programme).select_related("made_by")


def operated_endpoints(operator: Person) -> QuerySet[Endpoint]:
    """The endpoints of this operator's programmes, the oldest first."""
    own = programmes_with(operator, Role.OPERATOR).order_by()
    return Endpoint.objects.filter(programme__in=own).select_related("programme", "made_by")


def operated_endpoint(operator: Person, endpoint_id: UUID) -> Endpoint:
    """One of them. Raises NotFound for every other one, there or not."""
    found = operated_endpoints(operator).filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound("there is no such webhook in your programmes")
    return found


def deliveries_of(endpoint: Endpoint) -> QuerySet[Delivery]:
    """Its deliveries, the newest first."""
    return Delivery.objects.filter(endpoint=endpoint).order_by("-at", "pk")


def operated_delivery(operator: Person, delivery_id: UUID) -> Delivery:
    """One delivery with its log. Raises NotFound for one of other programmes, there or not."""
    own = programmes_with(operator, Role.OPERATOR).order_by()
    rows = Delivery.objects.filter(endpoint__programme__in=own).select_related("endpoint__programme")
    found = rows.prefetch_related("log").filter(pk=delivery_id).first()
    if found is None:
        raise NotFound("there is no such delivery in your programmes")
    return found
