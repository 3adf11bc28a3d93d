"""Draft reviews."""

from django.db import models

from jobtwin.store.models.submission import Submission


class DraftReviewRecord(models.Model):
    """The draft review of a submission as `jobtwin draft --json` prints it, with the quoted lines.

    `quotes` maps `path:start-end` to the cited lines, so that a page needs no repository to show them.
    """

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="draft_review")
    document = models.JSONField()
    quotes = models.JSONField()
    recorded_at = models.DateTimeField()
