"""Programmes: who takes which exams under which rules; every role and every attempt belongs to one."""

from django.db import models
from django.db.models.functions import Now

from jobtwin.store.models.brief import BriefVersion

DEFAULT_SLUG = "default"
"""The programme that is there from the start; everybody who signs in may learn in it."""


class Enrolment(models.TextChoices):
    """Who may start an exam of a programme."""

    OPEN = "open", "whoever signs in"
    INVITED = "invited", "invited learners only"


class Release(models.TextChoices):
    """When a learner sees a result."""

    SIGNED = "signed", "as soon as it is signed"
    HELD = "held", "once an operator releases all of them"


class Programme(models.Model):
    """The rules of one cohort or customer.

    `hide_learners`: mentors see neither name nor address of a learner. `marking_cap` is the most open
    claims that one mentor may hold here (none: no limit). `released_at` matters where results are held.
    """

    slug = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    enrolment = models.CharField(max_length=8, choices=Enrolment.choices, default=Enrolment.OPEN)
    hide_learners = models.BooleanField(default=True)
    release = models.CharField(max_length=8, choices=Release.choices, default=Release.SIGNED)
    released_at = models.DateTimeField(null=True, blank=True)
    marking_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(enrolment__in=Enrolment.values), name="programme_enrolment_known"
            ),
            models.CheckConstraint(
                condition=models.Q(release__in=Release.values), name="programme_release_known"
            ),
            models.CheckConstraint(
                condition=models.Q(marking_cap__isnull=True) | models.Q(marking_cap__gte=1),
                name="programme_cap_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def shows_results(self) -> bool:
        """True where a signed result may be seen by its learner."""
        return self.release == Release.SIGNED or self.released_at is not None


class Offer(models.Model):
    """A version of a brief that a programme offers, until it is withdrawn."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="offers")
    brief_version = models.ForeignKey(BriefVersion, on_delete=models.PROTECT, related_name="offers")
    offered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "brief_version"], name="offer_once"),
        ]
