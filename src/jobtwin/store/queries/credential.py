"""What the issuer publishes: its DID document, its key set, and a credential in both envelopes."""

from django.db.models import Max

from jobtwin.proofs.credential import IssuedCredential
from jobtwin.proofs.did import did_document, jwks, profile_document
from jobtwin.proofs.status_list import LIST_ENTRIES
from jobtwin.proofs.vc_jwt import read_token
from jobtwin.store import platform
from jobtwin.store.models import Attempt, Credential


def issuer_did() -> dict[str, object]:
    """The DID document with every issuer key that ever was."""
    return did_document(platform.issuer(), platform.keys().list())


def issuer_jwks() -> dict[str, object]:
    """The keys that verify tokens, as a JWK set."""
    return jwks(platform.issuer(), platform.keys().list())


def issuer_profile() -> dict[str, object]:
    """Who issues, as an Open Badges profile."""
    return profile_document(platform.issuer())


def newest_list() -> int:
    """The number of the newest status list; list 0 is there from the start."""
    newest = Credential.objects.aggregate(newest=Max("status_index"))["newest"]
    return 0 if newest is None else int(newest) // LIST_ENTRIES


def newest_credential(attempt: Attempt) -> Credential | None:
    """The credential of an attempt that no other one replaces, live or revoked."""
    return Credential.objects.filter(attempt=attempt, replaced_by__isnull=True).first()


def signed_with(key_id: str) -> list[Credential]:
    """The live credentials that name a key in either envelope."""
    kept = Credential.objects.filter(revoked_at__isnull=True).exclude(document={})
    return [one for one in kept if key_id in key_ids(one)]


def key_ids(credential: Credential) -> tuple[str, ...]:
    """The ids of the keys that signed a credential: of its embedded proof and of its token."""
    method = str(credential.document["proof"][0]["verificationMethod"])
    kid = read_token(credential.jwt.encode(), max_bytes=1_000_000).kid
    return method.partition("#")[2], kid.partition("#")[2]


def issued(credential: Credential) -> IssuedCredential:
    """A stored credential in both envelopes."""
    return IssuedCredential(credential.document, credential.jwt)
