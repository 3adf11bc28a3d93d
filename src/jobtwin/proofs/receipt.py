"""Receipts: what the platform signs for a learner at every start, saved draft and submission.

    {"receipt": {...}, "key": "<thumbprint>", "signature": "<base64url, Ed25519>"}

The signature is over DOMAIN and the canonical JSON (RFC 8785) of the inner object, so that no other
document of the platform can pass for a receipt. A receipt names the attempt by its id and nobody by name;
of what was written it holds a digest alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jobtwin.core.canonical import canonical_json, digest
from jobtwin.core.errors import BadDocument
from jobtwin.core.instant import parse_utc, utc_text
from jobtwin.proofs.data_integrity import Signer
from jobtwin.proofs.encoding import base64url_decode, base64url_encode
from jobtwin.proofs.key import KeyKind
from jobtwin.proofs.strict_json import parse_object

DOMAIN = b"jobtwin receipt v1\n"
"""Stands before what is signed."""
RECEIPT_LIMIT = 16 * 1024
"""Largest receipt in bytes that is read."""
CONTENT_LIMIT = 1024 * 1024
"""Largest content in bytes that is read beside a receipt."""

_MEMBERS = frozenset(
    {
        "type",
        "version",
        "id",
        "issuer",
        "what",
        "attempt",
        "at",
        "deadline",
        "brief",
        "draft",
        "content",
        "commit",
    }
)
_TYPE = "jobtwin-receipt"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Receipted(StrEnum):
    """What a receipt is for."""

    START = "start"
    DRAFT = "draft"
    SUBMIT = "submit"
    EXTEND = "extend"
    WITHDRAW = "withdraw"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What happened, by the database's clock. `brief` and `content` are digests.

    `draft` is the version that was saved or submitted (0: none); `content` is empty for a start and a
    withdrawal, and `commit` for everything but a submission. `deadline` is the one that held from then on; in
    an upload grace it is the end of that.
    """

    id: str
    issuer: str
    what: Receipted
    attempt: str
    at: datetime
    deadline: datetime
    brief: str
    draft: int = 0
    content: str = ""
    commit: str = ""

    def as_json(self) -> dict[str, object]:
        """What is signed, as plain JSON."""
        return {
            "type": _TYPE,
            "version": 1,
            "id": self.id,
            "issuer": self.issuer,
            "what": self.what.value,
            "attempt": self.attempt,
            "at": utc_text(self.at),
            "deadline": utc_text(self.deadline),
            "brief": self.brief,
            "draft": self.draft,
            "content": self.content,
            "commit": self.commit,
        }


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A receipt as it was read: the key's id and the signature are not verified yet."""

    receipt: Receipt
    key: str
    signature: bytes


def content_digest(content: Mapping[str, object]) -> str:
    """The digest of what was written: a draft's `source`, `notes`, `answers`; also `forced`,
    `force_reason` for a submission; `kind`, `minutes`, `window`, `reason` for an extension.

    Raises ValueError where it has no canonical form.
    """
    return digest(dict(content))


def sign_receipt(receipt: Receipt, key: Signer) -> dict[str, object]:
    """The receipt with its signature, as it is stored and downloaded.

    Raises ValueError for another kind of key.
    """
    if key.kind is not KeyKind.ED25519:
        raise ValueError("receipts are signed with Ed25519")
    signature = key.sign(signed_bytes(receipt))
    return {"receipt": receipt.as_json(), "key": key.key_id, "signature": base64url_encode(signature)}


def parse_receipt(data: bytes) -> SignedReceipt:
    """A receipt in the one form that `sign_receipt` writes.

    Raises BadDocument: MALFORMED, or what `strict_json.parse_object` raises.
    """
    document = parse_object(data, max_bytes=RECEIPT_LIMIT, max_depth=4)
    body, key, signature = (document.get(name) for name in ("receipt", "key", "signature"))
    if len(document) != 3 or not isinstance(body, dict) or set(body) != _MEMBERS:
        raise BadDocument("it has other members than a receipt", code="MALFORMED")
    if not isinstance(key, str) or not isinstance(signature, str):
        raise BadDocument("its key and signature are not text", code="MALFORMED")
    try:
        return SignedReceipt(_receipt(body), key, base64url_decode(signature))
    except ValueError as error:
        raise BadDocument(f"it is no receipt: {error}", code="MALFORMED") from error


def signed_bytes(receipt: Receipt) -> bytes:
    """What the signature of a receipt is over."""
    return DOMAIN + canonical_json(receipt.as_json())


def _receipt(body: Mapping[str, object]) -> Receipt:
    if body["type"] != _TYPE or body["version"] != 1 or body["version"] is True:
        raise ValueError("it is of another type or version")
    text = {name: _text(body, name) for name in _MEMBERS - {"type", "version", "draft"}}
    version = body["draft"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise ValueError("draft is not a version")
    receipt = Receipt(
        id=text["id"], issuer=text["issuer"], what=Receipted(text["what"]), attempt=text["attempt"],
        at=parse_utc(text["at"]), deadline=parse_utc(text["deadline"]), brief=text["brief"],
        draft=version, content=text["content"], commit=text["commit"],
    )  # fmt: skip
    _require_forms(receipt)
    return receipt


def _require_forms(receipt: Receipt) -> None:
    what = receipt.what
    submit, bare = what is Receipted.SUBMIT, what in (Receipted.START, Receipted.WITHDRAW)
    versioned = what in (Receipted.DRAFT, Receipted.SUBMIT)
    forms = {
        "id": _UUID.fullmatch(receipt.id),
        "attempt": _UUID.fullmatch(receipt.attempt),
        "issuer": 0 < len(receipt.issuer) <= 500,
        "brief": _DIGEST.fullmatch(receipt.brief),
        "content": receipt.content == "" if bare else _DIGEST.fullmatch(receipt.content),
        "commit": _COMMIT.fullmatch(receipt.commit) if submit else receipt.commit == "",
        "draft": submit or receipt.draft > 0 if versioned else receipt.draft == 0,
    }
    wrong = [name for name, holds in forms.items() if not holds]
    if wrong:
        raise ValueError(f"{', '.join(wrong)} cannot stand in it")


def _text(body: Mapping[str, object], name: str) -> str:
    value = body[name]
    if not isinstance(value, str):
        raise ValueError(f"{name} is not text")
    return value
