"""Calibration: gold submissions, runs of new mentors, and the cases that mentors mark.

A case is a copy of a gold submission for one mentor. It looks, waits and is marked as every other
submission, so that whoever marks it cannot tell; `Attempt.calibration` keeps it out of what counts exams.
"""

from django.db import models

from jobtwin.store.models.person import Person
from jobtwin.store.models.submission import Submission


class GoldSubmission(models.Model):
    """A submission whose scores are agreed, for mentors to be held against; `agreed` is exact text."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="gold")
    brief_id = models.CharField(max_length=64)
    agreed = models.JSONField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)


class CalibrationOpening(models.Model):
    """The opening of a run: its cases together decide whether the mentor is in rotation for a brief."""

    mentor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="calibration_openings")
    brief_id = models.CharField(max_length=64)
    opened_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mentor", "brief_id"], name="opening_of_mentor")]


class CalibrationCase(models.Model):
    """One gold submission given to one mentor as the copy `submission`; without `opening` it is a control."""

    gold = models.ForeignKey(GoldSubmission, on_delete=models.PROTECT, related_name="cases")
    mentor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="calibration_cases")
    opening = models.ForeignKey(
        CalibrationOpening, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="calibration_case")
    placed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gold", "mentor"],
                condition=models.Q(opening__isnull=True),
                name="control_once",
                violation_error_message="a mentor is given a gold submission as a control once",
            ),
            models.UniqueConstraint(fields=["gold", "opening"], name="gold_once_in_a_run"),
        ]
