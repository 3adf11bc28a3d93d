"""Transcripts: credentials that their learner chose, as one presentation (W3C VC 2.0, section 4.13).

The presentation itself is not signed: its holder is a urn:uuid, which has no key. Every credential in it
carries its own proof and is verified by itself, so leaving one out changes none of the others.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from jobtwin.core.errors import BadDocument
from jobtwin.proofs.contexts import CREDENTIALS
from jobtwin.proofs.credential import document_bytes
from jobtwin.proofs.strict_json import parse_object
from jobtwin.proofs.verification import Verification
from jobtwin.proofs.verify import CredentialLimits, verify_credential

TRANSCRIPT_LIMIT = 8 * 1024 * 1024
MOST = 100
_TYPE = ["VerifiablePresentation"]


def build_transcript(credentials: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """A presentation of signed credentials in their order. Raises ValueError for none or more than MOST."""
    listed = [dict(one) for one in credentials]
    if not 1 <= len(listed) <= MOST:
        raise ValueError(f"a transcript holds 1 to {MOST} credentials")
    return {"@context": [CREDENTIALS], "type": list(_TYPE), "verifiableCredential": listed}


def is_transcript(data: bytes) -> bool:
    """True for JSON that calls itself a presentation; whether it is one is told by `split_transcript`."""
    if len(data) > TRANSCRIPT_LIMIT or data.lstrip()[:1] != b"{":
        return False
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("type") == _TYPE


def split_transcript(data: bytes) -> tuple[bytes, ...]:
    """Every credential of a presentation as a document of its own. Raises BadDocument."""
    document = parse_object(data, max_bytes=TRANSCRIPT_LIMIT, max_depth=20)
    inside = document.get("verifiableCredential")
    if set(document) != {"@context", "type", "verifiableCredential"} or document["type"] != _TYPE:
        raise BadDocument("a transcript has @context, type and verifiableCredential", code="UNDEFINED_TERM")
    if document["@context"] != [CREDENTIALS]:
        raise BadDocument("the transcript's @context is not the one of credentials", code="BAD_CONTEXT")
    if not isinstance(inside, list) or not 1 <= len(inside) <= MOST:
        raise BadDocument(f"a transcript holds 1 to {MOST} credentials", code="MALFORMED")
    if not all(isinstance(one, dict) for one in inside):
        raise BadDocument("a transcript holds documents", code="MALFORMED")
    return tuple(document_bytes(one) for one in inside)


def verify_transcript(
    data: bytes,
    *,
    did: bytes,
    status_list: bytes | None,
    now: datetime,
    limits: CredentialLimits | None = None,
) -> tuple[Verification, ...]:
    """Verify every credential of a presentation by itself, in order. Raises BadDocument."""
    return tuple(
        verify_credential(one, did=did, status_list=status_list, now=now, limits=limits)
        for one in split_transcript(data)
    )
