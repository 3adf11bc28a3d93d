"""Archives: what comes out is a pinned commit; what a stranger could hide in one is refused with words."""

import io
import stat
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from jobtwin.core.errors import BadSource
from jobtwin.source.address import TERMINAL, parse_source
from jobtwin.source.archive import ArchiveLimits, archive_as_repository, unpack
from jobtwin.source.repository import fetch

SMALL = ArchiveLimits(files=50, file_bytes=2_000_000, total_bytes=5_000_000, seconds=30)
FILES = {"app/main.py": b"print('hi')\n", "README.md": b"# App\n"}


def zipped(files: Mapping[str, bytes], **attributes: int) -> bytes:
    """A zip of files in that order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for key, value in attributes.items():
                setattr(info, key, value)
            archive.writestr(info, content)
    return out.getvalue()


def tarred(files: Mapping[str, bytes], mode: str = "w:gz", **members: tarfile.TarInfo) -> bytes:
    """A tar of files, and of ready-made members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]  # a plain mode
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in members.values():
            archive.addfile(info)
    return out.getvalue()


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def refused(tmp_path: Path, content: bytes, limits: ArchiveLimits = SMALL) -> BadSource:
    file = tmp_path / "work.bin"
    file.write_bytes(content)
    with pytest.raises(BadSource) as told:
        unpack(file, tmp_path / "out", limits)
    return told.value


def committed(tmp_path: Path, content: bytes) -> tuple[str, dict[str, bytes | None]]:
    file = tmp_path / "work.bin"
    file.write_bytes(content)
    into = tmp_path / "repository.git"
    commit = archive_as_repository(file, into, limits=SMALL, work=tmp_path / "work")
    assert not (tmp_path / "work").exists()
    pinned = tmp_path / "pinned.git"
    with fetch(parse_source(str(into), TERMINAL), commit=commit, into=pinned) as tree:
        return commit, {one.path: tree.read(one.path) for one in tree.entries()}


def test_a_zip_and_a_tar_of_the_same_files_are_the_same_commit(tmp_path: Path) -> None:
    found = []
    for name, content in {
        "zip": zipped(FILES),
        "gz": tarred(FILES),
        "tar": tarred(FILES, "w:"),
        "folder": zipped({f"my-app/{path}": text for path, text in FILES.items()}),
        "litter": zipped({**FILES, ".git/config": b"[core]", "__MACOSX/app/._main.py": b"x"}),
    }.items():
        folder = tmp_path / name
        folder.mkdir()
        found.append(committed(folder, content))
    assert all(one == found[0] for one in found)
    assert found[0][1] == FILES


def test_a_zip_bomb_is_refused_while_it_comes_out(tmp_path: Path) -> None:
    bomb = zipped({"zeros": b"\0" * 4_000_000})
    assert len(bomb) < 5_000
    told = refused(tmp_path, bomb)
    assert (told.code, "comes out larger than 2000000" in told.message) == ("too_large", True)


def test_a_bomb_that_lies_about_its_size_is_refused_all_the_same(tmp_path: Path) -> None:
    content = zipped({"zeros": b"\0" * 4_000_000}).replace((4_000_000).to_bytes(4, "little"), b"\x0a\0\0\0")
    assert refused(tmp_path, content).code in ("too_large", "bad_source")


def test_many_files_that_are_small_apart_and_large_together_are_refused(tmp_path: Path) -> None:
    told = refused(tmp_path, zipped({f"{n}": b"\0" * 1_900_000 for n in range(3)}))
    assert "in all" in told.message


@pytest.mark.parametrize(
    "content",
    [
        zipped({"link": b"/etc/passwd"}, external_attr=(stat.S_IFLNK | 0o777) << 16),
        tarred(FILES, link=link("link", "/etc/passwd")),
        tarred(FILES, link=link("link", "README.md")),
        tarred(FILES, link=link("link", "README.md", tarfile.LNKTYPE)),
        tarred(FILES, fifo=link("pipe", "", tarfile.FIFOTYPE)),
        tarred(FILES, device=link("disk", "", tarfile.BLKTYPE)),
    ],
    ids=["zip link", "tar link out", "tar link in", "hard link", "fifo", "device"],
)
def test_links_and_special_files_are_refused_by_name(tmp_path: Path, content: bytes) -> None:
    assert "link or a special file" in refused(tmp_path, content).message
    assert not (tmp_path / "out" / "link").exists()


@pytest.mark.parametrize(
    "names",
    [
        ["/etc/passwd"], ["../up"], ["a/../../up"], ["C:\\windows"], ["a\\b"], ["a//b"], ["README", "readme"],
        ["src/a", "SRC/b"], ["a", "a/b"], ["git~1/config"], ["x" * 300], ["/".join("a" * 60)],
    ],
    ids=str,
)  # fmt: skip
def test_paths_that_lead_elsewhere_or_collide_are_refused(tmp_path: Path, names: list[str]) -> None:
    assert refused(tmp_path, zipped(dict.fromkeys(names, b"x"))).code in ("bad_path", "too_deep")


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"PK\x03\x04", zipped(FILES)[:-30], tarred(FILES)[:60]],
    ids=["nothing", "text", "a zip's first bytes", "a zip without its end", "a tar without its end"],
)
def test_what_is_no_whole_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "archive" in refused(tmp_path, content).message


def test_a_broken_index_is_the_archives_fault_and_never_ours(tmp_path: Path) -> None:
    cut = zipped(FILES)[9:]  # its index now points before the file's start
    nameless = bytearray(zipped({"a": b"x"}))
    lengths = nameless.index(b"PK\x01\x02") + 28
    nameless[lengths : lengths + 4] = b"\0\0\1\0"  # the name's one byte belongs to the extra field
    for number, content in enumerate((cut, bytes(nameless))):
        (tmp_path / str(number)).mkdir()
        assert "pack it anew" in refused(tmp_path / str(number), content).message


def test_too_many_files_and_none_at_all_are_refused(tmp_path: Path) -> None:
    assert "more than 50 files" in refused(tmp_path, zipped({f"{n}": b"" for n in range(51)})).message


def test_an_archive_of_nothing_but_litter_is_refused(tmp_path: Path) -> None:
    assert "no files" in refused(tmp_path, zipped({".git/x": b""})).message
