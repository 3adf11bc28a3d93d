"""Consent: a learner decides whether the credentials of an attempt are shown to everybody."""

from datetime import datetime

from jobtwin.core.errors import Conflict, NotFound
from jobtwin.store.models import Attempt, Consent, Credential, Person


def give_consent(*, attempt: Attempt, learner: Person, now: datetime) -> Consent:
    """Makes the credential public. Again, gives what stands. Raises NotFound for anybody else, Conflict."""
    _require_own(attempt, learner)
    if not Credential.objects.filter(attempt=attempt).exists():
        raise Conflict("there is no credential to publish yet")
    consent, _ = Consent.objects.get_or_create(
        attempt=attempt, withdrawn_at__isnull=True, defaults={"given_at": now}
    )
    return consent


def withdraw_consent(*, attempt: Attempt, learner: Person, now: datetime) -> None:
    """Takes the credential's pages back; who kept a copy keeps it. Raises NotFound, Conflict."""
    _require_own(attempt, learner)
    standing = Consent.objects.filter(attempt=attempt, withdrawn_at__isnull=True)
    if not standing.update(withdrawn_at=now):
        raise Conflict("the credential is not public")


def _require_own(attempt: Attempt, learner: Person) -> None:
    if attempt.learner_id != learner.pk:
        raise NotFound("there is no such attempt of yours")
