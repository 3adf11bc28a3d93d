"""Where the private halves of keys are kept, and what signs with them.

    Vault            create, load, delete: what a key management service has to offer
    ├── FileVault    one closed PEM file a key
    └── TokenVault   a PKCS #11 token, whose keys never leave it (`proofs.token_vault`)

Ed25519 signs the message itself; P-256 signs its SHA-256 and answers `r || s` (64 bytes), which `low_s`
brings to its one spelling.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from jobtwin.core.errors import BadInput
from jobtwin.proofs.data_integrity import Signer
from jobtwin.proofs.key import KeyKind, PublicKey, Random, SigningKey
from jobtwin.proofs.private_file import read_private, write_private


class Key(Signer, Protocol):
    """What signs: `kind`, `key_id`, `public_bytes` (as notes name it) and `sign`."""

    @property
    def public_bytes(self) -> bytes:
        """The raw public key."""


class Vault(Protocol):
    """Keeps private halves by purpose and public key. Everything here may raise BadInput and NotFound."""

    def create(self, purpose: str, kind: KeyKind, random: Random) -> PublicKey:
        """Make a key and keep its private half; a vault may use a better randomness of its own."""

    def load(self, purpose: str, public: PublicKey) -> Key:
        """The key that signs for a public one."""

    def delete(self, purpose: str, public: PublicKey) -> None:
        """Destroy a private half. One that is not there any more is no error."""


@dataclass(frozen=True)
class FileVault:
    """One file `<purpose>.<id>.pem` of mode 600 a key, in a folder of mode 700."""

    folder: Path

    def create(self, purpose: str, kind: KeyKind, random: Random) -> PublicKey:
        """A fresh key in a file of its own. Raises BadInput where the random bytes gave it before."""
        key = SigningKey.generate(kind, random)
        path = self._path(purpose, key.public)
        if path.exists():
            raise BadInput(f"the source of randomness gave the key {key.key_id} a second time")
        write_private(path, key.pem())
        return key.public

    def load(self, purpose: str, public: PublicKey) -> SigningKey:
        """The key of a file. Raises BadInput where the file is open to others or holds another key."""
        path = self._path(purpose, public)
        key = SigningKey.from_pem(read_private(path))
        if key.public != public:
            raise BadInput(f"{path} does not hold the key that its name says")
        return key

    def delete(self, purpose: str, public: PublicKey) -> None:
        """Delete the file."""
        self._path(purpose, public).unlink(missing_ok=True)

    def _path(self, purpose: str, public: PublicKey) -> Path:
        return self.folder / f"{purpose}.{public.key_id}.pem"
