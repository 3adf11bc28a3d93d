"""Check runs on GitHub that are to be made."""

from django.db import models

from jobtwin.store.models.submission import Submission

MAX_PROBLEM = 300


class GithubCheck(models.Model):
    """One a submission. `given_up_at` without `sent_at`: it was not told, and `problem` says why."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="github_check")
    verified_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=MAX_PROBLEM, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="github_check_due",
            )
        ]
