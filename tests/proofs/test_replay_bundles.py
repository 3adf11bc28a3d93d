"""Evidence bundles: same content, same bytes; any change is noticed, hostile files are refused."""

import io
import json
import struct
import zipfile
from pathlib import Path

import pytest

from jobtwin.core.errors import BadDocument, BadInput
from jobtwin.proofs.replay_bundle import BundleLimits, open_replay_bundle, write_replay_bundle

FILES: dict[str, bytes | Path] = {"report.json": b'{"a": 1.5}', "ledgers/one/keys.json": b"{}"}
FACTS = {"commit": "c" * 40, "brief": "sha256:x"}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A small bundle."""
    path = tmp_path / "replay.jobtwin"
    write_replay_bundle(path, FACTS, FILES)
    return path


def rewritten(bundle: Path, change: dict[str, bytes | None], compression: int = zipfile.ZIP_STORED) -> Path:
    """A copy with members changed, added or (None) left out."""
    path = bundle.with_name("other")
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(path, "w", compression) as new:
        members: dict[str, bytes | None] = {one: old.read(one) for one in old.namelist()}
        for name, data in (members | change).items():
            if data is not None:
                new.writestr(name, data)
    return path


def test_what_was_written_is_read(bundle: Path, tmp_path: Path) -> None:
    found = open_replay_bundle(bundle)
    assert found.names() == ("ledgers/one/keys.json", "report.json")
    assert found.json("report.json") == {"a": 1.5}
    assert found.manifest["commit"] == "c" * 40
    assert found.copy("ledgers", tmp_path / "out") == ("one/keys.json",)
    with pytest.raises(BadDocument, match=r"holds no draft\.json"):
        found.read("draft.json")


def test_the_same_content_gives_the_same_bytes(bundle: Path) -> None:
    other = bundle.with_name("again")
    write_replay_bundle(other, FACTS, dict(reversed(FILES.items())))
    assert other.read_bytes() == bundle.read_bytes()


@pytest.mark.parametrize(
    "change", [{"report.json": b"{}"}, {"report.json": None}, {"extra.json": b"{}"}, {"manifest.json": b"{}"}]
)
def test_any_change_of_a_member_is_noticed(bundle: Path, change: dict[str, bytes | None]) -> None:
    with pytest.raises(BadDocument):
        open_replay_bundle(rewritten(bundle, change))


@pytest.mark.parametrize(
    "name", ["../escape", "/etc/passwd", "a/../../b", "a\\b", "a//b", "-x", "a\nb", "a/b/c/d"]
)
def test_a_name_that_could_lead_elsewhere_is_refused(bundle: Path, name: str) -> None:
    with pytest.raises(BadDocument, match="plain names"):
        open_replay_bundle(rewritten(bundle, {name: b"x"}))


def test_a_compressed_member_is_refused_before_it_is_unpacked(bundle: Path) -> None:
    with pytest.raises(BadDocument, match="stored"):
        open_replay_bundle(rewritten(bundle, {"zeros": b"\0" * 10**7}, zipfile.ZIP_DEFLATED))


def test_too_much_is_refused(bundle: Path) -> None:
    for limits in (BundleLimits(max_bytes=10), BundleLimits(max_members=1), BundleLimits(max_manifest=5)):
        with pytest.raises(BadDocument) as caught:
            open_replay_bundle(bundle, limits)
        assert caught.value.code == "TOO_LARGE"
    with pytest.raises(BadDocument, match="more than 3"):
        open_replay_bundle(bundle, BundleLimits(max_json=3)).json("report.json")


@pytest.mark.parametrize(
    "data", [b"", b"PK\5\6" + b"\0" * 18, b"x" * 100, b"PK\3\4" + b"\0" * 50, struct.pack("<I", 7) * 99]
)
def test_another_file_is_no_bundle(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(BadDocument):
        open_replay_bundle(path)
    with pytest.raises(BadInput):
        open_replay_bundle(tmp_path / "none")


@pytest.mark.parametrize("text", [b"[]", b"1", b"{", b"[" * 100_000, b"\xff"])
def test_a_member_that_is_no_object_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "b"
    write_replay_bundle(path, FACTS, {"report.json": text})
    with pytest.raises(BadDocument, match=r"report\.json"):
        open_replay_bundle(path).json("report.json")


def test_every_flipped_bit_of_the_content_is_noticed(bundle: Path) -> None:
    data = bundle.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        info = container.getinfo("report.json")
    at = info.header_offset + 30 + len("report.json")
    for offset in range(info.file_size):
        changed = bytearray(data)
        changed[at + offset] ^= 1
        bundle.write_bytes(changed)
        with pytest.raises(BadDocument):
            open_replay_bundle(bundle)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        write_replay_bundle(tmp_path / "file" / "b", FACTS, FILES)


def test_the_manifest_names_a_digest_for_every_file(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as container:
        manifest = json.loads(container.read("manifest.json"))
    assert set(manifest["files"]) == set(FILES)
