"""Keys in a PKCS #11 token (SoftHSM): made there, used there, never taken out."""

import json
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from jobtwin.config.environment import read_environment
from jobtwin.core.errors import BadInput, Conflict, NotFound, OutsideFailure
from jobtwin.proofs.credential import issue_credential
from jobtwin.proofs.did import did_document
from jobtwin.proofs.keys import ISSUER_ED25519, ISSUER_P256, KeyRing
from jobtwin.proofs.token_vault import TokenAddress, TokenVault, token_address
from tests.proofs.exam import HOUSE, NOW, claims, verify

pytestmark = pytest.mark.host

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
LABEL, PIN = "exam-house", "648219"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenAddress]:
    """A fresh token. SoftHSM reads its settings once a process, so that all tests share it."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    former = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    make = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", PIN]
    subprocess.run(make, check=True, capture_output=True)
    yield TokenAddress(MODULE, LABEL, PIN)
    del os.environ["SOFTHSM2_CONF"]
    if former is not None:
        os.environ["SOFTHSM2_CONF"] = former


@pytest.fixture(scope="module")
def ring(token: TokenAddress, tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    """A ring whose private halves are in the token."""
    made = KeyRing(tmp_path_factory.mktemp("ring") / "keys", TokenVault(token))
    made.init([ISSUER_ED25519, ISSUER_P256], now=NOW - timedelta(days=9))
    return made


def test_credentials_are_signed_inside_the_token(ring: KeyRing) -> None:
    ed25519, p256 = ring.load(ISSUER_ED25519), ring.load(ISSUER_P256)
    issued = issue_credential(
        claims(), HOUSE.profile, ed25519=ed25519, p256=p256, now=NOW - timedelta(minutes=50)
    )
    did = did_document(HOUSE.profile, [*ring.list(), *HOUSE.records()])

    assert verify(issued.document, did=did).valid
    assert verify(issued.token, did=did).valid
    assert [path.name for path in ring.folder.iterdir()] == ["ring.json"]
    assert PIN not in repr(ed25519) + (ring.folder / "ring.json").read_text()


def test_a_private_half_cannot_be_taken_out(ring: KeyRing, token: TokenAddress) -> None:
    import pkcs11

    assert ring.load(ISSUER_P256)
    with pkcs11.lib(str(MODULE)).get_token(token_label=LABEL).open(user_pin=PIN) as session:
        for half in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY}):
            with pytest.raises(pkcs11.AttributeSensitive):
                _ = half[pkcs11.Attribute.VALUE]


def test_rotated_retired_and_revoked_keys_leave_the_token(token: TokenAddress, tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys", TokenVault(token))
    ring.init([ISSUER_ED25519, ISSUER_P256], now=NOW - timedelta(days=9))
    former = ring.load(ISSUER_P256)
    fresh = ring.rotate(ISSUER_P256, now=NOW)
    with pytest.raises(NotFound, match="holds no key"):
        former.sign(b"x")
    assert ring.load(ISSUER_P256).key_id == fresh.id
    ring.retire(fresh.id, now=NOW)
    lost = ring.load(ISSUER_ED25519).key_id
    ring.revoke(lost, at=NOW, reason="the token was left in a train")
    for purpose in (ISSUER_P256, ISSUER_ED25519):
        with pytest.raises(NotFound, match="no active key"):
            ring.load(purpose)
    with pytest.raises(Conflict, match="revoked already"):
        ring.retire(lost, now=NOW)


def test_threads_take_turns(ring: KeyRing) -> None:
    key = ring.load(ISSUER_ED25519)
    public = next(one.public_key for one in ring.list() if one.id == key.key_id)
    with ThreadPoolExecutor(8) as pool:
        signatures = list(pool.map(lambda _: key.sign(b"message"), range(24)))
    assert all(public.holds(one, b"message") for one in signatures)


@pytest.mark.parametrize(
    ("address", "error"),
    [
        (TokenAddress(MODULE, LABEL, "000000"), BadInput),
        (TokenAddress(MODULE, "another", PIN), BadInput),
        (TokenAddress(Path("/nowhere.so"), LABEL, PIN), OutsideFailure),
    ],
)
def test_a_token_that_cannot_be_opened_is_named(
    token: TokenAddress, ring: KeyRing, address: TokenAddress, error: type[Exception]
) -> None:
    assert token
    with pytest.raises(error, match="the token") as told:
        KeyRing(ring.folder, TokenVault(address)).load(ISSUER_P256)
    assert address.pin not in str(told.value)


def test_a_key_is_retired_even_where_its_token_is_gone(token: TokenAddress, tmp_path: Path) -> None:
    KeyRing(tmp_path / "keys", TokenVault(token)).init([ISSUER_P256], now=NOW - timedelta(days=9))
    gone = KeyRing(tmp_path / "keys", TokenVault(TokenAddress(token.module, "another", PIN)))
    (key,) = gone.list()
    with pytest.raises(BadInput, match="NoSuchToken"):
        gone.retire(key.id, now=NOW)
    assert [one.state for one in gone.list()] == ["retired"]


def test_the_environment_names_the_token(token: TokenAddress, ring: KeyRing, tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    pin.write_text(f"{PIN}\n")
    pin.chmod(0o400)
    named = {
        "JOBTWIN_HOME": str(tmp_path / "home"),
        "JOBTWIN_KEYS": str(ring.folder),
        "JOBTWIN_SECRET_KEY": "x",
        "JOBTWIN_PKCS11_MODULE": str(MODULE),
        "JOBTWIN_PKCS11_TOKEN": LABEL,
        "JOBTWIN_PKCS11_PIN_FILE": str(pin),
    }
    found = read_environment(named)
    assert found.key_token == token
    assert PIN not in repr(found)
    assert found.key_ring().load(ISSUER_P256).key_id == ring.load(ISSUER_P256).key_id
    assert json.loads((ring.folder / "ring.json").read_text())["keys"]


@pytest.mark.parametrize(
    "values",
    [
        {"JOBTWIN_PKCS11_MODULE": "x.so"},
        {"JOBTWIN_PKCS11_PIN": "1"},
        {"JOBTWIN_PKCS11_MODULE": "x.so", "JOBTWIN_PKCS11_TOKEN": "x"},
        {
            "JOBTWIN_PKCS11_MODULE": "x.so",
            "JOBTWIN_PKCS11_TOKEN": "x",
            "JOBTWIN_PKCS11_PIN": "1",
            "JOBTWIN_PKCS11_PIN_FILE": "y",
        },
    ],
)
def test_a_token_named_in_part_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="a token is named by"):
        token_address(values)
    assert token_address({}) is None
