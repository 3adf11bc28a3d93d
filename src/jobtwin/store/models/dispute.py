"""Disputes: what a learner holds against a refuted check, and the answer."""

from django.db import models

from jobtwin.store.models.check import CheckRecord
from jobtwin.store.models.person import Person


class Dispute(models.Model):
    """One dispute a check. An operator answers, not a mentor: no mark may lean on another mentor's word."""

    check_record = models.OneToOneField(CheckRecord, on_delete=models.PROTECT, related_name="dispute")
    reason = models.CharField(max_length=1000)
    raised_at = models.DateTimeField()
    answer = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["raised_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (models.Q(answered_at__isnull=False, answered_by__isnull=False) & ~models.Q(answer="")),
                name="dispute_answered_whole",
            ),
        ]
