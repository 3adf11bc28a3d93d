"""Where keys come from: a ring with its vault, or the environment.

KeySource            list() -> public records, load(purpose) -> Key
├── KeyRing          a list and a vault (`proofs.keys`, `proofs.vault`): makes, rotates and ends keys
└── EnvironmentKeys  secrets that a platform hands over: values or files, beside a public list
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from jobtwin.core.errors import BadInput, NotFound
from jobtwin.proofs.key import SigningKey
from jobtwin.proofs.keys import PURPOSES, KeyRecord
from jobtwin.proofs.private_file import file_version, secret_file
from jobtwin.proofs.vault import Key

RECORDS_LIMIT = 1_000_000
PREFIX = "JOBTWIN_KEY_"
PUBLIC_KEYS = "JOBTWIN_PUBLIC_KEYS"


class KeySource(Protocol):
    """Every key that ever was, and the active one of a purpose."""

    def list(self) -> tuple[KeyRecord, ...]:
        """The public side of every key, oldest first. Raises NotFound, BadInput."""

    def load(self, purpose: str) -> Key:
        """The active key of a purpose. Raises NotFound where there is none, BadInput."""

    def version(self) -> tuple[object, ...]:
        """Another one as soon as the list of keys is another one. Raises NotFound."""


class HeldKeys:
    """Active keys kept in memory until their list changes, so that no file is parsed for each signature.

    A rotated or revoked key signs no more from the next signature on: the list is looked at every time.
    """

    def __init__(self) -> None:
        self._held: dict[str, tuple[tuple[object, ...], Key]] = {}

    def load(self, source: KeySource, purpose: str) -> Key:
        """The active key of a purpose. Raises NotFound where there is none, BadInput."""
        version = source.version()
        found = self._held.get(purpose)
        if found is None or found[0] != version:
            found = self._held[purpose] = (version, source.load(purpose))
        return found[1]


@dataclass(frozen=True)
class EnvironmentKeys:
    """Keys from variables: `JOBTWIN_KEY_<PURPOSE>` (PEM) or `..._FILE`, and the public list of all keys.

    `variables` are those whose name begins with PREFIX; they are not shown by `repr`. The list is the
    `keys.json` of `jobtwin keys export`: without it retired keys would leave the DID document.
    """

    public_list: Path
    variables: Mapping[str, str] = field(repr=False)

    def list(self) -> tuple[KeyRecord, ...]:
        """The records of the public list. Raises NotFound, BadInput."""
        try:
            data = self.public_list.read_bytes()[: RECORDS_LIMIT + 1]
        except OSError as error:
            raise NotFound(f"{PUBLIC_KEYS}: {self.public_list} cannot be read: {error.strerror}") from error
        return parse_records(data, name=str(self.public_list))

    def load(self, purpose: str) -> SigningKey:
        """The key of a variable. Raises NotFound; BadInput where it is not the active one of the list."""
        if purpose not in PURPOSES:
            raise BadInput(f"no such purpose of a key: {purpose[:60]!r}; there are {', '.join(PURPOSES)}")
        name = variable(purpose)
        key = SigningKey.from_pem(self._secret(name))
        for record in self.list():
            if record.purpose == purpose and record.active and record.id == key.key_id:
                return key
        raise BadInput(
            f"{name} holds {key.key_id}, which {PUBLIC_KEYS} does not list as active for {purpose}"
        )

    def version(self) -> tuple[object, ...]:
        """The file of the public list, as it is now. Raises NotFound."""
        return file_version(self.public_list)

    def _secret(self, name: str) -> bytes:
        value, path = self.variables.get(name, ""), self.variables.get(f"{name}_FILE", "")
        if value and path:
            raise BadInput(f"{name} and {name}_FILE are both set; use one")
        if value:
            return value.replace("\\n", "\n").encode()
        if path:
            return secret_file(Path(path))
        raise NotFound(f"no active key: neither {name} nor {name}_FILE is set")


def variable(purpose: str) -> str:
    """The variable that holds a purpose's key: `issuer-p256` is in JOBTWIN_KEY_ISSUER_P256."""
    return PREFIX + purpose.upper().replace("-", "_")


def records_document(records: tuple[KeyRecord, ...]) -> dict[str, object]:
    """The public list of all keys, as `keys.json` holds it."""
    return {"version": 1, "keys": [asdict(record) for record in records]}


def parse_records(data: bytes, *, name: str) -> tuple[KeyRecord, ...]:
    """The records of a public list. Raises BadInput."""
    try:
        found = json.loads(data)["keys"]
        records = tuple(KeyRecord(**{key: str(value) for key, value in one.items()}) for one in found)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadInput(f"{name} is not a list of public keys") from error
    if len(data) > RECORDS_LIMIT:
        raise BadInput(f"{name} is larger than {RECORDS_LIMIT} bytes")
    return records
