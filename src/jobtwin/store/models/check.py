"""Checks: what verification found, and its progress."""

from django.db import models

from jobtwin.core.check import CheckResult, Reason
from jobtwin.store.models.submission import Submission


class CheckRecord(models.Model):
    """One check of a submission; a repeated job finds the row there and leaves it."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="checks")
    check_id = models.CharField(max_length=8)
    verdict = models.CharField(max_length=16)
    reason = models.CharField(max_length=32)
    summary = models.TextField()
    facts = models.JSONField()
    seconds = models.FloatField()
    engine = models.CharField(max_length=32)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["check_id"]
        constraints = [models.UniqueConstraint(fields=["submission", "check_id"], name="check_once")]

    @property
    def result(self) -> CheckResult:
        """The stored check as the engines made it."""
        return CheckResult(self.check_id, Reason(self.reason), self.summary, self.facts, self.seconds)


class VerificationEvent(models.Model):
    """One step of a verification, for the live page: phase, kind (start, end, log), text."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="events")
    phase = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
