"""Submissions."""

import uuid

from django.db import models

from jobtwin.store.models.attempt import Attempt


class Submission(models.Model):
    """What a learner submitted, pinned to a commit. One an attempt; never edited after its bundle is kept,
    except that erasure empties what the learner wrote.

    `first_claimed_at` is set by the first claim and stays, whatever becomes of it: the clock starts there.
    `wanted_since` is since when a seat is free; null where no mentor is wanted.
    `by_clock_at` is when the last saved draft was submitted for the learner, its commit being looked up then;
    `submitted_at` is then when it was saved.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="submission")
    source = models.CharField(max_length=2000)
    commit = models.CharField(max_length=64)
    development_source = models.BooleanField(default=False)
    bundle_sha256 = models.CharField(max_length=64, blank=True)
    answers = models.JSONField()
    forced = models.BooleanField(default=False)
    force_reason = models.CharField(max_length=1000, blank=True)
    notes = models.TextField(blank=True)
    artifact = models.CharField(max_length=2000, blank=True)
    logs = models.JSONField(default=dict, blank=True)
    submitted_at = models.DateTimeField()
    files_erased_at = models.DateTimeField(null=True, blank=True)
    by_clock_at = models.DateTimeField(null=True, blank=True)
    first_claimed_at = models.DateTimeField(null=True, blank=True)
    wanted_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["submitted_at", "id"],
                condition=models.Q(wanted_since__isnull=False),
                name="submission_wanted",
            )
        ]
