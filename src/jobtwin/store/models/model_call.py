"""Calls of models: what each question of a draft review cost."""

from django.db import models

from jobtwin.store.models.submission import Submission


class ModelCall(models.Model):
    """One question to a model and what became of it: tokens of both directions, US dollars, seconds.

    `outcome` is a verdict or the reason why there is none; `neutral` marks the second question on neutral
    lines; `requests` counts retries; an answer from the cache cost nothing. A job that ran twice leaves the
    rows of both runs: both were paid for.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="model_calls")
    criterion = models.CharField(max_length=64)
    neutral = models.BooleanField()
    model = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=64)
    requests = models.PositiveIntegerField()
    tokens_in = models.PositiveIntegerField()
    tokens_out = models.PositiveIntegerField()
    cost = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    seconds = models.FloatField()
    cached = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
