"""Rehearsals: verifications before the one submission, for their learner alone."""

import uuid

from django.db import models

from jobtwin.core.check import CheckResult, Reason
from jobtwin.store.models.attempt import Attempt
from jobtwin.store.models.constraints import set_together


class Rehearsal(models.Model):
    """One rehearsal of a pinned commit. `checks` is what `jobtwin verify --json` prints, null until then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="rehearsals")
    number = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=2000)
    artifact = models.CharField(max_length=2000, blank=True)
    commit = models.CharField(max_length=64)
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    checks = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "number"], name="rehearsal_number_once"),
            set_together("finished_at", "checks", name="rehearsal_finished_whole"),
        ]

    @property
    def results(self) -> list[CheckResult]:
        """The checks as the engines made them; none before the end."""
        return [
            CheckResult(one["id"], Reason(one["reason"]), one["summary"], one["facts"], one["seconds"])
            for one in self.checks or []
        ]
