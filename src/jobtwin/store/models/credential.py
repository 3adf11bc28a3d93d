"""Credentials, the learner's consent to show them, and the status lists as they were last signed."""

import uuid

from django.db import models

from jobtwin.store.models.attempt import Attempt


class Credential(models.Model):
    """An issued credential in both envelopes; `status_index` is its bit in the status lists.

    One attempt has one live credential at most. A corrected one `replaces` the former, which is revoked.
    `suspended_at` is for our own pages while an appeal is open: the document knows one status entry.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="credentials")
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    document = models.JSONField()
    jwt = models.TextField()
    status_index = models.PositiveIntegerField(unique=True)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revocation_reason = models.CharField(max_length=1000, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspension_reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt"], condition=models.Q(revoked_at__isnull=True), name="credential_live_once"
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revocation_reason="")
                | (models.Q(revoked_at__isnull=False) & ~models.Q(revocation_reason="")),
                name="credential_revoked_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(suspended_at__isnull=True, suspension_reason="")
                | (models.Q(suspended_at__isnull=False) & ~models.Q(suspension_reason="")),
                name="credential_suspended_with_reason",
            ),
        ]


class Consent(models.Model):
    """A learner's consent to show the credentials of an attempt to everybody, until it is withdrawn."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="consents")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt"], condition=models.Q(withdrawn_at__isnull=True), name="consent_stands_once"
            ),
        ]


class Listing(models.Model):
    """A learner's consent to be found in the directory of holders: apart from showing the credential.

    `name` and `link` are what they want to be shown with, if anything; a withdrawn consent keeps neither.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="listings")
    name = models.CharField(max_length=80, blank=True)
    link = models.CharField(max_length=200, blank=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt"], condition=models.Q(withdrawn_at__isnull=True), name="listing_stands_once"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(name="", link=""),
                name="listing_withdrawn_forgets",
            ),
        ]


class SignedStatusList(models.Model):
    """A status list as it was last signed; `content` is the digest of what it says, `key_id` who signed."""

    number = models.PositiveIntegerField(primary_key=True)
    content = models.CharField(max_length=71)
    key_id = models.CharField(max_length=64)
    document = models.JSONField()
    signed_at = models.DateTimeField()
