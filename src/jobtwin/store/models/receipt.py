"""Receipts: append-only, for either role (trigger and grants)."""

import uuid

from django.db import models

from jobtwin.store.models.attempt import Attempt

_WHAT = ("start", "draft", "submit", "extend", "withdraw", "void")


class Receipt(models.Model):
    """A signed receipt as its learner downloads it; it holds digests and names nobody.

    There is one for the start, one a saved version, one for the submission, one an extension, and one for the
    withdrawal or the voiding.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="receipts")
    what = models.CharField(max_length=8)
    draft_version = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    document = models.JSONField()

    class Meta:
        ordering = ["at", "draft_version", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt"], condition=models.Q(what="start"), name="receipt_start_once"
            ),
            models.UniqueConstraint(
                fields=["attempt"], condition=models.Q(what="submit"), name="receipt_submit_once"
            ),
            models.UniqueConstraint(
                fields=["attempt", "draft_version"],
                condition=models.Q(what="draft"),
                name="receipt_draft_once",
            ),
            models.CheckConstraint(condition=models.Q(what__in=_WHAT), name="receipt_what_known"),
        ]
