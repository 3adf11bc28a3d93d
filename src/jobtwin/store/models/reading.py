"""Readings: what mentors said of a draft's verdicts, kept when the mark is sealed."""

from django.db import models

from jobtwin.store.models.mark import Mark


class CriterionReading(models.Model):
    """One mentor's reading of one drafted verdict, for judging drafts by.

    `drafted` is the verdict as it was shown, `reading` as in `core.reading`; `by_model` is what a model had
    said of the criterion, empty where code alone decided.
    """

    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="criterion_readings")
    dimension = models.CharField(max_length=64)
    criterion = models.CharField(max_length=64)
    drafted = models.CharField(max_length=16)
    by_model = models.CharField(max_length=200, blank=True)
    reading = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mark", "criterion"], name="criterion_reading_once")]
