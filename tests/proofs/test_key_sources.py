"""Keys from the environment: the folder's keys, closed files, nothing shown, nothing forgotten."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from jobtwin.core.errors import BadInput, Conflict, NotFound
from jobtwin.proofs.credential import document_bytes, issue_credential
from jobtwin.proofs.did import did_document, jwks
from jobtwin.proofs.key import KeyKind, SigningKey
from jobtwin.proofs.key_source import EnvironmentKeys, HeldKeys, parse_records, records_document, variable
from jobtwin.proofs.keys import (
    ISSUER_ED25519,
    ISSUER_P256,
    LEDGER,
    PLATFORM_PURPOSES,
    PURPOSES,
    RECEIPT,
    KeyRing,
)
from tests.proofs.exam import HOUSE, NOW, claims, seeded, verify


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """A ring with the platform's keys, one of them rotated."""
    made = KeyRing(tmp_path / "keys")
    made.init(PLATFORM_PURPOSES, now=NOW - timedelta(days=9), random=seeded("sources"))
    made.rotate(ISSUER_ED25519, now=NOW - timedelta(days=8), random=seeded("rotated"))
    return made


def pem(ring: KeyRing, purpose: str) -> str:
    return next(ring.folder.glob(f"{purpose}.*.pem")).read_text()


def environment(ring: KeyRing, folder: Path) -> EnvironmentKeys:
    """The same keys as variables: P-256 as a mounted file, the others as values in one line."""
    public, secret = folder / "keys.json", folder / "secret"
    public.write_bytes(document_bytes(records_document(ring.list())))
    secret.write_bytes(pem(ring, ISSUER_P256).encode())
    secret.chmod(0o400)
    values = {
        variable(purpose): pem(ring, purpose).replace("\n", "\\n")
        for purpose in (ISSUER_ED25519, LEDGER, RECEIPT)
    }
    return EnvironmentKeys(public, values | {f"{variable(ISSUER_P256)}_FILE": str(secret)})


def test_the_environment_gives_the_keys_of_the_folder(ring: KeyRing, tmp_path: Path) -> None:
    source = environment(ring, tmp_path)

    assert source.list() == ring.list()
    assert [source.load(one).key_id for one in PURPOSES if one != "witness"] == [
        ring.load(one).key_id for one in PURPOSES if one != "witness"
    ]
    assert did_document(HOUSE.profile, source.list()) == did_document(HOUSE.profile, ring.list())
    assert jwks(HOUSE.profile, source.list()) == jwks(HOUSE.profile, ring.list())


def test_nothing_of_a_key_is_shown(ring: KeyRing, tmp_path: Path) -> None:
    source = environment(ring, tmp_path)

    shown = repr(source) + repr(source.load(LEDGER)) + json.dumps(records_document(source.list()))
    assert "PRIVATE" not in shown
    assert all(value.split("\\n")[1] not in shown for value in source.variables.values() if "\\n" in value)


def test_a_key_that_the_public_list_does_not_call_active_is_refused(ring: KeyRing, tmp_path: Path) -> None:
    source = environment(ring, tmp_path)
    ring.rotate(LEDGER, now=NOW)
    source.public_list.write_bytes(document_bytes(records_document(ring.list())))

    with pytest.raises(BadInput, match="does not list as active"):
        source.load(LEDGER)


@pytest.mark.parametrize("mode", [0o444, 0o460, 0o602])
def test_a_secret_file_that_others_can_open_is_refused(ring: KeyRing, tmp_path: Path, mode: int) -> None:
    source = environment(ring, tmp_path)
    (tmp_path / "secret").chmod(mode)

    with pytest.raises(BadInput, match="others cannot open"):
        source.load(ISSUER_P256)


def test_what_is_missing_or_said_twice_is_named(ring: KeyRing, tmp_path: Path) -> None:
    source = environment(ring, tmp_path)
    name = variable(ISSUER_P256)

    with pytest.raises(NotFound, match="JOBTWIN_KEY_WITNESS"):
        source.load("witness")
    with pytest.raises(BadInput, match="no such purpose"):
        source.load("mine")
    with pytest.raises(NotFound, match="cannot be read"):
        EnvironmentKeys(tmp_path / "none", {}).list()
    with pytest.raises(NotFound, match="cannot be read"):
        EnvironmentKeys(source.public_list, {f"{name}_FILE": str(tmp_path / "none")}).load(ISSUER_P256)
    with pytest.raises(BadInput, match="both set"):
        EnvironmentKeys(source.public_list, {name: "x", f"{name}_FILE": "y"}).load(ISSUER_P256)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"keys": 1}', b'{"keys": [1]}', b'{"keys": [{"x": 1}]}'])
def test_another_file_is_no_public_list(data: bytes) -> None:
    with pytest.raises(BadInput, match="not a list of public keys"):
        parse_records(data, name="keys.json")


class Service:
    """A key management service: it signs and never shows its key."""

    def __init__(self, key: SigningKey) -> None:
        self._key, self.asked = key, 0

    @property
    def kind(self) -> KeyKind:
        return self._key.kind

    @property
    def key_id(self) -> str:
        return self._key.key_id

    def sign(self, message: bytes) -> bytes:
        self.asked += 1
        return self._key.sign(message)


def test_a_service_that_only_signs_can_issue_both_envelopes() -> None:
    ed25519, p256 = Service(HOUSE.ed25519), Service(HOUSE.p256)
    issued = issue_credential(
        claims(), HOUSE.profile, ed25519=ed25519, p256=p256, now=NOW - timedelta(minutes=1)
    )

    assert verify(issued.document).valid
    assert verify(issued.token).valid
    assert (ed25519.asked, p256.asked) == (1, 1)


def test_a_key_is_revoked_once_and_with_its_reason(ring: KeyRing) -> None:
    key_id = ring.load(LEDGER).key_id
    record = ring.revoke(key_id, at=NOW, reason="stolen")

    assert (record.state, record.reason) == ("revoked", "stolen")
    assert ring.revoke(key_id, at=NOW, reason="stolen") == record
    with pytest.raises(Conflict, match="revoked already"):
        ring.revoke(key_id, at=NOW - timedelta(days=1))
    assert "stolen" not in json.dumps(did_document(HOUSE.profile, ring.list()))


def test_a_held_key_is_read_once_and_signs_no_more_after_a_rotation_or_a_revocation(ring: KeyRing) -> None:
    held = HeldKeys()
    first = held.load(ring, LEDGER)
    assert held.load(ring, LEDGER) is first

    ring.rotate(LEDGER, now=NOW, random=seeded("held"))
    second = held.load(ring, LEDGER)
    assert second.key_id == ring.load(LEDGER).key_id != first.key_id

    ring.revoke(second.key_id, at=NOW, reason="lost")
    with pytest.raises(NotFound):
        held.load(ring, LEDGER)


def test_a_held_key_of_the_environment_follows_the_public_list(ring: KeyRing, tmp_path: Path) -> None:
    source, held = environment(ring, tmp_path), HeldKeys()
    first = held.load(source, LEDGER)
    assert held.load(source, LEDGER) is first

    ring.retire(first.key_id, now=NOW)
    source.public_list.write_bytes(document_bytes(records_document(ring.list())))
    with pytest.raises(BadInput):
        held.load(source, LEDGER)


def test_a_held_key_is_refused_once_others_can_open_its_folder(ring: KeyRing) -> None:
    held = HeldKeys()
    held.load(ring, LEDGER)
    ring.folder.chmod(0o755)
    with pytest.raises(BadInput):
        held.load(ring, LEDGER)
