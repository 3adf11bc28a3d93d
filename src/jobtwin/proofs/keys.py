"""Key rings: the list of all keys that ever were, and a vault with the private halves of the active ones.

    ring.json                  every key: purpose, id, public key, dates; in a folder closed to others
    a vault                    files beside it, or a PKCS #11 token (`proofs.vault`)

A rotated key loses its private half and keeps its line, so that what it signed stays verifiable. A
compromised key is marked with a time: no signature by it is believed from then on, whatever date the
signed document gives, because whoever holds the key also writes the dates.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from jobtwin.core.errors import BadInput, Conflict, NotFound
from jobtwin.core.instant import parse_utc, utc_text
from jobtwin.proofs.key import KeyKind, PublicKey, Random
from jobtwin.proofs.private_file import file_version, read_private, require_private, write_private
from jobtwin.proofs.vault import FileVault, Key, Vault

ISSUER_ED25519 = "issuer-ed25519"
ISSUER_P256 = "issuer-p256"
LEDGER = "ledger"
RECEIPT = "receipt"
WITNESS = "witness"

PURPOSES = {
    ISSUER_ED25519: KeyKind.ED25519,
    ISSUER_P256: KeyKind.P256,
    LEDGER: KeyKind.ED25519,
    RECEIPT: KeyKind.ED25519,
    WITNESS: KeyKind.ED25519,
}
PLATFORM_PURPOSES = (ISSUER_ED25519, ISSUER_P256, LEDGER, RECEIPT)
"""What the platform holds itself; the witness key belongs in another folder, on another machine."""

_INDEX = "ring.json"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """The public side of one key. `public` is a Multikey text; dates are UTC text, empty where not so.

    `reason` says to the operator why a key was revoked; it is not published.
    """

    purpose: str
    id: str
    public: str
    created: str
    retired: str = ""
    revoked: str = ""
    reason: str = ""

    @property
    def state(self) -> str:
        """In a word: active, retired or revoked."""
        return "revoked" if self.revoked else "retired" if self.retired else "active"

    @property
    def active(self) -> bool:
        """True where the key may still sign."""
        return not self.retired and not self.revoked

    @property
    def public_key(self) -> PublicKey:
        return PublicKey.from_multikey(self.public)

    @property
    def revoked_at(self) -> datetime | None:
        """When the key counts as compromised, or None."""
        return parse_utc(self.revoked) if self.revoked else None


class KeyRing:
    """The keys of one folder, their private halves in `vault` (default: files of that folder).

    Raises BadInput where others than the owner can read it.
    """

    def __init__(self, folder: Path, vault: Vault | None = None) -> None:
        self.folder = folder
        self._vault: Vault = FileVault(folder) if vault is None else vault

    def init(
        self, purposes: Iterable[str], *, now: datetime, random: Random = secrets.token_bytes
    ) -> tuple[KeyRecord, ...]:
        """Make a key for each purpose that has no active one; the active keys of these purposes."""
        wanted = tuple(purposes)
        for purpose in wanted:
            _kind(purpose)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked():
            records = list(self._read())
            active = {record.purpose for record in records if record.active}
            for purpose in wanted:
                if purpose not in active:
                    records.append(self._create(purpose, now, random))
                    active.add(purpose)
            self._write(records)
            return tuple(record for record in records if record.active and record.purpose in wanted)

    def list(self) -> tuple[KeyRecord, ...]:
        """Every key that ever was, oldest first. Raises NotFound where the folder holds no ring."""
        require_private(self.folder)
        if not (self.folder / _INDEX).exists():
            raise NotFound(f"{self.folder} holds no keys; make them with `jobtwin keys init`")
        return self._read()

    def load(self, purpose: str) -> Key:
        """The active key of a purpose. Raises NotFound, or BadInput where the vault does not hold it."""
        _kind(purpose)
        for record in self.list():
            if record.purpose == purpose and record.active:
                return self._vault.load(purpose, record.public_key)
        raise NotFound(f"no active key for {purpose} in {self.folder}")

    def version(self) -> tuple[object, ...]:
        """The file of the list, as it is now. Raises NotFound; BadInput where others can open the folder."""
        require_private(self.folder)
        return file_version(self.folder / _INDEX)

    def rotate(self, purpose: str, *, now: datetime, random: Random = secrets.token_bytes) -> KeyRecord:
        """A fresh key for a purpose; the former one is retired and its private half deleted."""
        _kind(purpose)
        with self._locked():
            fresh = self._create(purpose, now, random)
            former = self._read()
            kept = [
                replace(record, retired=utc_text(now))
                if record.purpose == purpose and record.active
                else record
                for record in former
            ]
            self._write([*kept, fresh])
            for record in kept:
                if record.purpose == purpose:
                    self._vault.delete(purpose, record.public_key)
        return fresh

    def retire(self, key_id: str, *, now: datetime) -> KeyRecord:
        """End a key without a successor; what it signed stays valid. Raises NotFound, Conflict."""
        with self._locked():
            found = self._found(key_id)
            if not found.active:
                raise Conflict(f"this key is {found.state} already, since {found.revoked or found.retired}")
            return self._end(found, replace(found, retired=utc_text(now)))

    def revoke(self, key_id: str, *, at: datetime, reason: str = "") -> KeyRecord:
        """Mark a key as compromised since `at` and delete its private half. Raises NotFound, Conflict."""
        with self._locked():
            found = self._found(key_id)
            if found.revoked and found.revoked != utc_text(at):
                raise Conflict(f"this key is revoked already, since {found.revoked}")
            return self._end(found, replace(found, revoked=utc_text(at), reason=reason[:1000]))

    def _found(self, key_id: str) -> KeyRecord:
        for record in self._read():
            if record.id == key_id:
                return record
        raise NotFound(f"no key {key_id[:60]} in {self.folder}")

    def _end(self, former: KeyRecord, ended: KeyRecord) -> KeyRecord:
        """Keep the line of a key as it is now, and delete the private half."""
        self._write([ended if record == former else record for record in self._read()])
        self._vault.delete(former.purpose, former.public_key)
        return ended

    def _create(self, purpose: str, now: datetime, random: Random) -> KeyRecord:
        public = self._vault.create(purpose, _kind(purpose), random)
        return KeyRecord(purpose, public.key_id, public.multikey(), utc_text(now))

    def _read(self) -> tuple[KeyRecord, ...]:
        path = self.folder / _INDEX
        if not path.exists():
            return ()
        try:
            document = json.loads(read_private(path))
            return tuple(KeyRecord(**record) for record in document["keys"])
        except (ValueError, TypeError, KeyError) as error:
            raise BadInput(f"{path} is not a list of keys") from error

    def _write(self, records: Iterable[KeyRecord]) -> None:
        document = {"version": 1, "keys": [asdict(record) for record in records]}
        write_private(self.folder / _INDEX, json.dumps(document, indent=1).encode() + b"\n")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, across processes; the lock is on the folder itself."""
        require_private(self.folder)
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _kind(purpose: str) -> KeyKind:
    if purpose not in PURPOSES:
        raise BadInput(f"no such purpose of a key: {purpose[:60]!r}; there are {', '.join(PURPOSES)}")
    return PURPOSES[purpose]
