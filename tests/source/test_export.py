"""Writing a tree out: bytes as they are, links last, facts for what differs."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from jobtwin.core.errors import OutsideFailure
from jobtwin.source.export import LFS_POINTER, Export, write_tree
from jobtwin.source.tree import Entry, MemoryTree


def written(
    files: Mapping[str, bytes], into: Path, *, modes: Mapping[str, str], submodules: tuple[str, ...] = ()
) -> Export:
    tree = MemoryTree(files, modes=modes)
    return write_tree(tree.entries(), submodules, lambda entry: files[entry.path], into)


def test_files_are_written_byte_for_byte_with_their_executable_bit(tmp_path: Path) -> None:
    files = {"a/b": b"\0\r\n$Id$\r\n", "run": b"#!/bin/sh\n", "empty": b""}
    export = written(files, tmp_path / "out", modes={"run": "100755"})
    assert {path: (export.root / path).read_bytes() for path in files} == files
    assert [oct((export.root / path).stat().st_mode & 0o777) for path in ("a/b", "run")] == ["0o644", "0o755"]
    assert (export.files, export.bytes, export.facts) == (3, 19, {})


def test_a_link_inside_is_a_link_and_one_outside_is_a_file_and_a_fact(tmp_path: Path) -> None:
    files = {"a/f": b"x", "in": b"a/f", "up": b"../x", "abs": b"/etc/passwd", "raw": b"\xff", "via": b"abs"}
    links = dict.fromkeys(("in", "up", "abs", "raw", "via"), "120000")
    export = written(files, tmp_path / "out", modes=links)
    assert (export.root / "in").readlink() == Path("a/f")
    assert export.links == ("in",)
    assert export.facts == {"links_outside": ["abs", "raw", "up", "via"]}
    for path in export.links_as_text:
        assert not (export.root / path).is_symlink()
        assert (export.root / path).read_bytes() == files[path]


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    target = os.fsencode(outside)
    entries = (Entry("a", "120000", len(target), "1"), Entry("a/x", "100644", 4, "2"))
    contents = {"1": target, "2": b"evil"}
    with pytest.raises(OutsideFailure):
        write_tree(entries, (), lambda entry: contents[entry.blob], tmp_path / "out")
    assert list(outside.iterdir()) == []


def test_pointers_of_large_files_and_submodules_are_facts(tmp_path: Path) -> None:
    pointer = LFS_POINTER + b"oid sha256:" + b"0" * 64 + b"\nsize 5\n"
    export = written(
        {"model.bin": pointer, "x": b"1"}, tmp_path / "out", modes={}, submodules=("vendor/lib",)
    )
    assert export.facts == {"lfs_pointers": ["model.bin"], "submodules": ["vendor/lib"]}
    assert (export.root / "model.bin").read_bytes() == pointer
    assert list((export.root / "vendor/lib").iterdir()) == []


def test_a_folder_that_holds_something_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep")
    with pytest.raises(ValueError, match="empty folder"):
        written({"mine": b"gone"}, tmp_path, modes={})
    assert (tmp_path / "mine").read_text() == "keep"
