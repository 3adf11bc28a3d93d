"""Learning platforms (LTI 1.3): registrations, launches under way, who is who, and scores to send back."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jobtwin.store.models.attempt import Attempt
from jobtwin.store.models.person import Person
from jobtwin.store.models.programme import Programme

MAX_URL = 2_000


class LtiKey(models.Model):
    """A key of ours; `private` is sealed (`store.sealing`). One signs, all before `ends_at` are published."""

    kid = models.CharField(max_length=64, unique=True)
    private = models.TextField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]


class LtiPlatform(models.Model):
    """A platform as an operator registered it, for one programme.

    `key_set` is what its key set address gave last, at `key_set_at`. `instructors_mentor`: who teaches there
    mentors here. `off_at`: since when nobody comes from there.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="lti_platforms")
    title = models.CharField(max_length=120)
    issuer = models.CharField(max_length=MAX_URL)
    client_id = models.CharField(max_length=255)
    deployments = ArrayField(models.CharField(max_length=255))
    authorize_url = models.CharField(max_length=MAX_URL)
    key_set_url = models.CharField(max_length=MAX_URL)
    token_url = models.CharField(max_length=MAX_URL, blank=True)
    instructors_mentor = models.BooleanField(default=False)
    key_set = models.JSONField(default=dict)
    key_set_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title", "made_at"]
        constraints = [models.UniqueConstraint(fields=["issuer", "client_id"], name="lti_platform_once")]


class LtiLaunch(models.Model):
    """One launch, from the platform's call to the page here; short-lived.

    `state_sha256` and `browser_sha256` are of secrets in the address and in a cookie: both have to come
    back. `nonce` counts once, because `taken_at` is set once; `said` is what the believed message says.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    platform = models.ForeignKey(LtiPlatform, on_delete=models.CASCADE, related_name="launches")
    state_sha256 = models.CharField(max_length=64, unique=True)
    browser_sha256 = models.CharField(max_length=64)
    nonce = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    said = models.JSONField(default=dict)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["begun_at"], name="lti_launch_age")]


class LtiUser(models.Model):
    """Who a subject of a platform is here. An address that a platform tells is never looked at."""

    platform = models.ForeignKey(LtiPlatform, on_delete=models.CASCADE, related_name="users")
    subject = models.CharField(max_length=255)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="lti_users")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "subject"], name="lti_subject_once")]


class LtiPlacement(models.Model):
    """Where the score of somebody's exam goes: the line item that their newest launch named."""

    user = models.ForeignKey(LtiUser, on_delete=models.CASCADE, related_name="placements")
    brief_id = models.CharField(max_length=64)
    lineitem = models.CharField(max_length=MAX_URL)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "brief_id"], name="lti_placement_once")]


class LtiGrade(models.Model):
    """A score to send: once for a decision, once more for an appeal (`occasion`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    placement = models.ForeignKey(LtiPlacement, on_delete=models.CASCADE, related_name="grades")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="lti_grades")
    occasion = models.CharField(max_length=8, choices=[(one, one) for one in ("decision", "appeal")])
    score = models.DecimalField(max_digits=12, decimal_places=8)
    decided_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="lti_grade_due",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["placement", "attempt", "occasion"], name="lti_grade_once")
        ]
