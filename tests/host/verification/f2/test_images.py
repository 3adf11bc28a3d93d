"""The store of base images on the real tools, with images of a few bytes."""

import json
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from jobtwin.core.errors import BadInput, NotFound
from jobtwin.verification.f2.images import ImageStore
from jobtwin.verification.f2.layout import make_layout
from jobtwin.verification.f2.reference import parse_reference

pytestmark = [pytest.mark.host, pytest.mark.containers]

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def root_file_system(folder: Path, text: str = "x") -> Path:
    """A folder that looks like a root file system with Python."""
    binaries = folder / "usr" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python3").symlink_to("python3.11")
    (binaries / "text").write_text(text)
    return folder


def packed(folder: Path, into: Path, mode: str = "w") -> Path:
    with tarfile.open(into, mode) as tar:  # type: ignore[call-overload]  # one of tarfile's modes
        tar.add(folder, ".")
    return into


def test_every_kind_of_source_gives_an_image(tmp_path: Path) -> None:
    root = root_file_system(tmp_path / ".Odd name_" / "root")
    plain = packed(root, tmp_path / "plain.tar")
    layout = make_layout(packed(root, tmp_path / "layer.tar"), tmp_path / "layout")
    sources = {
        "folder": root,
        "plain": plain,
        "zipped": packed(root, tmp_path / "root.tgz", "w:gz"),
        "layout": layout,
        "archive": packed(layout, tmp_path / "image.tar"),
    }
    store = ImageStore(tmp_path / "store")

    for name, source in sources.items():
        assert store.add(name, str(source), now=NOW).python == "3.11", name

    found = store.find(parse_reference("plain"))
    assert found is not None
    assert found.size == plain.stat().st_size


def test_a_name_moves_to_a_new_image_and_the_last_name_takes_the_image_along(tmp_path: Path) -> None:
    store = ImageStore(tmp_path / "store")
    first = store.add("a:1", str(root_file_system(tmp_path / "one")), now=NOW)
    assert store.add("b:1", "a:1", now=NOW).id == first.id

    second = store.add("a:1", str(root_file_system(tmp_path / "two", "y")), now=NOW)

    assert {image.id: image.names for image in store.images()} == {
        first.id: ("docker.io/library/b:1",),
        second.id: ("docker.io/library/a:1",),
    }
    store.remove("b:1")
    assert [image.id for image in store.images()] == [second.id]
    kept = json.loads((store.storage / "overlay-images" / "images.json").read_text())
    assert [one["id"] for one in kept] == [second.id]


def test_what_is_no_image_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    store = ImageStore(tmp_path / "store")

    for name, source in (("a", "gone"), ("oci:/etc", str(tmp_path)), ("a", str(tmp_path))):
        with pytest.raises(BadInput):
            store.add(name, source, now=NOW)
    with pytest.raises(NotFound):
        store.remove("a")
    assert store.images() == ()


def test_the_command_adds_lists_and_removes(tmp_path: Path) -> None:
    from jobtwin.cli.images import command

    root = root_file_system(tmp_path / "root")
    environment = {"JOBTWIN_IMAGES": str(tmp_path / "store")}

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(command, arguments, env=environment, catch_exceptions=False)
        assert done.exit_code == 0
        return done.output

    assert run("add", "python:3.11-slim", str(root)).startswith("python:3.11-slim  ")
    assert "Python 3.11  python:3.11-slim" in run("list")
    assert json.loads(run("list", "--json"))[0]["names"] == ["docker.io/library/python:3.11-slim"]
    assert run("remove", "python:3.11-slim") == "removed python:3.11-slim with its image\n"
    assert run("list") == ""


def test_adding_leaves_nothing_mounted(tmp_path: Path) -> None:
    ImageStore(tmp_path / "store").add("a", str(root_file_system(tmp_path / "root")), now=NOW)

    mounts = subprocess.run(["findmnt", "-rno", "TARGET"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in mounts
