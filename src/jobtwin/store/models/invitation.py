"""Invitations into a programme."""

import uuid
from datetime import datetime

from django.db import models

from jobtwin.store.models.constraints import set_together
from jobtwin.store.models.person import Person, Role
from jobtwin.store.models.programme import Programme


class Invitation(models.Model):
    """One address may take one role, once, until `expires_at`. Of the link only the SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role.choices)
    email = models.EmailField()
    sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            set_together("accepted_by", "accepted_at", name="invitation_accepted_whole"),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(revoked_at__isnull=True),
                name="invitation_not_both",
            ),
        ]

    def open(self, now: datetime) -> bool:
        """Neither accepted nor revoked nor expired."""
        return self.accepted_at is None and self.revoked_at is None and now < self.expires_at
