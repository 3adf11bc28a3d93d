"""Uploads: archives that a learner handed in, each kept as the bundle of one commit."""

import uuid

from django.db import models

from jobtwin.store.models.attempt import Attempt


class Upload(models.Model):
    """One archive of an attempt. `sha256` is over the file as it came; of the file itself nothing is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="uploads")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    commit = models.CharField(max_length=64)
    bundle_sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["uploaded_at", "id"]
        constraints = [models.UniqueConstraint(fields=["attempt", "sha256"], name="upload_once")]

    @property
    def source(self) -> str:
        """What a draft names it by."""
        return f"archive:{self.sha256}"
