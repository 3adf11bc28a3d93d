"""Credentials as those see them who have their address."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from jobtwin.core.errors import NotFound
from jobtwin.store.models import BriefVersion, Consent, Credential, Person, Release, Role
from jobtwin.store.queries.programme import programmes_with


@dataclass(frozen=True, slots=True)
class Issued:
    """A credential, whether its learner has published it, and the one that replaces it, if any."""

    credential: Credential
    public: bool
    successor: Credential | None


def issued_at(credential_id: UUID) -> Issued:
    """An issued credential with its decision and skills. Raises NotFound, for an erased one too."""
    rows = (
        Credential.objects.exclude(document={})
        .filter(pk=credential_id)
        .select_related("attempt__brief_version", "attempt__submission__decision")
    )
    found = rows.prefetch_related("attempt__submission__decision__skill_assertions").first()
    if found is None:
        raise NotFound("no credential is published under this address")
    public = Consent.objects.filter(attempt=found.attempt, withdrawn_at__isnull=True).exists()
    return Issued(found, public, Credential.objects.filter(replaces=found).first())


def live_credentials_of(learner: Person) -> list[Credential]:
    """A learner's credentials that are not revoked and whose results are shown, the oldest first."""
    shown = Q(attempt__programme__release=Release.SIGNED) | Q(attempt__programme__released_at__isnull=False)
    rows = Credential.objects.filter(shown, attempt__learner=learner, revoked_at__isnull=True)
    return list(rows.select_related("attempt__brief_version").order_by("issued_at", "pk"))


def newest_issued(operator: Person) -> QuerySet[Credential]:
    """The credentials of this operator's programmes with their learners, the newest first."""
    own = programmes_with(operator, Role.OPERATOR).order_by()
    rows = Credential.objects.filter(attempt__programme__in=own)
    return rows.select_related("attempt__learner", "attempt__brief_version").order_by("-issued_at", "pk")


def operated_credential(operator: Person, credential_id: UUID) -> Issued:
    """A credential of this operator's programmes. Raises NotFound for every other one, there or not."""
    if not newest_issued(operator).filter(pk=credential_id).exists():
        raise NotFound("no credential of your programmes has this address")
    return issued_at(credential_id)


def newest_versions() -> list[BriefVersion]:
    """The newest version of every published brief."""
    return list(BriefVersion.objects.order_by("brief_id", "-version").distinct("brief_id"))
