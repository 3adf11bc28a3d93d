"""Notifications, and the outbox of mails about them."""

import uuid

from django.db import models
from django.utils.translation import gettext

from jobtwin.core.notification import Message, message
from jobtwin.store.models.person import Person


class Mail(models.Model):
    """A mail to one person over one or more notifications; its words are made when it is sent.

    `next_try_at` moves on before each try, so that a worker that dies in between costs a delay, not the mail.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mails")
    duty = models.BooleanField()
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="mail_waiting",
            )
        ]


class Notification(models.Model):
    """Something that a person is told, once: `key` is natural, so that a job may say it twice.

    `settled_at` is when a mail took it up, or when the person's pace said that there is none.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    facts = models.JSONField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    mail = models.ForeignKey(
        Mail, null=True, blank=True, on_delete=models.SET_NULL, related_name="notifications"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind", "key"], name="notification_once")]
        indexes = [
            models.Index(fields=["person", "-id"], name="notification_newest"),
            models.Index(
                fields=["person"], condition=models.Q(read_at__isnull=True), name="notification_unread"
            ),
            models.Index(
                fields=["person", "id"], condition=models.Q(settled_at__isnull=True), name="notification_open"
            ),
        ]

    @property
    def message(self) -> Message:
        """Its words, in the language that is active."""
        return message(self.kind, self.facts, gettext)
