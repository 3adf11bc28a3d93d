"""Drafts: the learner's autosaved work."""

from django.db import models

from jobtwin.store.models.attempt import Attempt


class Draft(models.Model):
    """One saved version. `body` holds `source`, `notes` and `answers`; versions count from 1."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="drafts")
    version = models.PositiveIntegerField()
    body = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "version"], name="draft_version_once")]
