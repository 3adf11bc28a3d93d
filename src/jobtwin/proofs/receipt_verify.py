"""The verifier of receipts: a receipt and the platform's public keys in, one answer out. No network.

Keys are either the issuer's DID document (`did.json`) or the public list that `jobtwin keys export` writes
(`keys.json`). A compromised key is believed nothing, whatever date a receipt gives: whoever holds the key
also writes the dates.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from jobtwin.core.errors import BadDocument
from jobtwin.proofs.did import DidDocument, DidKey, read_did
from jobtwin.proofs.key import KeyKind
from jobtwin.proofs.key_source import parse_records
from jobtwin.proofs.keys import RECEIPT
from jobtwin.proofs.receipt import (
    CONTENT_LIMIT,
    Receipt,
    Receipted,
    SignedReceipt,
    content_digest,
    parse_receipt,
    signed_bytes,
)
from jobtwin.proofs.strict_json import parse_object

CODES = {
    "MALFORMED": "It is not a receipt of the form that the platform writes.",
    "TOO_LARGE": "It has more bytes than are read.",
    "TOO_DEEP": "It is nested deeper than is read.",
    "DUPLICATE_KEY": "A key stands twice in one JSON object.",
    "WRONG_ISSUER": "It names another issuer than the one whose keys were given.",
    "UNKNOWN_KEY": "The issuer has no such key for receipts.",
    "KEY_REVOKED": "The issuer declared the signing key compromised.",
    "SIGNATURE": "It was changed after it was signed.",
    "IMPOSSIBLE": "It is dated at or after its own deadline, when nothing is accepted.",
    "CONTENT": "What was given as its content is something else.",
}
"""Every code of an invalid receipt, and what it means. Codes never change their meaning."""


@dataclass(frozen=True, slots=True)
class ReceiptReport:
    """What a receipt says, or why it is not believed: `code` is empty where it is valid."""

    code: str
    sentence: str
    receipt: Receipt | None = None

    @property
    def valid(self) -> bool:
        return not self.code

    def as_json(self) -> dict[str, object]:
        """The report as plain JSON."""
        said = self.receipt.as_json() if self.receipt else None
        return {"valid": self.valid, "code": self.code, "sentence": self.sentence, "receipt": said}


def verify_receipt(
    document: bytes, *, keys: bytes, now: datetime, content: bytes | None = None
) -> ReceiptReport:
    """Verify a receipt at `now`, and with `content` that it speaks of exactly this content.

    Raises BadInput where `keys` is neither a DID document nor a list of public keys.
    """
    find = _key_finder(keys)
    try:
        signed = parse_receipt(document)
        _require_signature(signed, find, now)
        _require_possible(signed.receipt)
        if content is not None:
            _require_content(signed.receipt, content)
    except BadDocument as error:
        return ReceiptReport(error.code if error.code in CODES else "MALFORMED", error.message)
    return ReceiptReport("", in_words(signed.receipt), signed.receipt)


def in_words(receipt: Receipt) -> str:
    """One sentence: what happened and when, by the platform's clock."""
    did = {
        Receipted.START: "the attempt was started",
        Receipted.DRAFT: f"version {receipt.draft} of the draft was saved",
        Receipted.SUBMIT: f"commit {receipt.commit} was submitted",
        Receipted.EXTEND: "the time was extended",
        Receipted.WITHDRAW: "the learner withdrew",
        Receipted.VOID: "the attempt was voided",
    }[receipt.what]
    body = receipt.as_json()
    return f"{did} at {body['at']}; the deadline was {body['deadline']}"


def _require_signature(signed: SignedReceipt, find: Callable[[SignedReceipt], DidKey], now: datetime) -> None:
    key = find(signed)
    if key.revoked is not None and key.revoked <= now:
        raise BadDocument("the issuer declared the signing key compromised", code="KEY_REVOKED")
    if key.public.kind is not KeyKind.ED25519 or key.public.key_id != signed.key:
        raise BadDocument("the named key is not an Ed25519 key of that id", code="UNKNOWN_KEY")
    if not key.public.holds(signed.signature, signed_bytes(signed.receipt)):
        raise BadDocument("it was changed after it was signed", code="SIGNATURE")


def _require_possible(receipt: Receipt) -> None:
    bound = receipt.what not in (Receipted.WITHDRAW, Receipted.VOID)
    if bound and receipt.at >= receipt.deadline:
        raise BadDocument("it is dated at or after its own deadline", code="IMPOSSIBLE")


def _require_content(receipt: Receipt, content: bytes) -> None:
    try:
        given = content_digest(parse_object(content, max_bytes=CONTENT_LIMIT, max_depth=4))
    except (BadDocument, ValueError) as error:
        raise BadDocument(f"the content cannot be read: {error}", code="CONTENT") from error
    if given != receipt.content:
        raise BadDocument("what was given as its content is something else", code="CONTENT")


def _key_finder(keys: bytes) -> Callable[[SignedReceipt], DidKey]:
    try:
        document: DidDocument | None = read_did(keys)
    except BadDocument:
        document = None
    if document is not None:
        return lambda signed: _from_did(document, signed)
    records = {
        record.id: record for record in parse_records(keys, name="the keys") if record.purpose == RECEIPT
    }

    def from_list(signed: SignedReceipt) -> DidKey:
        record = records.get(signed.key)
        if record is None:
            raise BadDocument("the issuer has no such key for receipts", code="UNKNOWN_KEY")
        return DidKey(record.id, record.public_key, record.revoked_at)

    return from_list


def _from_did(document: DidDocument, signed: SignedReceipt) -> DidKey:
    if signed.receipt.issuer != document.did:
        raise BadDocument("it names another issuer than the one of these keys", code="WRONG_ISSUER")
    return document.receipt_key(signed.key)
