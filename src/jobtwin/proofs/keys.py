"""Key rings: a folder of private keys that nobody but its owner can read, and the list of public ones.

    ring.json                  every key that ever was: purpose, id, public key, dates
    <purpose>.<id>.pem         the private key of each active one

A rotated key loses its private half and keeps its line, so that what it signed stays verifiable. A
compromised key is marked with a time: no signature by it is believed from then on, whatever date the
signed document gives, because whoever holds the key also writes the dates.
"""

import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from jobtwin.core.errors import BadInput, Conflict, NotFound
from jobtwin.core.instant import parse_utc, utc_text
from jobtwin.proofs.key import KeyKind, PublicKey, Random, SigningKey

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
_INDEX_LIMIT = 1_000_000


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
    """The keys of one folder. Raises BadInput where others than the owner can read it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

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
        _require_private(self.folder)
        if not (self.folder / _INDEX).exists():
            raise NotFound(f"{self.folder} holds no keys; make them with `jobtwin keys init`")
        return self._read()

    def load(self, purpose: str) -> SigningKey:
        """The active private key of a purpose. Raises NotFound, or BadInput where the file is not its key."""
        _kind(purpose)
        for record in self.list():
            if record.purpose == purpose and record.active:
                path = self._path(record)
                key = SigningKey.from_pem(_read_private(path))
                if key.key_id != record.id:
                    raise BadInput(f"{path} does not hold the key that its name says")
                return key
        raise NotFound(f"no active key for {purpose} in {self.folder}")

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
                if not record.active:
                    self._path(record).unlink(missing_ok=True)
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
        self._path(former).unlink(missing_ok=True)
        return ended

    def _path(self, record: KeyRecord) -> Path:
        return self.folder / f"{record.purpose}.{record.id}.pem"

    def _create(self, purpose: str, now: datetime, random: Random) -> KeyRecord:
        key = SigningKey.generate(_kind(purpose), random)
        record = KeyRecord(purpose, key.key_id, key.public.multikey(), utc_text(now))
        if self._path(record).exists():
            raise BadInput(f"the source of randomness gave the key {record.id} a second time")
        _write_private(self._path(record), key.pem())
        return record

    def _read(self) -> tuple[KeyRecord, ...]:
        path = self.folder / _INDEX
        if not path.exists():
            return ()
        try:
            document = json.loads(_read_private(path))
            return tuple(KeyRecord(**record) for record in document["keys"])
        except (ValueError, TypeError, KeyError) as error:
            raise BadInput(f"{path} is not a list of keys") from error

    def _write(self, records: Iterable[KeyRecord]) -> None:
        document = {"version": 1, "keys": [asdict(record) for record in records]}
        _write_private(self.folder / _INDEX, json.dumps(document, indent=1).encode() + b"\n")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, across processes; the lock is on the folder itself."""
        _require_private(self.folder)
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


def _require_private(path: Path) -> None:
    """Raises BadInput unless the path is the owner's own and closed to group and others."""
    try:
        found = path.lstat()
    except OSError as error:
        raise NotFound(f"no keys at {path}: {error.strerror}") from error
    if not (stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)):
        raise BadInput(f"{path} is a link or a special file; keys are read from plain ones")
    if found.st_uid != os.geteuid():
        raise BadInput(f"{path} belongs to another user", code="open_permissions")
    if found.st_mode & 0o077:
        mode = "700" if stat.S_ISDIR(found.st_mode) else "600"
        raise BadInput(
            f"{path} can be opened by others (mode {found.st_mode & 0o777:o}); close it with chmod {mode}, "
            "and rotate its keys if somebody may have read them",
            code="open_permissions",
        )


def _read_private(path: Path) -> bytes:
    _require_private(path.parent)
    _require_private(path)
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        return file.read(_INDEX_LIMIT)


def _write_private(path: Path, data: bytes) -> None:
    """Write a file of mode 600 as a whole or not at all; it is never readable by others, nor half there."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
