"""Drafts: the learner's autosaved work."""

from django.db import models

from jobtwin.store.models.attempt import Attempt


class Draft(models.Model):
    """One saved version; versions count from 1. `body` holds `source`, `notes` and `answers`, and `logs`
    where the brief has windows.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="drafts")
    version = models.PositiveIntegerField()
    body = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "version"], name="draft_version_once")]
