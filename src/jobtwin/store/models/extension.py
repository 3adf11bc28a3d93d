"""Extensions: append-only, for either role (trigger and grants)."""

from django.db import models

from jobtwin.store.models.attempt import Attempt
from jobtwin.store.models.person import Person


class Extension(models.Model):
    """Time that an operator granted, with the reason that the learner sees.

    `window` is the one that became longer (empty: the brief has none). Every lock that depends on it moved
    in the same transaction; `deadline_before` and `deadline_after` say where the last one stood.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="extensions")
    kind = models.CharField(max_length=13)
    minutes = models.PositiveIntegerField()
    window = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=1000)
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    deadline_before = models.DateTimeField()
    deadline_after = models.DateTimeField()

    class Meta:
        ordering = ["granted_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(deadline_after__gt=models.F("deadline_before"), minutes__gt=0),
                name="extension_moves_forward",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=("accommodation", "incident")), name="extension_kind_known"
            ),
        ]
