"""Claims that ended without a seal, and the pauses of the clock. Both are kept for good."""

from django.db import models

from jobtwin.core.claim import Ending, Pause
from jobtwin.store.models.person import Person
from jobtwin.store.models.programme import Programme
from jobtwin.store.models.submission import Submission


class EndedClaim(models.Model):
    """A claim that is no more: whose, since when, how it ended, by whom (null: by the clock) and why.

    A mentor who declares a conflict without having claimed has a row without `claimed_at`. Whoever stands
    here for a submission does not claim it again.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="ended_claims")
    mentor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="ended_claims")
    claimed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField()
    ending = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Ending])
    reason = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-ended_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["submission", "mentor"], name="claim_ends_once")]


class ClockPause(models.Model):
    """A time that does not count in a programme: for everybody, one mentor's claims, or one submission."""

    start = models.DateTimeField()
    end = models.DateTimeField()
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="clock_pauses")
    mentor = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="clock_pauses"
    )
    submission = models.ForeignKey(
        Submission, null=True, blank=True, on_delete=models.PROTECT, related_name="clock_pauses"
    )
    reason = models.CharField(max_length=1000)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-start", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")), name="pause_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(mentor__isnull=True) | models.Q(submission__isnull=True),
                name="pause_of_one_thing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["programme", "end"],
                condition=models.Q(cancelled_at__isnull=True),
                name="pause_standing",
            )
        ]

    @property
    def pause(self) -> Pause:
        """As the rules take it."""
        return Pause(self.start, self.end)
