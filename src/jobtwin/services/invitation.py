"""Invitations: a link that one address may use once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet

from jobtwin.core.errors import BadInput, NotAllowed, NotFound, Refused
from jobtwin.proofs.encoding import base64url_encode
from jobtwin.services.audit import record_act
from jobtwin.services.programme import add_member
from jobtwin.services.token import token_hash
from jobtwin.store import platform
from jobtwin.store.models import Invitation, Membership, Person, Programme, Role

SECRET_BYTES = 32
DAYS = 14
"""How long an invitation stands."""
MAX_OPEN = 500
"""Most open invitations of one programme."""
GONE = "this invitation does not exist, was used, withdrawn, or has expired; ask for a new one"


def invite(
    *,
    programme: Programme,
    email: str,
    role: Role,
    actor: Person | None,
    now: datetime,
    random: Callable[[int], bytes] = platform.random_bytes,
) -> tuple[Invitation, str]:
    """A new invitation and the secret of its link, which is nowhere kept.

    Raises BadInput for an address that is none, Refused over MAX_OPEN.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise BadInput("give the e-mail address of the person you invite") from error
    text = base64url_encode(random(SECRET_BYTES))
    with transaction.atomic():
        Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        if open_invitations(now).filter(programme=programme).count() >= MAX_OPEN:
            raise Refused(
                f"{MAX_OPEN} invitations are open; withdraw some first", code="too_many_invitations"
            )
        made = Invitation.objects.create(
            programme=programme,
            role=role,
            email=address,
            sha256=token_hash(text),
            invited_by=actor,
            created_at=now,
            expires_at=now + timedelta(days=DAYS),
        )
        _record("invited", made, actor, now)
    return made, text


def open_invitation(*, text: str, now: datetime) -> Invitation:
    """The invitation of a link. Raises NotFound, with the same words whatever is wrong with it."""
    found = open_invitations(now).filter(sha256=token_hash(text)).select_related("programme").first()
    if found is None:
        raise NotFound(GONE)
    return found


def accept_invitation(*, text: str, person: Person, now: datetime) -> Membership:
    """Takes the role, once; of two who accept at once, one wins by a conditional UPDATE.

    Raises NotFound as `open_invitation` does, NotAllowed unless the invited address is a verified one of
    this person: a link that was passed on opens nothing.
    """
    invitation = open_invitation(text=text, now=now)
    own = EmailAddress.objects.filter(user=person, verified=True, email__iexact=invitation.email)
    if not own.exists():
        raise NotAllowed(
            "this invitation is for another e-mail address: sign in with the account that has it, or add "
            "it to yours and verify it",
            code="other_address",
        )
    with transaction.atomic():
        won = open_invitations(now).filter(pk=invitation.pk).update(accepted_by=person, accepted_at=now)
        if not won:
            raise NotFound(GONE)
        _record("invitation_accepted", invitation, person, now)
        return add_member(programme=invitation.programme, person=person, role=Role(invitation.role))


def withdraw_invitation(*, programme: Programme, invitation_id: UUID, actor: Person, now: datetime) -> None:
    """Ends an open invitation. Raises NotFound for one of another programme, Refused where it is not open."""
    found = Invitation.objects.filter(programme=programme, pk=invitation_id).first()
    if found is None:
        raise NotFound("this programme has no such invitation")
    with transaction.atomic():
        if not open_invitations(now).filter(pk=found.pk).update(revoked_at=now):
            raise Refused("this invitation is not open any more")
        _record("invitation_withdrawn", found, actor, now)


def open_invitations(now: datetime) -> QuerySet[Invitation]:
    """Those that can still be accepted."""
    return Invitation.objects.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)


def _record(what: str, invitation: Invitation, actor: Person | None, now: datetime) -> None:
    record_act(
        actor=actor,
        programme=invitation.programme,
        what=what,
        subject=f"invitation {invitation.pk}",
        facts={"role": invitation.role},
        now=now,
    )
