"""What the issuer publishes: its DID document, its status lists, and a credential in both envelopes."""

from datetime import datetime

from jobtwin.proofs.credential import IssuedCredential
from jobtwin.proofs.did import did_document
from jobtwin.proofs.keys import ISSUER_ED25519
from jobtwin.proofs.status_list import build_status_list, sign_status_list
from jobtwin.store import platform
from jobtwin.store.models import Credential


def issuer_did() -> dict[str, object]:
    """The DID document with every issuer key that ever was."""
    return did_document(platform.issuer(), platform.key_ring().list())


def status_list(number: int, *, now: datetime) -> dict[str, object]:
    """The signed status list of that number as it stands."""
    issuer = platform.issuer()
    revoked = Credential.objects.filter(revoked_at__isnull=False).values_list("status_index", flat=True)
    unsigned = build_status_list(issuer, number, revoked, now=now)
    return sign_status_list(unsigned, platform.key_ring().load(ISSUER_ED25519), did=issuer.did, now=now)


def issued(credential: Credential) -> IssuedCredential:
    """A stored credential in both envelopes."""
    return IssuedCredential(credential.document, credential.jwt)
