"""Status lists (W3C Bitstring Status List 1.0): one bit a credential, set where it is revoked.

A list is a credential of its own by the same issuer, signed by an embedded proof and dated: after
`validUntil` it says nothing any more, so that nobody shows an old one. Index 0 is the leftmost bit.
"""

import gzip
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobtwin.core.errors import BadDocument
from jobtwin.proofs.contexts import STATUS_CONTEXTS
from jobtwin.proofs.data_integrity import Signer, add_proof, read_proof, require_proof
from jobtwin.proofs.did import DidDocument, IssuerProfile
from jobtwin.proofs.encoding import base64url_decode, base64url_encode
from jobtwin.proofs.second import parse_second, second_text
from jobtwin.proofs.shape import STATUS_LIST, judge
from jobtwin.proofs.strict_json import parse_object

LIST_ENTRIES = 131_072
"""Bits of one list: the fewest that the standard allows, so that an index tells little about its learner."""
REVOCATION = "revocation"


@dataclass(frozen=True, slots=True)
class StatusSettings:
    """How long a published list is valid, and how much of a list is read: JSON bytes, unpacked bytes."""

    valid_for: timedelta = timedelta(days=7)
    max_bytes: int = 4 * 1024 * 1024
    max_unpacked: int = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class StatusPlace:
    """Where a credential's bit stands: number of the list, index in it."""

    number: int
    index: int

    @classmethod
    def of(cls, status_index: int) -> "StatusPlace":
        """The place of a running index. Raises ValueError for a negative one."""
        if status_index < 0:
            raise ValueError("a status index counts from 0")
        return cls(*divmod(status_index, LIST_ENTRIES))


def status_entry(issuer: IssuerProfile, status_index: int) -> dict[str, object]:
    """The `credentialStatus` of a credential with that running index."""
    place = StatusPlace.of(status_index)
    address = issuer.status_list_url(place.number)
    return {
        "id": f"{address}#{place.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": REVOCATION,
        "statusListIndex": str(place.index),
        "statusListCredential": address,
    }


def build_status_list(
    issuer: IssuerProfile,
    number: int,
    revoked: Iterable[int],
    *,
    now: datetime,
    settings: StatusSettings | None = None,
) -> dict[str, object]:
    """The unsigned list of that number; `revoked` are running indexes, those of other lists are left out."""
    settings = settings or StatusSettings()
    bits = bytearray(LIST_ENTRIES // 8)
    for place in map(StatusPlace.of, revoked):
        if place.number == number:
            bits[place.index // 8] |= 0x80 >> place.index % 8
    address = issuer.status_list_url(number)
    return {
        "@context": list(STATUS_CONTEXTS),
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.did,
        "validFrom": second_text(now),
        "validUntil": second_text(now + settings.valid_for),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": REVOCATION,
            "encodedList": "u" + base64url_encode(gzip.compress(bytes(bits), mtime=0)),
        },
    }


def sign_status_list(
    document: Mapping[str, object], signer: Signer, *, did: str, now: datetime
) -> dict[str, object]:
    """The list with its proof."""
    return add_proof(document, signer, did=did, created=now)


def require_not_revoked(
    entry: Mapping[str, object],
    data: bytes,
    issuer: DidDocument,
    *,
    now: datetime,
    settings: StatusSettings | None = None,
) -> datetime:
    """The instant until which the list speaks, where it says that the credential is not revoked.

    A set bit counts even in a list out of date: a revocation is final. Raises BadDocument:
    STATUS_MALFORMED, STATUS_SIGNATURE, STATUS_MISMATCH for a list of another address, issuer or purpose,
    STATUS_RANGE, REVOKED, STATUS_STALE outside its dates.
    """
    settings = settings or StatusSettings()
    document = _read(data, settings)
    subject = document["credentialSubject"]
    if document["issuer"] != issuer.did:
        raise BadDocument("the status list is another issuer's", code="STATUS_MISMATCH")
    _require_signed(document, issuer, now)
    if document["id"] != entry["statusListCredential"]:
        raise BadDocument("the status list is not the one that the credential names", code="STATUS_MISMATCH")
    if not (isinstance(subject, dict) and subject["statusPurpose"] == entry["statusPurpose"] == REVOCATION):
        raise BadDocument(
            "the status list or the credential speaks of another purpose", code="STATUS_MISMATCH"
        )
    if _bit(entry["statusListIndex"], _unpack(str(subject["encodedList"]), settings.max_unpacked)):
        raise BadDocument("the issuer has revoked the credential", code="REVOKED")
    return _require_current(document, now)


def _read(data: bytes, settings: StatusSettings) -> dict[str, object]:
    try:
        document = parse_object(data, max_bytes=settings.max_bytes, max_depth=8)
        unsigned = {name: value for name, value in document.items() if name != "proof"}
        missing = judge(unsigned, STATUS_LIST, STATUS_CONTEXTS).missing
    except BadDocument as error:
        raise BadDocument(f"the status list: {error.message}", code="STATUS_MALFORMED") from error
    if missing:
        raise BadDocument(f"the status list has no {', '.join(missing)}", code="STATUS_MALFORMED")
    return document


def _require_signed(document: Mapping[str, object], issuer: DidDocument, now: datetime) -> None:
    try:
        proof = read_proof(document)
        key = issuer.key(proof["verificationMethod"])
        if key.revoked is not None and key.revoked <= now:
            raise BadDocument("its key counts as compromised")
        require_proof(document, proof, key.public)
    except BadDocument as error:
        raise BadDocument(
            f"the status list is not signed by the issuer: {error.message}", code="STATUS_SIGNATURE"
        ) from error


def _require_current(document: Mapping[str, object], now: datetime) -> datetime:
    try:
        start, until = parse_second(document["validFrom"]), parse_second(document["validUntil"])
    except ValueError as error:
        raise BadDocument("the status list has no dates", code="STATUS_MALFORMED") from error
    if not start <= now < until:
        raise BadDocument(
            f"the status list speaks from {document['validFrom']} until {document['validUntil']}, not now: "
            "fetch a current one",
            code="STATUS_STALE",
        )
    return until


def _unpack(text: str, limit: int) -> bytes:
    """The bits, unpacked no further than the limit. Raises BadDocument (STATUS_MALFORMED)."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        bits = unpacker.decompress(base64url_decode(text[1:]), limit)
    except (ValueError, zlib.error) as error:
        raise BadDocument("the status list cannot be unpacked", code="STATUS_MALFORMED") from error
    if not unpacker.eof or unpacker.unused_data or unpacker.unconsumed_tail:
        raise BadDocument(
            f"the status list is cut short, or unpacks to over {limit} bytes", code="STATUS_MALFORMED"
        )
    if len(bits) * 8 < LIST_ENTRIES:
        raise BadDocument(f"the status list has under {LIST_ENTRIES} entries", code="STATUS_MALFORMED")
    return bits


def _bit(index: object, bits: bytes) -> bool:
    text = str(index)
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and str(int(text)) == text):
        raise BadDocument("the credential's status index is no number", code="STATUS_RANGE")
    place = int(text)
    if place >= len(bits) * 8:
        raise BadDocument("the credential's status index is beyond the list", code="STATUS_RANGE")
    return bool(bits[place // 8] & 0x80 >> place % 8)
