"""Consent: a learner decides whether the credentials of an attempt are shown, and whether they are found."""

import re
from datetime import datetime

from django.db import transaction

from jobtwin.core.errors import BadInput, Conflict, NotFound
from jobtwin.store.models import Attempt, Consent, Credential, Listing, Person

MAX_NAME = 80
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,80}")
_LINK = re.compile(r"https://[A-Za-z0-9.-]{3,100}(?:/[A-Za-z0-9._~/@%+=?&,;:-]{0,90})?")


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
    """Takes the credential's pages back, and its place in the directory; who kept a copy keeps it.

    Raises NotFound, Conflict.
    """
    _require_own(attempt, learner)
    standing = Consent.objects.filter(attempt=attempt, withdrawn_at__isnull=True)
    with transaction.atomic():
        if not standing.update(withdrawn_at=now):
            raise Conflict("the credential is not public")
        _unlist(attempt, now)


def list_holder(*, attempt: Attempt, learner: Person, name: str, link: str, now: datetime) -> Listing:
    """Shows a public credential in the directory of holders, with a name and a link of theirs, or without.

    Again, changes both. Raises NotFound for anybody else, BadInput, Conflict where it is not public.
    """
    _require_own(attempt, learner)
    name, link = name.strip(), link.strip()
    if not _NAME.fullmatch(name):
        raise BadInput(f"a name is one line of at most {MAX_NAME} letters")
    if link and not _LINK.fullmatch(link):
        raise BadInput("a link is a plain https address of at most 200 letters")
    with transaction.atomic():
        public = Consent.objects.select_for_update().filter(attempt=attempt, withdrawn_at__isnull=True)
        if not public.exists():
            raise Conflict("publish the credential first")
        listing, _ = Listing.objects.update_or_create(
            attempt=attempt,
            withdrawn_at__isnull=True,
            defaults={"name": name, "link": link},
            create_defaults={"name": name, "link": link, "given_at": now},
        )
    return listing


def unlist_holder(*, attempt: Attempt, learner: Person, now: datetime) -> None:
    """Takes the credential out of the directory; its page stays. Raises NotFound, Conflict."""
    _require_own(attempt, learner)
    if not _unlist(attempt, now):
        raise Conflict("the credential is not in the directory")


def _unlist(attempt: Attempt, now: datetime) -> bool:
    standing = Listing.objects.filter(attempt=attempt, withdrawn_at__isnull=True)
    return bool(standing.update(withdrawn_at=now, name="", link=""))


def _require_own(attempt: Attempt, learner: Person) -> None:
    if attempt.learner_id != learner.pk:
        raise NotFound("there is no such attempt of yours")
