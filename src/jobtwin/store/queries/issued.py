"""Credentials as anybody with their address sees them."""

from uuid import UUID

from jobtwin.core.errors import NotFound
from jobtwin.store.models import Credential


def public_credential(credential_id: UUID) -> Credential:
    """An issued credential with its decision and skills. Raises NotFound."""
    rows = Credential.objects.filter(pk=credential_id).select_related(
        "attempt__brief_version", "attempt__submission__decision"
    )
    found = rows.prefetch_related("attempt__submission__decision__skill_assertions").first()
    if found is None:
        raise NotFound("no credential was issued under this address")
    return found
