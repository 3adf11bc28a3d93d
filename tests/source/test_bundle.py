"""The header of a bundle: one commit, no prerequisites, nothing else."""

from pathlib import Path

import pytest

from jobtwin.core.errors import BadSource
from jobtwin.source.bundle import open_bundle

SHA1, SHA256 = b"a" * 40, b"b" * 64
REF = b" refs/jobtwin/submission\n"


@pytest.mark.parametrize(
    ("header", "commit"),
    [
        (b"# v2 git bundle\n" + SHA1 + REF + b"\n", SHA1),
        (b"# v3 git bundle\n@object-format=sha256\n" + SHA256 + REF + b"\n", SHA256),
    ],
)
def test_a_bundle_is_opened_at_its_pack(header: bytes, commit: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(header + b"PACK...")
    with open_bundle(tmp_path / "x") as (found, file):
        assert found == commit.decode()
        assert file.read() == b"PACK..."


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PACK",
        b"# v4 git bundle\n",
        b"# v2 git bundle\n" + SHA256 + REF + b"\n",
        b"# v3 git bundle\n@object-format=sha256\n" + SHA1 + REF + b"\n",
        b"# v3 git bundle\n@filter=blob:none\n" + SHA1 + REF + b"\n",
        b"# v2 git bundle\n-" + SHA1 + b" parent\n" + SHA1 + REF + b"\n",
        b"# v2 git bundle\n" + SHA1 + b" refs/heads/main\n\n",
        b"# v2 git bundle\n" + SHA1 + REF + SHA1 + b" refs/heads/main\n\n",
        b"# v2 git bundle\n" + b"a" * 10_000,
    ],
)
def test_any_other_file_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(BadSource), open_bundle(tmp_path / "x"):
        raise AssertionError("opened")
