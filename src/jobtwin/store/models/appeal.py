"""Appeals."""

from django.db import models

from jobtwin.store.models.constraints import set_together
from jobtwin.store.models.person import Person
from jobtwin.store.models.submission import Submission


class Appeal(models.Model):
    """A learner's appeal, once a submission. `former` is the decision as it was, with its skills.

    `replay` is what running the checks again found, from the same commit, locks and limits; a sentence
    where it could not be done.
    """

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="appeal")
    reason = models.TextField()
    opened_at = models.DateTimeField()
    former = models.JSONField()
    replay = models.JSONField(null=True, blank=True)
    replayed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [set_together("signed_by", "decided_at", name="appeal_signed_whole")]
