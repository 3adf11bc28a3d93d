"""Versions of briefs, each pinned by its digest."""

from functools import cached_property

from django.conf import settings
from django.db import models

from jobtwin.core.brief import Brief, parse_brief

MOST_PARSED = 256
_PARSED: dict[str, Brief] = {}
"""Parsed briefs by digest, which stands for content that is never edited; a `Brief` is frozen."""


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
        """The brief that the stored document holds; a digest is read and parsed once a process."""
        known = _PARSED.get(self.digest)
        if known is None:
            known = parse_brief(self.document)
            if len(_PARSED) < MOST_PARSED:
                _PARSED[self.digest] = known
        return known
