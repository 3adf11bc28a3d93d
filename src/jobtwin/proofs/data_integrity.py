"""Embedded proofs of the cryptosuite eddsa-rdfc-2022 (W3C VC Data Integrity, Data Integrity EdDSA).

What is signed: SHA-256 over the canonical proof options, then SHA-256 over the canonical document. The
options are read in the document's own contexts.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from jobtwin.core.errors import BadDocument
from jobtwin.proofs.encoding import base58_decode, base58_encode
from jobtwin.proofs.key import KeyKind, PublicKey
from jobtwin.proofs.second import second_text

CRYPTOSUITE = "eddsa-rdfc-2022"
PURPOSE = "assertionMethod"
_OPTIONS = ("type", "cryptosuite", "created", "verificationMethod", "proofPurpose")


class Signer(Protocol):
    """Whatever holds a private key and signs with it: a file, or a service that never shows it."""

    @property
    def kind(self) -> KeyKind:
        """What it signs with."""

    @property
    def key_id(self) -> str:
        """The thumbprint of the public key."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes of signature."""


def add_proof(
    document: Mapping[str, object], signer: Signer, *, did: str, created: datetime
) -> dict[str, object]:
    """The document with one proof. Raises BadDocument where a part of it would not be signed."""
    from jobtwin.proofs import rdf  # noqa: PLC0415 — pyld takes 0.1 s to load

    if signer.kind is not KeyKind.ED25519:
        raise ValueError(f"{CRYPTOSUITE} signs with Ed25519")
    rdf.require_compact(document)
    proof: dict[str, object] = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": second_text(created),
        "verificationMethod": f"{did}#{signer.key_id}",
        "proofPurpose": PURPOSE,
    }
    value = signer.sign(_signed_bytes(document, proof))
    return {**document, "proof": [{**proof, "proofValue": "z" + base58_encode(value)}]}


def read_proof(document: Mapping[str, object]) -> dict[str, str]:
    """The one proof of a document. Raises BadDocument.

    SIGNATURE where there is none, BAD_PROOF for a set or chain, other members, another purpose or a
    malformed value, BAD_ALGORITHM for another suite.
    """
    proofs = document.get("proof")
    if proofs is None or proofs == []:
        raise BadDocument("the document carries no proof: nobody signed it", code="SIGNATURE")
    if not isinstance(proofs, list) or len(proofs) != 1 or not isinstance(proofs[0], dict):
        raise BadDocument("the document carries other than a list of one proof", code="BAD_PROOF")
    proof: dict[str, object] = proofs[0]
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") != CRYPTOSUITE:
        raise BadDocument(f"the proof is not of the suite {CRYPTOSUITE}", code="BAD_ALGORITHM")
    if set(proof) != {*_OPTIONS, "proofValue"}:
        raise BadDocument("the proof has other members than its suite needs", code="BAD_PROOF")
    texts = {name: value for name, value in proof.items() if isinstance(value, str) and len(value) <= 2048}
    if len(texts) != len(proof):
        raise BadDocument("a member of the proof is no text", code="BAD_PROOF")
    if texts["proofPurpose"] != PURPOSE:
        raise BadDocument(f"the proof is made for another purpose than {PURPOSE}", code="BAD_PROOF")
    return texts


def require_proof(document: Mapping[str, object], proof: Mapping[str, str], key: PublicKey) -> None:
    """Raises BadDocument: BAD_ALGORITHM for a key of another kind, BAD_PROOF, SIGNATURE, those of `rdf`."""
    if key.kind is not KeyKind.ED25519:
        raise BadDocument(f"{CRYPTOSUITE} is verified with an Ed25519 key", code="BAD_ALGORITHM")
    text = proof["proofValue"]
    try:
        signature = base58_decode(text[1:]) if text.startswith("z") else b""
    except ValueError as error:
        raise BadDocument("the proof's value is not base58btc", code="BAD_PROOF") from error
    if len(signature) != 64:
        raise BadDocument("the proof's value is not a signature of 64 bytes", code="BAD_PROOF")
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    options = {name: proof[name] for name in _OPTIONS}
    if not key.holds(signature, _signed_bytes(unsigned, options)):
        raise BadDocument("the signature does not hold: the document was changed", code="SIGNATURE")


def _signed_bytes(document: Mapping[str, object], options: Mapping[str, object]) -> bytes:
    from jobtwin.proofs import rdf  # noqa: PLC0415 — pyld takes 0.1 s to load

    config = rdf.statements({"@context": document["@context"], **options})
    return hashlib.sha256(config).digest() + hashlib.sha256(rdf.statements(document)).digest()
