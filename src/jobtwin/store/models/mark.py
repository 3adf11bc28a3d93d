"""Marks: a mentor's claim on a submission, the scores, and the seal."""

from decimal import Decimal

from django.db import models

from jobtwin.core.appeal import APPEAL_SEATS
from jobtwin.store.models.constraints import set_together
from jobtwin.store.models.ledger import LedgerEntry
from jobtwin.store.models.person import Person
from jobtwin.store.models.submission import Submission

MARKERS = (1, 2, 3, *APPEAL_SEATS)


class Mark(models.Model):
    """One mentor's marking of one submission, from claim to seal.

    `seat` is 1 or 2, or 3 for the mentor who decides between them, 4 and 5 in an appeal. Scores are
    kept as text on the 0.05 grid by dimension id. `first_pass` is what stood there when the mentor was
    first shown the draft review, at `first_passed_at`; `readings` is what the mentor says of its verdicts, by
    criterion id. `version` counts saves. After `sealed_at` nothing here changes but
    `gone_at`: since when somebody else signs in the place of a mentor who is gone.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="marks")
    mentor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="marks")
    seat = models.PositiveSmallIntegerField()
    no_conflict_declared = models.BooleanField()
    claimed_at = models.DateTimeField()
    scores = models.JSONField(default=dict)
    comments = models.JSONField(default=dict)
    readings = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    first_pass = models.JSONField(null=True, blank=True)
    first_passed_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)
    entry = models.OneToOneField(LedgerEntry, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ["seat"]
        indexes = [
            models.Index(fields=["mentor"], condition=models.Q(sealed_at__isnull=True), name="mark_unsealed"),
            models.Index(fields=["mentor", "-claimed_at", "-id"], name="mark_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["submission", "seat"], name="mark_seat_once"),
            models.UniqueConstraint(fields=["submission", "mentor"], name="mark_mentor_once"),
            models.CheckConstraint(condition=models.Q(seat__in=MARKERS), name="mark_seat_known"),
            models.CheckConstraint(condition=models.Q(no_conflict_declared=True), name="mark_no_conflict"),
            set_together("sealed_at", "entry", name="mark_sealed_with_entry"),
        ]

    def exact_scores(self) -> dict[str, Decimal]:
        """The saved scores as decimals."""
        return {dimension: Decimal(score) for dimension, score in self.scores.items()}


class Revision(models.Model):
    """Scores revised in discussion after the seal, with a written reason; the original stays as it was."""

    mark = models.OneToOneField(Mark, on_delete=models.PROTECT, related_name="revision")
    scores = models.JSONField()
    reason = models.TextField()
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT)
    revised_at = models.DateTimeField()

    def exact_scores(self) -> dict[str, Decimal]:
        """The revised scores as decimals."""
        return {dimension: Decimal(score) for dimension, score in self.scores.items()}
