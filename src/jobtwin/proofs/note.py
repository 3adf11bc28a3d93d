"""Signed notes (C2SP signed-note): a text that ends in a newline, and Ed25519 signatures below it.

    text
    <empty line>
    — name base64(key hash, 4 bytes || signature, 64 bytes)

A verifier's key is text too: `name+hash+base64(0x01 || public key)`. The reader accepts one spelling
only, and judges every signature: one by an unknown key, a repeated or a wrong one refuses the note.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from jobtwin.core.errors import BadDocument
from jobtwin.proofs.encoding import base64_decode, base64_encode

ED25519 = b"\x01"
NOTE_LIMIT = 16 * 1024
"""Largest note in bytes that is read."""
SIGNATURE_LIMIT = 16
"""Most signatures that a note may carry."""

_LEAD = "— "
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


class NoteSigner(Protocol):
    """Whatever holds an Ed25519 key: a file, or a service that signs and never shows it."""

    @property
    def public_bytes(self) -> bytes:
        """The raw public key, 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature, 64 bytes."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public note key with its name."""

    name: str
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """The first four bytes of SHA-256 over name, newline, type and public key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_hash.hex()}+{base64_encode(ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """The key of a text `name+hash+base64`. Raises BadDocument for any other form or a wrong hash."""
        parts = text.split("+", 2)
        if len(parts) != 3 or not _NAME.fullmatch(parts[0]):
            raise BadDocument(f"not a verifier key: {text[:80]!r}", code="BAD_VKEY")
        try:
            raw = base64_decode(parts[2])
        except ValueError as error:
            raise BadDocument(f"the verifier key {parts[0]!r} is not base64", code="BAD_VKEY") from error
        key = cls(parts[0], raw[1:])
        if raw[:1] != ED25519 or len(raw) != 33 or str(key) != text:
            raise BadDocument(f"the verifier key {parts[0]!r} is not Ed25519 with its hash", code="BAD_VKEY")
        return key


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name, its hash (4 bytes) and 64 bytes."""

    name: str
    key_hash: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A note as read: the text with its final newline, and its signatures. Nothing is verified yet."""

    text: str
    signatures: tuple[Signature, ...]


def sign_note(text: str, signers: Sequence[tuple[str, NoteSigner]]) -> str:
    """The text with one signature line a signer, in order. Raises ValueError for what no note can hold."""
    if not text.endswith("\n") or _CONTROL.search(text) or text.startswith("\n") or not signers:
        raise ValueError("a note is text that ends in a newline, without control characters, and is signed")
    lines = []
    for name, signer in signers:
        key = VerifierKey(name, signer.public_bytes)
        if not _NAME.fullmatch(name):
            raise ValueError(f"a key's name has no space and no plus: {name!r}")
        lines.append(f"{_LEAD}{name} {base64_encode(key.key_hash + signer.sign(text.encode()))}\n")
    return f"{text}\n{''.join(lines)}"


def parse_note(data: str) -> Note:
    """A note in its one spelling. Raises BadDocument (BAD_NOTE) for anything else."""
    if len(data) > NOTE_LIMIT:
        raise BadDocument(f"a note of over {NOTE_LIMIT} letters is not read", code="BAD_NOTE")
    if _CONTROL.search(data):
        raise BadDocument("a note holds a control character", code="BAD_NOTE")
    text, gap, tail = data.rpartition("\n\n")
    if not gap or not text or text.startswith("\n") or not tail.endswith("\n"):
        raise BadDocument("a note is text, an empty line and signatures", code="BAD_NOTE")
    lines = tail[:-1].split("\n")
    if len(lines) > SIGNATURE_LIMIT:
        raise BadDocument(f"a note with over {SIGNATURE_LIMIT} signatures is not read", code="BAD_NOTE")
    return Note(text + "\n", tuple(_parse_signature(line) for line in lines))


def _parse_signature(line: str) -> Signature:
    parts = line.removeprefix(_LEAD).split(" ")
    if not line.startswith(_LEAD) or len(parts) != 2 or not _NAME.fullmatch(parts[0]):
        raise BadDocument(f"not a signature line: {line[:80]!r}", code="BAD_NOTE")
    try:
        raw = base64_decode(parts[1])
    except ValueError as error:
        raise BadDocument(f"the signature of {parts[0]!r} is not base64", code="BAD_NOTE") from error
    if len(raw) != 68:
        raise BadDocument(f"the signature of {parts[0]!r} has {len(raw)} bytes, not 68", code="BAD_NOTE")
    return Signature(parts[0], raw[:4], raw[4:])


def verify_note(note: Note, keys: Iterable[VerifierKey]) -> tuple[VerifierKey, ...]:
    """The keys that signed, one a signature line.

    Raises BadDocument: UNKNOWN_SIGNER for a signature by none of the keys, REPEATED_SIGNATURE for two
    by one key, BAD_SIGNATURE for one that does not hold.
    """
    known = {(key.name, key.key_hash): key for key in keys}
    signed: list[VerifierKey] = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_hash))
        if key is None:
            raise BadDocument(f"a signature names the unknown key {signature.name!r}", code="UNKNOWN_SIGNER")
        if key in signed:
            raise BadDocument(f"the key {key.name!r} signed twice", code="REPEATED_SIGNATURE")
        if not ed25519_holds(key.public, signature.value, note.text.encode()):
            raise BadDocument(f"the signature of {key.name!r} does not hold", code="BAD_SIGNATURE")
        signed.append(key)
    return tuple(signed)


def ed25519_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature (RFC 8032) holds; False too for bytes that are no key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
