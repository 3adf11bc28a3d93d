"""Work folders go with their verifier; files stay below their folder."""

from pathlib import Path

import pytest

from jobtwin.verification.cgroups import PREFIX
from jobtwin.verification.workspace import reap_folders, work_folder, write_files


def test_a_work_folder_is_private_and_gone_at_the_end(tmp_path: Path) -> None:
    with work_folder(tmp_path / "work") as folder:
        (folder / "file").write_text("x")
        assert folder.stat().st_mode & 0o077 == 0

    assert list((tmp_path / "work").iterdir()) == []


def test_folders_of_verifiers_that_are_gone_are_reaped(tmp_path: Path) -> None:
    gone = tmp_path / f"{PREFIX}999999999-1-aa"
    (gone / "tree").mkdir(parents=True)
    with work_folder(tmp_path) as mine:
        assert reap_folders(tmp_path) == 1
        assert mine.exists()

    assert not gone.exists()
    assert reap_folders(tmp_path / "missing") == 0


def test_files_are_written_by_path(tmp_path: Path) -> None:
    write_files({"a/b.py": b"1", "c.py": b"2"}, tmp_path / "into")

    assert (tmp_path / "into/a/b.py").read_bytes() == b"1"


@pytest.mark.parametrize("path", ["/etc/x", "../x", "a/../../x", "a//b", "./x"])
def test_a_path_that_leaves_its_folder_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="not a path inside"):
        write_files({path: b""}, tmp_path)
