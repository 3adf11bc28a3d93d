"""Settings and references, and a layout made of a root file system."""

import hashlib
import json
import tarfile
from dataclasses import fields
from pathlib import Path

import pytest

from jobtwin.core.errors import BadInput
from jobtwin.verification.f2.images import Image, ImageStore
from jobtwin.verification.f2.layout import make_layout, transport_of
from jobtwin.verification.f2.reference import parse_reference
from jobtwin.verification.f2.settings import ContainerSettings
from jobtwin.verification.f2.wheels import pip_variables


def test_every_limit_can_be_set_by_its_name(tmp_path: Path) -> None:
    environ = {
        "JOBTWIN_IMAGES": "/store",
        "JOBTWIN_CONTAINER_BUILD_SECONDS": "7.5",
        "JOBTWIN_CONTAINER_PROCESSES": "9",
        "JOBTWIN_CONTAINER_REGISTRIES": "a.org, b.org",
    }
    settings = ContainerSettings.from_environment(environ, cache=tmp_path)

    assert (settings.images, settings.build_seconds, settings.processes) == (Path("/store"), 7.5, 9)
    assert settings.registries == ("a.org", "b.org")
    assert ContainerSettings.from_environment({}, cache=tmp_path).images == tmp_path / "images"


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
def test_a_limit_that_is_no_number_above_zero_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(BadInput, match=r"(?i)processes"):
        ContainerSettings.from_environment({"JOBTWIN_CONTAINER_PROCESSES": value}, cache=tmp_path)


def test_writable_files_lie_in_memory_so_they_cannot_exceed_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="disk_bytes may not exceed"):
        ContainerSettings(tmp_path, memory_bytes=10, disk_bytes=11)


@pytest.mark.parametrize(
    ("text", "name", "familiar"),
    [
        ("python", "docker.io/library/python:latest", "python:latest"),
        ("team/app:1", "docker.io/team/app:1", "team/app:1"),
        ("host.org/a/b", "host.org/a/b:latest", "host.org/a/b:latest"),
        ("HOST.org:5000/a", "host.org:5000/a:latest", "host.org:5000/a:latest"),
    ],
)
def test_names_are_normalised_as_the_grammar_says(text: str, name: str, familiar: str) -> None:
    reference = parse_reference(text)

    assert (reference.name, reference.familiar) == (name, familiar)


@pytest.mark.parametrize(
    "text", ["", "Python", "a//b", "a:b:c", "a@sha256:1", "-x", "a/../b", "x" * 400, "Team/app"]
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_reference(text)


def test_a_layout_is_addressed_by_content(tmp_path: Path) -> None:
    layer = tmp_path / "root.tar"
    layer.write_bytes(b"layer")

    layout = make_layout(layer, tmp_path / "layout")

    index = json.loads((layout / "index.json").read_text())
    manifest = (
        layout / "blobs/sha256" / index["manifests"][0]["digest"].removeprefix("sha256:")
    ).read_bytes()
    assert f"sha256:{hashlib.sha256(manifest).hexdigest()}" == index["manifests"][0]["digest"]
    blob = layout / "blobs/sha256" / json.loads(manifest)["layers"][0]["digest"].removeprefix("sha256:")
    assert blob.read_bytes() == b"layer"


def test_a_source_is_known_by_what_it_holds(tmp_path: Path) -> None:
    archive = tmp_path / "a:b.tar"
    with tarfile.open(archive, "w") as tar:
        tar.addfile(tarfile.TarInfo("./manifest.json"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    assert transport_of(archive, scratch) == f"docker-archive:{scratch / 'image.tar'}"
    (tmp_path / "junk").write_bytes(b"no archive")
    for source in (tmp_path / "junk", tmp_path / "scratch", tmp_path / "gone"):
        with pytest.raises(BadInput):
            transport_of(source, scratch)


def test_a_digest_finds_an_image_only_where_it_is_its_own(tmp_path: Path) -> None:
    image = Image("a" * 64, ("docker.io/library/x:1",), 1, "", "")
    document = [{"id": image.id, "names": list(image.names), "size": 1, "python": "", "added": ""}]
    (tmp_path / "names.json").write_text(json.dumps(document))
    store = ImageStore(tmp_path)

    assert store.find(parse_reference("x:1")) == image
    assert store.find(parse_reference(f"x:1@sha256:{'a' * 64}")) == image
    assert store.find(parse_reference(f"x:1@sha256:{'b' * 64}")) is None
    assert store.find(parse_reference("x:2")) is None


def test_the_operators_index_reaches_pip_under_its_own_names(tmp_path: Path) -> None:
    given = {
        "UV_DEFAULT_INDEX": "https://i.org",
        "UV_FIND_LINKS": "/a,/b",
        "SSL_CERT_FILE": "/c",
        "https_proxy": "p",
    }

    found = pip_variables(given, home=tmp_path)

    assert (
        found.items()
        >= {"PIP_INDEX_URL": "https://i.org", "PIP_FIND_LINKS": "/a /b", "PIP_CERT": "/c"}.items()
    )
    assert (found["https_proxy"], found["HOME"], "UV_DEFAULT_INDEX" in found) == ("p", str(tmp_path), False)


def test_every_setting_is_documented(tmp_path: Path) -> None:
    document = (Path(__file__).parents[3] / "docs" / "containers.md").read_text()

    missing = [one.name for one in fields(ContainerSettings) if f"| `{one.name}` |" not in document]

    assert missing == ["images"]  # it stands in the text, as JOBTWIN_IMAGES
    assert "JOBTWIN_IMAGES" in document
