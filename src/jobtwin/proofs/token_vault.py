"""Keys in a PKCS #11 token (OASIS PKCS #11 3.0): a hardware module, or SoftHSM for tests.

A key is made in the token, cannot be taken out of it, and signs there; this process never sees a private
half. Keys of the token carry their purpose as label. A session is opened for each act and closed after it:
a login belongs to the whole process, so only one thread is in the token at a time.
"""

import hashlib
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobtwin.core.errors import BadInput, NotFound, OutsideFailure
from jobtwin.proofs.key import KeyKind, PublicKey, Random, low_s
from jobtwin.proofs.private_file import secret_file

if TYPE_CHECKING:  # the library loads when a token is used
    from pkcs11 import Session

MODULE, TOKEN, PIN = "JOBTWIN_PKCS11_MODULE", "JOBTWIN_PKCS11_TOKEN", "JOBTWIN_PKCS11_PIN"
_ONE_AT_A_TIME = threading.Lock()
_CURVES = {KeyKind.ED25519: bytes.fromhex("06032b6570"), KeyKind.P256: bytes.fromhex("06082a8648ce3d030107")}
"""DER object identifiers of the curves (RFC 8410, SEC 2)."""


@dataclass(frozen=True, slots=True)
class TokenAddress:
    """The library that speaks to the token (a `.so` file), the token's label, and its user PIN."""

    module: Path
    label: str
    pin: str = field(repr=False)


def token_address(values: Mapping[str, str]) -> TokenAddress | None:
    """The token that the environment names, or None. Raises BadInput where it is named in part."""
    module, label, pin = (values.get(name, "") for name in (MODULE, TOKEN, PIN))
    file = values.get(f"{PIN}_FILE", "")
    if not (module or label or pin or file):
        return None
    if not module or not label or bool(pin) == bool(file):
        raise BadInput(f"a token is named by {MODULE}, {TOKEN} and one of {PIN} and {PIN}_FILE")
    return TokenAddress(Path(module), label, pin or secret_file(Path(file)).decode().strip())


@dataclass(frozen=True)
class TokenVault:
    """Private halves in a token. Raises BadInput for a wrong label or PIN, OutsideFailure for its faults."""

    address: TokenAddress

    def create(self, purpose: str, kind: KeyKind, _random: Random) -> PublicKey:
        """A key made inside the token, from its own randomness."""
        from pkcs11 import Attribute, KeyType, Mechanism  # noqa: PLC0415

        edwards = kind is KeyKind.ED25519
        with self._session(write=True) as session:
            curve = session.create_domain_parameters(
                KeyType.EC_EDWARDS if edwards else KeyType.EC,
                {Attribute.EC_PARAMS: _CURVES[kind]},
                local=True,
            )
            public, _ = curve.generate_keypair(
                mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN if edwards else Mechanism.EC_KEY_PAIR_GEN,
                store=True,
                label=purpose,
                id=secrets.token_bytes(16),
                private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
            )
            return _public_key(public, kind)

    def load(self, purpose: str, public: PublicKey) -> "TokenKey":
        """The key that signs in the token. Raises NotFound where the token has no such key."""
        with self._session() as session:
            if not _halves(session, purpose, public):
                raise NotFound(f"the token {self.address.label} holds no key {public.key_id} for {purpose}")
        return TokenKey(self, purpose, public)

    def delete(self, purpose: str, public: PublicKey) -> None:
        """Destroy both halves in the token."""
        with self._session(write=True) as session:
            for half in _halves(session, purpose, public):
                half.destroy()

    def sign(self, purpose: str, public: PublicKey, message: bytes) -> bytes:
        """64 bytes of signature, made in the token. Raises NotFound where the key has gone."""
        from pkcs11 import Mechanism, ObjectClass  # noqa: PLC0415

        with self._session() as session:
            for half in _halves(session, purpose, public):
                if half.object_class is ObjectClass.PRIVATE_KEY:
                    if public.kind is KeyKind.ED25519:
                        return bytes(half.sign(message, mechanism=Mechanism.EDDSA))
                    hashed = hashlib.sha256(message).digest()
                    return low_s(bytes(half.sign(hashed, mechanism=Mechanism.ECDSA)))
        raise NotFound(f"the token {self.address.label} holds no key {public.key_id} for {purpose}")

    @contextmanager
    def _session(self, *, write: bool = False) -> Iterator["Session"]:
        import pkcs11  # noqa: PLC0415

        with _ONE_AT_A_TIME:
            try:
                token = pkcs11.lib(str(self.address.module)).get_token(token_label=self.address.label)
                with token.open(rw=write, user_pin=self.address.pin) as session:
                    yield session
            except (pkcs11.NoSuchToken, pkcs11.PinIncorrect, pkcs11.PinLocked) as error:
                raise BadInput(
                    f"the token {self.address.label} cannot be opened: {type(error).__name__}"
                ) from error
            except pkcs11.PKCS11Error as error:
                said = f"{type(error).__name__} {error}".strip()[:200]
                raise OutsideFailure(f"the token {self.address.label} failed: {said}", retry=True) from error


@dataclass(frozen=True)
class TokenKey:
    """A key that signs in its token."""

    vault: TokenVault
    purpose: str
    public: PublicKey

    @property
    def kind(self) -> KeyKind:
        """What it signs with."""
        return self.public.kind

    @property
    def key_id(self) -> str:
        """The id of the public key."""
        return self.public.key_id

    @property
    def public_bytes(self) -> bytes:
        """The raw public key."""
        return self.public.raw

    def sign(self, message: bytes) -> bytes:
        """64 bytes of signature."""
        return self.vault.sign(self.purpose, self.public, message)


def _halves(session: "Session", purpose: str, public: PublicKey) -> list[Any]:
    """The public and the private half of a key, or nothing."""
    from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415

    labelled = {Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.LABEL: purpose}
    for found in list(session.get_objects(labelled)):  # a token answers one search at a time
        if _public_key(found, public.kind) == public:
            named = {Attribute.LABEL: purpose, Attribute.ID: found[Attribute.ID]}
            return list(session.get_objects(named))
    return []


def _public_key(half: Any, kind: KeyKind) -> PublicKey:
    """The key of a token's EC_POINT: most tokens wrap the point in a DER octet string, some do not."""
    from pkcs11 import Attribute  # noqa: PLC0415

    point = bytes(half[Attribute.EC_POINT])
    if point[:1] == b"\x04" and len(point) == 2 + point[1]:
        point = point[2:]
    if kind is KeyKind.P256:
        point = bytes([2 + (point[-1] & 1)]) + point[1:33]
    return PublicKey(kind, point)
