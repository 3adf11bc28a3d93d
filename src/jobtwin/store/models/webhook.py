"""Webhooks: where a programme's events go, the outbox of deliveries, and what became of each try."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jobtwin.core.webhook import MAX_EXCERPT
from jobtwin.store.models.person import Person
from jobtwin.store.models.programme import Programme

MAX_URL = 2_000
MAX_ERROR = 300


class Endpoint(models.Model):
    """A receiver of a programme. `secret` and, until `former_until`, `former_secret` are sealed
    (`store.sealing`). `failing_since` is the first failure since the last success.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="endpoints")
    url = models.CharField(max_length=MAX_URL)
    events = ArrayField(models.CharField(max_length=40))
    secret = models.CharField(max_length=300)
    former_secret = models.CharField(max_length=300, blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True, blank=True)
    turned_off_at = models.DateTimeField(null=True, blank=True)
    off_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "url"], name="endpoint_once"),
            models.CheckConstraint(
                condition=models.Q(former_until__isnull=True, former_secret="")
                | (models.Q(former_until__isnull=False) & ~models.Q(former_secret="")),
                name="endpoint_former_secret_ends",
            ),
        ]


class Delivery(models.Model):
    """One event for one endpoint; `id` is its `webhook-id` at every try. `key` is natural: a job may run
    twice. `next_try_at` moves on before each try, so that a worker that dies in between costs a delay.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    body = models.JSONField()
    at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "id"]
        constraints = [models.UniqueConstraint(fields=["endpoint", "kind", "key"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["endpoint", "next_try_at"],
                condition=models.Q(delivered_at__isnull=True, given_up_at__isnull=True),
                name="delivery_waiting",
            ),
            models.Index(fields=["endpoint", "-at", "id"], name="delivery_newest"),
        ]


class DeliveryTry(models.Model):
    """What one try came to. `excerpt` is the beginning of the answer, without control characters."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField()
    error = models.CharField(max_length=MAX_ERROR, blank=True)
    excerpt = models.CharField(max_length=MAX_EXCERPT, blank=True)

    class Meta:
        ordering = ["at", "id"]
