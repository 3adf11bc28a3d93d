"""Whether what is in the database verifies: every ledger and credential, as anybody would check it."""

import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from jobtwin.proofs.baking import verify_presented
from jobtwin.proofs.credential import document_bytes
from jobtwin.proofs.ledger import verify_ledger
from jobtwin.proofs.status_list import StatusPlace
from jobtwin.services.status_list import current_status_list
from jobtwin.store.models import Credential, Ledger
from jobtwin.store.queries.credential import issuer_did
from jobtwin.store.queries.ledger import export_ledger


@dataclass
class Verified:
    """How many hold, and a sentence for each that does not."""

    ledgers: int = 0
    credentials: int = 0
    problems: list[str] = field(default_factory=list)


def verify_everything(now: datetime) -> Verified:
    """Exports each ledger and checks it offline; checks each credential against the published documents."""
    found = Verified()
    with tempfile.TemporaryDirectory() as folder:
        for ledger in Ledger.objects.order_by("pk").iterator():
            _ledger(ledger, Path(folder) / ledger.name, found)
    did = document_bytes(issuer_did()) if Credential.objects.exists() else b""
    for credential in Credential.objects.order_by("pk").iterator():
        _credential(credential, did, now, found)
    return found


def _ledger(ledger: Ledger, folder: Path, found: Verified) -> None:
    folder.mkdir()
    export_ledger(ledger, folder)
    report = verify_ledger(folder)
    if report.code:
        found.problems.append(f"ledger {ledger.name}: {report.code}: {report.sentence}")
    else:
        found.ledgers += 1


def _credential(credential: Credential, did: bytes, now: datetime, found: Verified) -> None:
    """A revoked credential holds where the verifier says that it is revoked."""
    number = StatusPlace.of(credential.status_index).number
    status = document_bytes(current_status_list(number=number, now=now))
    expected = "" if credential.revoked_at is None else "REVOKED"
    for envelope in (document_bytes(credential.document), credential.jwt.encode()):
        code = verify_presented(envelope, did=did, status_list=status, now=now).code
        if code not in (expected, "KEY_REVOKED"):
            found.problems.append(f"credential {credential.pk}: {code or 'not revoked any more'}")
            return
    found.credentials += 1
