"""The outbox of events: one delivery after the other to one sender at a time, and what became of each try."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from jobtwin.core.webhook import Tried, wait_after
from jobtwin.services.audit import record_act
from jobtwin.services.notification import notify
from jobtwin.services.outbox import take_due
from jobtwin.store import platform
from jobtwin.store.models import Delivery, DeliveryTry, Endpoint
from jobtwin.store.models.webhook import MAX_ERROR
from jobtwin.store.queries.operations import operators_of
from jobtwin.store.queries.webhook import waiting


def take_delivery(*, endpoint_id: UUID, now: datetime) -> Delivery | None:
    """The next delivery to try, which nobody else gets before its next try is due; None where none is due.

    A worker that dies between the receiver's answer and `record_try` sends once more under the same
    `webhook-id`, by which the receiver knows it again.
    """
    due = waiting(now).filter(endpoint_id=endpoint_id).select_related("endpoint__programme")
    rows = due.order_by("next_try_at", "at", "pk")
    return take_due(rows, wait_after=lambda tries, one: wait_after(tries, one.pk), now=now)


def record_try(*, delivery: Delivery, tried: Tried, now: datetime) -> None:
    """Logs a try. Success ends the endpoint's failing; too long a failing, or 410 Gone, turns it off."""
    with transaction.atomic():
        DeliveryTry.objects.create(
            delivery=delivery,
            at=now,
            status=tried.status,
            milliseconds=tried.milliseconds,
            error=tried.error[:MAX_ERROR].replace("\0", ""),
            excerpt=tried.excerpt.replace("\0", ""),
        )
        endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=delivery.endpoint_id)
        if tried.taken:
            Delivery.objects.filter(pk=delivery.pk).update(delivered_at=now, given_up_at=None)
            Endpoint.objects.filter(pk=endpoint.pk).update(failing_since=None)
            return
        if endpoint.failing_since is None:
            endpoint.failing_since = now
            endpoint.save(update_fields=["failing_since"])
        days = platform.webhook_rules().off_days
        if tried.gone:
            _turn_off(endpoint, "it answered 410 Gone", now)
        elif now - endpoint.failing_since >= timedelta(days=days):
            _turn_off(endpoint, f"nothing got through for {days} days", now)


def _turn_off(endpoint: Endpoint, why: str, now: datetime) -> None:
    """Turns an endpoint off, once, and tells the operators; what waits stays in the outbox."""
    if endpoint.turned_off_at is not None:
        return
    Endpoint.objects.filter(pk=endpoint.pk).update(turned_off_at=now, off_reason=why)
    programme = endpoint.programme
    record_act(
        actor=None,
        programme=programme,
        what="webhook_turned_off",
        subject=f"webhook {endpoint.pk}",
        reason=why,
        now=now,
    )
    facts = {
        "programme": programme.title,
        "host": urlsplit(endpoint.url).hostname or "the receiver",
        "why": why,
        "path": f"/operations/webhooks/{endpoint.pk}",
    }
    for person in operators_of([programme.pk]).get(programme.pk, []):
        notify(
            person=person, kind="webhook_off", key=f"{endpoint.pk} {now.isoformat()}", facts=facts, now=now
        )
