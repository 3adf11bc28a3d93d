"""Repositories that are too large, too deep or too many, however small they look."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jobtwin.source.address import Source
from jobtwin.source.limits import FetchLimits
from jobtwin.source.repository import fetch
from tests.host.source.forge import FILE, FOLDER, Forge, incompressible
from tests.host.source.refusals import SMALL, nested, refused

pytestmark = pytest.mark.host
Local = Callable[[Forge], Source]


def test_a_deep_tree_is_too_deep(forge: Forge, tmp_path: Path, local: Local) -> None:
    forge.commit(nested(forge, 5))
    assert refused(local(forge), tmp_path / "a") == "too_deep"
    forge.commit(nested(forge, 4))
    assert len(fetch(local(forge), into=tmp_path / "b", limits=SMALL).entries()) == 1


def test_a_long_path_is_too_deep(forge: Forge, tmp_path: Path, local: Local) -> None:
    forge.commit(nested(forge, 3, b"n" * 60))
    assert refused(local(forge), tmp_path / "kept") == "too_deep"


def test_a_tree_nested_thousands_deep_is_too_deep(forge: Forge, tmp_path: Path, local: Local) -> None:
    forge.commit(nested(forge, 5_000))
    assert refused(local(forge), tmp_path / "kept") == "too_deep"


@pytest.mark.parametrize("leaf", ["file", "nothing"])
def test_a_tree_that_repeats_itself_is_too_large_at_once(
    leaf: str, forge: Forge, tmp_path: Path, local: Local
) -> None:
    oid = forge.tree([(FILE, b"f", forge.blob(b"x"))] if leaf == "file" else [])
    for _ in range(12):
        oid = forge.tree([(FOLDER, b"d%d" % number, oid) for number in range(10)])
    forge.commit(oid)
    began = time.monotonic()
    assert refused(local(forge), tmp_path / "kept", FetchLimits()) == "too_large"
    assert time.monotonic() - began < 10


def test_too_many_files_are_too_large(forge: Forge, tmp_path: Path, local: Local) -> None:
    forge.commit_files({f"f{number}": b"" for number in range(51)})
    assert refused(local(forge), tmp_path / "kept") == "too_large"


def test_a_huge_file_is_too_large_however_well_it_packs(forge: Forge, tmp_path: Path, local: Local) -> None:
    forge.commit_files({"zeros": bytes(FetchLimits().file_bytes + 1)})
    assert refused(local(forge), tmp_path / "kept", FetchLimits()) == "too_large"


def test_many_files_that_are_too_large_together_are_refused(
    forge: Forge, tmp_path: Path, local: Local
) -> None:
    forge.commit_files({f"f{number}": b"x" * 4900 for number in range(3)})
    assert refused(local(forge), tmp_path / "kept") == "too_large"


def test_a_pack_beyond_the_limit_is_stopped_while_it_is_written(
    forge: Forge, tmp_path: Path, local: Local
) -> None:
    forge.commit_files({"noise": incompressible(600_000)})
    assert refused(local(forge), tmp_path / "kept", FetchLimits(pack_bytes=200_000)) == "too_large"


def test_an_object_that_needs_more_memory_than_allowed_is_refused(
    forge: Forge, tmp_path: Path, local: Local
) -> None:
    name = b"n" * 200
    blob = forge.blob(b"")
    forge.commit(forge.tree([(FILE, b"%s%06d" % (name, number), blob) for number in range(300_000)]))
    limits = FetchLimits(memory_bytes=60 * 1024 * 1024)
    assert refused(local(forge), tmp_path / "kept", limits) == "too_large"
