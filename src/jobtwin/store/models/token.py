"""Tokens of the API, and what they have done once."""

import uuid
from datetime import datetime

from django.db import models

from jobtwin.store.models.person import Person


class Scope(models.TextChoices):
    """What a token may be used for; its person's roles bound it further."""

    EXAM_READ = "exam:read", "read my attempts"
    EXAM_WRITE = "exam:write", "start, save and submit"
    MARKING_READ = "marking:read", "read what I mark"
    MARKING_WRITE = "marking:write", "claim, save and seal"
    OPERATING_READ = "operating:read", "read the attempts of my programmes"
    OPERATING_WRITE = "operating:write", "extend and void attempts, and answer disputes"
    WEBHOOKS_READ = "webhooks:read", "read the webhooks of my programmes, and their deliveries"
    WEBHOOKS_WRITE = "webhooks:write", "add and change webhooks, make their secrets, send again"
    DATA_READ = "data:read", "take all of my data along"
    CALENDAR_READ = "calendar:read", "read my dates as a calendar"

    @property
    def area(self) -> str:
        """What stands before the colon: exam, marking, operating, webhooks, data or calendar."""
        return str(self.value).partition(":")[0]


class ApiToken(models.Model):
    """A bearer token. Of its text only the SHA-256 is kept: 256 random bits need no slow hash.

    `hint` is the text's beginning, by which its person knows it again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    scopes = models.JSONField()
    hint = models.CharField(max_length=12)
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]

    def usable(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at


class IdempotencyRecord(models.Model):
    """The answer to a write that named an Idempotency-Key; one a person and key.

    `fingerprint` is the SHA-256 over method, path and body: the same key with another request is refused.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["person", "created_at"], name="idempotency_age")]
