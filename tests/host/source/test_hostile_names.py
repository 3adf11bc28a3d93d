"""File names made to harm whoever writes them out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jobtwin.source.address import Source
from jobtwin.source.repository import fetch
from tests.host.source.forge import FILE, FOLDER, LINK, Forge
from tests.host.source.refusals import refused

pytestmark = pytest.mark.host
Local = Callable[[Forge], Source]


@pytest.mark.parametrize(
    "name",
    [
        b".git",
        b".GIT",
        b".Git",
        b"git~1",
        b".git ",
        b".git.",
        b".git::$INDEX_ALLOCATION",
        ".g\u200cit".encode(),
        b"..",
        b".",
        b"",
        b"/etc",
        b"a/b",
        b"..\\x",
        b"caf\xe9",
        b"\xff\xfe",
        b"C:\\x",
    ],
)
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_name_that_is_dangerous_somewhere_is_a_bad_path(
    name: bytes, kind: str, forge: Forge, tmp_path: Path, local: Local
) -> None:
    blob = forge.blob(b"#!/bin/sh\n")
    item = (FILE, name, blob) if kind == "file" else (FOLDER, name, forge.tree([(FILE, b"config", blob)]))
    forge.commit(forge.tree([item, (FILE, b"README", blob)]))
    assert refused(local(forge), tmp_path / "kept") == "bad_path"


@pytest.mark.parametrize(
    "names",
    [
        (b"a", b"A"),
        ("caf\u00e9".encode(), "cafe\u0301".encode()),
        (b"same", b"same"),
    ],
)
def test_names_that_collide_are_a_bad_path(
    names: tuple[bytes, bytes], forge: Forge, tmp_path: Path, local: Local
) -> None:
    blob = forge.blob(b"x")
    folder = forge.tree([(FILE, b"f", blob)])
    forge.commit(forge.tree([(LINK, names[0], forge.blob(b".git")), (FOLDER, names[1], folder)]))
    assert refused(local(forge), tmp_path / "kept") == "bad_path"


def test_odd_but_harmless_names_are_kept(forge: Forge, tmp_path: Path, local: Local) -> None:
    names = [
        "-rf",
        "--help",
        "a b",
        "line\nbreak",
        "tab\t",
        "\x1b[2J",
        "$(id)",
        "'\"",
        "caf\u00e9",
        "...",
        "*",
    ]
    forge.commit_files({name: name.encode() for name in names})
    repository = fetch(local(forge), into=tmp_path / "kept")
    export = repository.export(tmp_path / "out")
    assert sorted(path.name for path in export.root.iterdir()) == sorted(names)
    assert all(repository.read(name) == name.encode() for name in names)
