"""Credentials."""

import uuid

from django.db import models

from jobtwin.store.models.attempt import Attempt


class Credential(models.Model):
    """An issued credential in both envelopes; `status_index` is its bit in the status list."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="credential")
    document = models.JSONField()
    jwt = models.TextField()
    status_index = models.PositiveIntegerField(unique=True)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revocation_reason = models.CharField(max_length=1000, blank=True)
