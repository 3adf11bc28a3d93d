"""Tokens of private repositories, kept sealed until the work is fetched."""

from django.db import models

from jobtwin.store.models.attempt import Attempt

MAX_HOST = 260


class SourceToken(models.Model):
    """The login of an attempt's learner at one `host` (with its port). `secret` is sealed (`store.sealing`);
    nothing shows it, and the row goes once the commit's bundle is kept."""

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="source_token")
    host = models.CharField(max_length=MAX_HOST)
    user = models.CharField(max_length=500)
    secret = models.TextField()
    kept_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kept_at"], name="source_token_age")]
