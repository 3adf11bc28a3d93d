"""Keys and key rings: one spelling, closed files, rotation that forgets nothing public."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.errors import BadDocument, BadInput, NotFound
from jobtwin.proofs.encoding import base58_decode, base58_encode, base64url_decode, base64url_encode
from jobtwin.proofs.key import P256_ORDER, KeyKind, PublicKey, SigningKey, low_s
from jobtwin.proofs.keys import (
    ISSUER_ED25519,
    ISSUER_P256,
    LEDGER,
    PLATFORM_PURPOSES,
    PURPOSES,
    WITNESS,
    KeyRing,
)
from tests.proofs.exam import HOUSE, NOW, seeded


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """A ring with the platform's keys."""
    made = KeyRing(tmp_path / "keys")
    made.init(PLATFORM_PURPOSES, now=NOW, random=seeded("ring"))
    return made


def test_a_ring_holds_a_key_for_each_purpose(ring: KeyRing) -> None:
    assert [record.purpose for record in ring.list()] == list(PLATFORM_PURPOSES)
    for record in ring.list():
        key = ring.load(record.purpose)
        assert key.kind is PURPOSES[record.purpose]
        assert key.key_id == record.id == record.public_key.key_id
        assert record.public_key.holds(key.sign(b"x"), b"x")
        assert not record.public_key.holds(key.sign(b"x"), b"y")


def test_a_second_init_changes_nothing(ring: KeyRing) -> None:
    before = ring.list()

    assert ring.init(PLATFORM_PURPOSES, now=NOW + timedelta(days=1)) == before
    assert ring.list() == before


def test_the_same_randomness_gives_the_same_keys(tmp_path: Path) -> None:
    first, second = (
        KeyRing(tmp_path / name).init([ISSUER_P256, WITNESS], now=NOW, random=seeded("one")) for name in "ab"
    )

    assert first == second
    assert KeyRing(tmp_path / "c").init([ISSUER_P256], now=NOW) != first[:1]


def test_a_source_that_repeats_itself_is_noticed(ring: KeyRing) -> None:
    with pytest.raises(BadInput, match="second time"):
        ring.rotate(ISSUER_ED25519, now=NOW, random=seeded("ring"))


def test_files_are_closed_to_others(ring: KeyRing) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in ring.folder.iterdir()}

    assert stat.S_IMODE(ring.folder.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert len(modes) == 1 + len(PLATFORM_PURPOSES)


def test_files_are_closed_whatever_the_umask_says(tmp_path: Path) -> None:
    former = os.umask(0)
    try:
        KeyRing(tmp_path / "keys").init([LEDGER], now=NOW)
    finally:
        os.umask(former)

    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()} == {0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_can_open_is_refused(ring: KeyRing, mode: int) -> None:
    path = next(ring.folder.glob(f"{LEDGER}.*.pem"))
    path.chmod(mode)

    with pytest.raises(BadInput, match="chmod 600") as refused:
        ring.load(LEDGER)

    assert refused.value.code == "open_permissions"
    assert ring.load(ISSUER_P256)


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o777])
def test_a_folder_that_others_can_open_is_refused(ring: KeyRing, mode: int) -> None:
    ring.folder.chmod(mode)

    with pytest.raises(BadInput, match="chmod 700"):
        ring.load(LEDGER)
    with pytest.raises(BadInput, match="chmod 700"):
        ring.rotate(LEDGER, now=NOW)
    with pytest.raises(BadInput, match="chmod 700"):
        ring.list()


def test_links_are_not_followed(ring: KeyRing, tmp_path: Path) -> None:
    path = next(ring.folder.glob(f"{LEDGER}.*.pem"))
    path.rename(tmp_path / "elsewhere.pem")
    path.symlink_to(tmp_path / "elsewhere.pem")

    with pytest.raises(BadInput, match="link"):
        ring.load(LEDGER)


def test_exchanged_key_files_are_noticed(ring: KeyRing) -> None:
    mine = next(ring.folder.glob(f"{LEDGER}.*.pem"))
    mine.write_bytes(next(ring.folder.glob(f"{ISSUER_ED25519}.*.pem")).read_bytes())

    with pytest.raises(BadInput, match="does not hold"):
        ring.load(LEDGER)
    mine.write_bytes(b"x")
    with pytest.raises(BadInput, match="PEM"):
        ring.load(LEDGER)


def test_rotation_keeps_the_public_half_and_deletes_the_private_one(ring: KeyRing) -> None:
    former = ring.load(ISSUER_P256)

    fresh = ring.rotate(ISSUER_P256, now=NOW + timedelta(days=1), random=seeded("next"))

    assert ring.load(ISSUER_P256).key_id == fresh.id != former.key_id
    kept = next(record for record in ring.list() if record.id == former.key_id)
    assert (kept.active, kept.retired) == (False, "2026-11-24T12:00:00.000000Z")
    assert not list(ring.folder.glob(f"*{former.key_id}*"))
    assert [record.id for record in ring.list() if record.active and record.purpose == ISSUER_P256] == [
        fresh.id
    ]


