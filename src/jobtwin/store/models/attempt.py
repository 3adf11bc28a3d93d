"""Attempts."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jobtwin.core.attempt import AttemptFacts
from jobtwin.store.models.brief import BriefVersion
from jobtwin.store.models.person import Person
from jobtwin.store.models.programme import Programme


class Attempt(models.Model):
    """One learner at one exam; instants only, the state is computed (`core.attempt`).

    `number` counts the learner's attempts at this exam; whoever is first to take a number has it.
    `calibration`: a copy of a gold submission, nobody's exam (`store.models.calibration`).
    """

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
    number = models.PositiveSmallIntegerField(default=1)
    window_ends = ArrayField(models.DateTimeField(), default=list, blank=True)
    grace_until = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    void_reason = models.CharField(max_length=1000, blank=True)
    calibration = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(verified_at__isnull=False, decided_at__isnull=True),
                name="attempt_in_marking",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "brief_id", "number"],
                condition=models.Q(calibration=False),
                name="attempt_number_once",
            ),
            models.CheckConstraint(
                condition=models.Q(submitted_at__isnull=True)
                | (
                    models.Q(submitted_at__gte=models.F("started_at"))
                    & (
                        models.Q(submitted_at__lt=models.F("deadline"))
                        | models.Q(submitted_at__lt=models.F("grace_until"))
                    )
                ),
                name="attempt_submitted_before_deadline",
            ),
            models.CheckConstraint(
                condition=models.Q(voided_at__isnull=True, void_reason="", voided_by__isnull=True)
                | (models.Q(voided_at__isnull=False, voided_by__isnull=False) & ~models.Q(void_reason="")),
                name="attempt_voided_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(submitted_at__isnull=True),
                name="attempt_withdrawn_or_submitted",
            ),
        ]

    @property
    def facts(self) -> AttemptFacts:
        """The stored instants as the rules take them."""
        return AttemptFacts(
            started_at=self.started_at,
            deadline=self.deadline,
            submitted_at=self.submitted_at,
            verified_at=self.verified_at,
            decided_at=self.decided_at,
            window_ends=tuple(self.window_ends),
            grace_until=self.grace_until,
            withdrawn_at=self.withdrawn_at,
            voided_at=self.voided_at,
        )
