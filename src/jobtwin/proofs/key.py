"""Keys: Ed25519 (RFC 8032) and P-256 (ECDSA with SHA-256, FIPS 186-5), private ones and public ones.

A key's id is its JWK thumbprint (RFC 7638), so it is the same in every document that names the key.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from jobtwin.core.canonical import canonical_json
from jobtwin.core.errors import BadDocument, BadInput
from jobtwin.proofs.encoding import base58_decode, base58_encode, base64url_decode, base64url_encode

Random = Callable[[int], bytes]
"""A source of that many random bytes; `secrets.token_bytes` in production."""

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_MULTICODEC = {b"\xed\x01": ("ed25519", 32), b"\x80\x24": ("p256", 33)}


class KeyKind(StrEnum):
    """What a key signs with."""

    ED25519 = "ed25519"
    P256 = "p256"


@dataclass(frozen=True)
class PublicKey:
    """A public key: 32 raw bytes of Ed25519, or the 33 bytes of a compressed P-256 point."""

    kind: KeyKind
    raw: bytes

    @cached_property
    def key_id(self) -> str:
        """The RFC 7638 thumbprint: 43 letters of base64url."""
        return base64url_encode(hashlib.sha256(canonical_json(self.jwk())).digest())

    def jwk(self) -> dict[str, str]:
        """The members that make the key (RFC 7517, 8037), and no others."""
        if self.kind is KeyKind.ED25519:
            return {"crv": "Ed25519", "kty": "OKP", "x": base64url_encode(self.raw)}
        point = self._point().public_numbers()
        x, y = (base64url_encode(number.to_bytes(32, "big")) for number in (point.x, point.y))
        return {"crv": "P-256", "kty": "EC", "x": x, "y": y}

    def multikey(self) -> str:
        """The publicKeyMultibase of a Multikey: `z` and base58btc of multicodec and key."""
        prefix = next(code for code, (kind, _) in _MULTICODEC.items() if kind == self.kind)
        return "z" + base58_encode(prefix + self.raw)

    def holds(self, signature: bytes, message: bytes) -> bool:
        """Whether 64 bytes of signature hold; P-256 only with the low `s`, so that it has one spelling."""
        if len(signature) != 64:
            return False
        try:
            if self.kind is KeyKind.ED25519:
                ed25519.Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
                return True
            r, s = _numbers(signature)
            if s > P256_ORDER // 2:
                return False
            self._point().verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True

    def _point(self) -> ec.EllipticCurvePublicKey:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.raw)

    @classmethod
    def from_multikey(cls, text: str) -> "PublicKey":
        """The key of a publicKeyMultibase. Raises BadDocument for another form, kind or point."""
        try:
            data = base58_decode(text.removeprefix("z")) if text.startswith("z") else b""
        except ValueError as error:
            raise BadDocument(f"not a public key: {error}") from error
        kind, length = _MULTICODEC.get(data[:2], ("", 0))
        if len(data) != length + 2 or not kind:
            raise BadDocument("not a Multikey of Ed25519 or P-256")
        return _checked(cls(KeyKind(kind), data[2:]))

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, object]) -> "PublicKey":
        """The key of a JWK. Raises BadDocument for another kind, a wrong point, or a private one."""
        if "d" in jwk:
            raise BadDocument("a published JWK holds a private key")
        shape = (jwk.get("kty"), jwk.get("crv"))
        if shape == ("OKP", "Ed25519"):
            return _checked(cls(KeyKind.ED25519, _coordinate(jwk, "x")))
        if shape == ("EC", "P-256"):
            x, y = _coordinate(jwk, "x"), _coordinate(jwk, "y")
            key = _checked(cls(KeyKind.P256, bytes([2 + (y[-1] & 1)]) + x))
            if key.jwk()["y"] != jwk["y"]:
                raise BadDocument("the JWK is not a point of P-256")
            return key
        raise BadDocument("not a JWK of Ed25519 or P-256")


@dataclass(frozen=True)
class SigningKey:
    """A private key held in memory. Its representation shows nothing of it."""

    kind: KeyKind
    _private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey

    def __repr__(self) -> str:
        return f"SigningKey({self.kind.value}, {self.key_id})"

    @property
    def key_id(self) -> str:
        """The id of the public key."""
        return self.public.key_id

    @cached_property
    def public(self) -> PublicKey:
        """The public key."""
        if isinstance(self._private, ed25519.Ed25519PrivateKey):
            return PublicKey(self.kind, self._private.public_key().public_bytes_raw())
        encoded = self._private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
        )
        return PublicKey(self.kind, encoded)

    @property
    def public_bytes(self) -> bytes:
        """The raw public key, as notes name it."""
        return self.public.raw

    def sign(self, message: bytes) -> bytes:
        """64 bytes of signature: Ed25519, or `r || s` of ECDSA with SHA-256 and the low `s`."""
        if isinstance(self._private, ed25519.Ed25519PrivateKey):
            return self._private.sign(message)
        r, s = decode_dss_signature(self._private.sign(message, ec.ECDSA(hashes.SHA256())))
        return low_s(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def pem(self) -> bytes:
        """PKCS #8 PEM, unencrypted: for a file that only its owner can read."""
        return self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @classmethod
    def generate(cls, kind: KeyKind, random: Random) -> "SigningKey":
        """A fresh key from a source of random bytes."""
        if kind is KeyKind.ED25519:
            return cls(kind, ed25519.Ed25519PrivateKey.from_private_bytes(random(32)))
        while True:  # a draw at or above the order is thrown away: one in four thousand million
            number = int.from_bytes(random(32), "big")
            if 0 < number < P256_ORDER:
                return cls(kind, ec.derive_private_key(number, ec.SECP256R1()))

    @classmethod
    def from_pem(cls, data: bytes) -> "SigningKey":
        """The key of a PKCS #8 PEM. Raises BadInput for anything else."""
        try:
            private = serialization.load_pem_private_key(data, password=None)
        except (ValueError, TypeError) as error:
            raise BadInput("not a private key in PEM") from error
        if isinstance(private, ed25519.Ed25519PrivateKey):
            return cls(KeyKind.ED25519, private)
        if isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, ec.SECP256R1):
            return cls(KeyKind.P256, private)
        raise BadInput("a key is Ed25519 or P-256")


def low_s(signature: bytes) -> bytes:
    """The same ECDSA signature with `s` in the lower half of the order: of the two spellings, one."""
    r, s = _numbers(signature)
    return r.to_bytes(32, "big") + min(s, P256_ORDER - s).to_bytes(32, "big")


def _checked(key: PublicKey) -> PublicKey:
    try:
        key.jwk()
        if key.kind is KeyKind.ED25519:
            ed25519.Ed25519PublicKey.from_public_bytes(key.raw)
    except ValueError as error:
        raise BadDocument("not a public key: no such point") from error
    return key


def _numbers(signature: bytes) -> tuple[int, int]:
    return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")


def _coordinate(jwk: Mapping[str, object], name: str) -> bytes:
    text = jwk.get(name)
    try:
        raw = base64url_decode(text) if isinstance(text, str) and len(text) == 43 else b""
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise BadDocument(f"the JWK's {name} is not 32 bytes of base64url")
    return raw
