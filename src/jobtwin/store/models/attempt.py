"""Attempts."""

import uuid

from django.db import models

from jobtwin.core.attempt import AttemptFacts
from jobtwin.store.models.brief import BriefVersion
from jobtwin.store.models.person import Person
from jobtwin.store.models.programme import Programme


class Attempt(models.Model):
    """One learner at one exam; instants only, the state is computed (`core.attempt`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attempts")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="attempts")
    brief_version = models.ForeignKey(BriefVersion, on_delete=models.PROTECT)
    brief_id = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    deadline = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "brief_id"], name="attempt_no_re_attempt"),
            models.CheckConstraint(
                condition=models.Q(submitted_at__isnull=True)
                | models.Q(submitted_at__lt=models.F("deadline"), submitted_at__gte=models.F("started_at")),
                name="attempt_submitted_before_deadline",
            ),
        ]

    @property
    def facts(self) -> AttemptFacts:
        """The stored instants as the rules take them."""
        return AttemptFacts(
            self.started_at, self.deadline, self.submitted_at, self.verified_at, self.decided_at
        )
