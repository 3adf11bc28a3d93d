"""Decisions."""

from django.db import models

from jobtwin.store.models.constraints import set_together
from jobtwin.store.models.person import Person
from jobtwin.store.models.submission import Submission


class Decision(models.Model):
    """The reconciled result of a submission; scores are exact text (a mean may stand on 0.025)."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="decision")
    route = models.CharField(max_length=20)
    scores = models.JSONField()
    overall = models.DecimalField(max_digits=12, decimal_places=8)
    passed = models.BooleanField()
    reconciled_at = models.DateTimeField()
    signed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            set_together("signed_by", "signed_at", name="decision_signed_whole"),
        ]