def test_a_compromised_key_is_marked_and_signs_no_more(ring: KeyRing) -> None:
    bad = ring.load(ISSUER_ED25519).key_id

    marked = ring.revoke(bad, at=NOW)

    assert marked.revoked_at == NOW
    with pytest.raises(NotFound, match="no active key"):
        ring.load(ISSUER_ED25519)
    with pytest.raises(NotFound):
        ring.revoke("unknown", at=NOW)
    assert ring.init([ISSUER_ED25519], now=NOW)[0].id != bad


def test_what_is_no_ring_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        KeyRing(tmp_path / "nowhere").list()
    (tmp_path / "empty").mkdir(mode=0o700)
    with pytest.raises(NotFound, match="keys init"):
        KeyRing(tmp_path / "empty").load(LEDGER)
    with pytest.raises(BadInput, match="purpose"):
        KeyRing(tmp_path / "empty").init(["signing"], now=NOW)
    broken = tmp_path / "empty" / "ring.json"
    broken.write_text("[]")
    broken.chmod(0o600)
    with pytest.raises(BadInput, match="list of keys"):
        KeyRing(tmp_path / "empty").list()


def test_a_key_shows_nothing_of_itself() -> None:
    assert repr(HOUSE.p256) == f"SigningKey(p256, {HOUSE.p256.key_id})"
    assert "private" not in repr(HOUSE.ed25519).lower()


# -- spellings


def test_the_thumbprint_of_rfc_8037_comes_out() -> None:
    key = PublicKey.from_jwk(
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    )

    assert key.key_id == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("key", [HOUSE.ed25519.public, HOUSE.p256.public], ids=lambda key: key.kind)
def test_a_public_key_reads_what_it_wrote(key: PublicKey) -> None:
    assert PublicKey.from_jwk(key.jwk()) == key
    assert PublicKey.from_multikey(key.multikey()) == key
    assert SigningKey.from_pem(HOUSE.p256.pem()).public == HOUSE.p256.public
    with pytest.raises(BadDocument):
        PublicKey.from_jwk({**key.jwk(), "x": key.jwk()["x"][:-1] + "="})
    with pytest.raises(BadDocument):
        PublicKey.from_jwk({**key.jwk(), "crv": "P-384"})
    with pytest.raises(BadDocument, match="private"):
        PublicKey.from_jwk({**key.jwk(), "d": "x"})
    for text in (
        "",
        "z",
        key.multikey()[:-1],
        key.multikey()[1:],
        "z0",
        "z" + "1" * 500,
        "u" + key.multikey()[1:],
    ):
        with pytest.raises(BadDocument):
            PublicKey.from_multikey(text)


def test_a_point_that_is_not_on_the_curve_is_no_key() -> None:
    jwk = HOUSE.p256.public.jwk()

    with pytest.raises(BadDocument):
        PublicKey.from_jwk({**jwk, "y": HOUSE.ed25519.public.jwk()["x"]})


def test_of_the_two_values_of_s_one_is_accepted() -> None:
    signature = HOUSE.p256.sign(b"x")
    s = P256_ORDER - int.from_bytes(signature[32:], "big")
    other = signature[:32] + s.to_bytes(32, "big")

    assert HOUSE.p256.public.holds(signature, b"x")
    assert not HOUSE.p256.public.holds(other, b"x")
    assert low_s(other) == signature
    assert not HOUSE.p256.public.holds(b"", b"x")
    assert not HOUSE.ed25519.public.holds(bytes(64), b"x")


@given(st.binary(max_size=80))
def test_every_encoding_reads_what_it_wrote(data: bytes) -> None:
    assert base58_decode(base58_encode(data)) == data
    assert base64url_decode(base64url_encode(data)) == data


@given(st.text(alphabet="ABCDEFZabcz0129-_=+/ \n", max_size=12))
def test_no_text_but_its_own_is_read(text: str) -> None:
    for decode, encode in ((base58_decode, base58_encode), (base64url_decode, base64url_encode)):
        try:
            data = decode(text)
        except ValueError:
            continue
        assert encode(data) == text


def test_a_draw_beyond_the_order_of_the_curve_is_thrown_away() -> None:
    draws = [b"\xff" * 32, bytes(32), b"\x01" * 32]

    assert SigningKey.generate(KeyKind.P256, lambda _: draws.pop(0)).kind is KeyKind.P256
    assert draws == []
