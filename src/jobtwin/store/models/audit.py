"""The audit: who did what beyond their own work; append-only, for either role (trigger and grants)."""

from django.db import models

from jobtwin.store.models.person import Person
from jobtwin.store.models.programme import Programme


class AuditEntry(models.Model):
    """One act. `what` is a stable word such as `member_removed`; `subject` names what it was done to.

    `facts` holds ids and settings, never a secret or a text of a learner. `actor` is empty where a timer or
    a command of the machine's owner acted.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, null=True, blank=True, on_delete=models.PROTECT)
    what = models.CharField(max_length=40)
    subject = models.CharField(max_length=100)
    reason = models.CharField(max_length=1000, blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["programme", "-id"], name="audit_newest")]
