"""Originality: fingerprints, pairs of submissions that share unusual ones, facts for mentors."""

from django.db import models

from jobtwin.store.models.submission import Submission


class FingerprintSet(models.Model):
    """That a submission's fingerprints were taken, once; `brief_id` is the cohort they are compared in."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="fingerprint_set")
    brief_id = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    taken_at = models.DateTimeField()


class Fingerprint(models.Model):
    """One fingerprint (61 bits) of a submission; the lines are found again in its files."""

    taken = models.ForeignKey(FingerprintSet, on_delete=models.CASCADE, related_name="fingerprints")
    hash = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["hash", "taken"], name="fingerprint_by_hash")]


class Similarity(models.Model):
    """Two submissions that share unusual fingerprints: a fact to look at, for mentors of either.

    `places` holds up to three pairs of spans with their text, `first` and `second` as the submissions.
    """

    first = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    shared = models.PositiveIntegerField()
    places = models.JSONField()
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="similarity_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="similarity_order"),
        ]


class OriginalityFacts(models.Model):
    """What a mentor is told beside the marks: history facts, questions to ask, the starter's share.

    It enters no score. `document`: `history`, `questions`, `prints`, `starter`.
    """

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="originality")
    document = models.JSONField()
    recorded_at = models.DateTimeField()
