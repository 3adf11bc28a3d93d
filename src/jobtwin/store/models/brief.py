"""Versions of briefs, each pinned by its digest."""

from functools import cached_property

from django.conf import settings
from django.db import models

from jobtwin.core.brief import Brief, parse_brief


class BriefVersion(models.Model):
    """One validated brief as it was published; its content is never edited. No person: the terminal."""

    brief_id = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=71, unique=True)
    document = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brief_id", "version"], name="brief_version_once")]

    @cached_property
    def brief(self) -> Brief:
        """The brief that the stored document holds."""
        return parse_brief(self.document)
