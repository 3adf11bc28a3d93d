"""Verifying with nothing at hand but the credential: keys and status list come from its issuer's own address.

Two addresses are asked and no others: the DID document of the did:web that the credential names, and, once
its signature holds, the status list that it names, where that stands at the same origin. Whoever calls hands
in `fetch`, which is the only way out and decides which addresses are public.
"""

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from jobtwin.core.errors import BadDocument, BadInput
from jobtwin.proofs.baking import is_picture, unbake, verify_presented
from jobtwin.proofs.did import did_address, read_did
from jobtwin.proofs.strict_json import parse_object
from jobtwin.proofs.vc_jwt import read_token
from jobtwin.proofs.verification import Check, Verification
from jobtwin.proofs.verify import CredentialLimits

Fetch = Callable[[str], bytes]
"""Gives the bytes behind an https address. Raises BadInput for one that is not public, OutsideFailure."""

_CREDENTIAL_START = re.compile(rb"[ \t\r\n]*[{\[]")


def verify_online(
    data: bytes, *, fetch: Fetch, now: datetime, limits: CredentialLimits | None = None
) -> Verification:
    """Verify a document, a token or a baked picture by what its issuer publishes now.

    Raises OutsideFailure where the issuer cannot be reached: that says nothing about the credential.
    """
    limits = limits or CredentialLimits()
    try:
        did = _claimed(data, limits)
        keys = fetch(did_address(did))
        if read_did(keys).did != did:
            raise BadDocument("the DID document at the issuer's address is another's", code="WRONG_ISSUER")
    except BadDocument as error:
        return _refused(error.code if error.code != BadDocument.code else "UNKNOWN_KEY", error.message)
    except BadInput as error:
        return _refused("ISSUER_ADDRESS", error.message)
    signed = verify_presented(data, did=keys, status_list=None, now=now, limits=limits)
    if signed.code != "STATUS_MISSING" or signed.summary is None:
        return signed
    if urlsplit(signed.summary.status_list)[:2] != urlsplit(did_address(did))[:2]:
        return _refused("STATUS_MISMATCH", "the status list stands at another address than the issuer's")
    listed = fetch(signed.summary.status_list)
    return verify_presented(data, did=keys, status_list=listed, now=now, limits=limits)


def _claimed(data: bytes, limits: CredentialLimits) -> str:
    """The DID that a credential names as its issuer; nothing of it is believed yet. Raises BadDocument."""
    credential = unbake(data) if is_picture(data) else data
    if not _CREDENTIAL_START.match(credential):
        return read_token(credential, max_bytes=limits.max_bytes).kid.partition("#")[0]
    document = parse_object(credential, max_bytes=limits.max_bytes, max_depth=limits.max_depth)
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(named, str):
        raise BadDocument("the credential names no issuer", code="MALFORMED")
    return named


def _refused(code: str, sentence: str) -> Verification:
    return Verification(code, (Check("issuer address", ok=False, sentence=sentence),))
