"""What an operator sees of one programme: people, invitations, offers, audit."""

from dataclasses import dataclass
from datetime import datetime

from jobtwin.store.models import AuditEntry, BriefVersion, Invitation, Membership, Offer, Programme

MOST = 500
NEWEST_ACTS = 50


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """Members by address, open invitations, offers (standing ones first), the newest acts."""

    members: tuple[Membership, ...]
    invitations: tuple[Invitation, ...]
    offers: tuple[Offer, ...]
    acts: tuple[AuditEntry, ...]


def programme_view(programme: Programme, now: datetime) -> ProgrammeView:
    """At most MOST rows of each, and NEWEST_ACTS of the audit."""
    members = Membership.objects.filter(programme=programme).select_related("person")
    invitations = Invitation.objects.filter(
        programme=programme, accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
    )
    offers = Offer.objects.filter(programme=programme).select_related("brief_version")
    acts = AuditEntry.objects.filter(programme=programme).select_related("actor")
    return ProgrammeView(
        tuple(members.order_by("role", "person__email")[:MOST]),
        tuple(invitations[:MOST]),
        tuple(offers.order_by("brief_version__brief_id", "-brief_version__version")[:MOST]),
        tuple(acts[:NEWEST_ACTS]),
    )


def people_rows(programme: Programme, now: datetime) -> list[tuple[str, str, str, str]]:
    """Address, role, name and state of every member and every open invitation, by address."""
    members = Membership.objects.filter(programme=programme).select_related("person")
    invitations = Invitation.objects.filter(
        programme=programme, accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
    )
    rows = [(one.person.email, one.role, one.person.name, "member") for one in members]
    return sorted([*rows, *((one.email, one.role, "", "invited") for one in invitations)])


def offered_version(programme: Programme, offer_id: str) -> BriefVersion | None:
    """The version of one of this programme's offers, withdrawn or not."""
    if not offer_id.isascii() or not offer_id.isdigit() or len(offer_id) > 18:
        return None
    found = Offer.objects.filter(programme=programme, pk=int(offer_id)).select_related("brief_version")
    offer = found.first()
    return offer.brief_version if offer else None
