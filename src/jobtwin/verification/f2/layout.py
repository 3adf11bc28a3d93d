"""OCI image layouts: what kind of source an operator named, and a layout made of a root file system.

Source: the OCI image specification, image-layout.md, manifest.md and config.md (version 1.0).
"""

import hashlib
import json
import platform
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

from jobtwin.core.errors import BadInput, OutsideFailure

_CHUNK = 1024 * 1024
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_MEMBERS = 200_000


def transport_of(source: Path, scratch: Path) -> str:
    """What to hand a container tool for a source; a root file system becomes a layout below `scratch`.

    Raises BadInput where the source is no OCI layout, no archive of images and no root file system.
    """
    if source.is_dir():
        if (source / "oci-layout").is_file():
            return _archived(source, scratch)
        if (source / "usr").is_dir():
            tree = scratch / "root.tar"
            _pack(source, tree)
            return _archived(make_layout(tree, scratch / "layout"), scratch)
        raise BadInput(f"{source} is a folder, but no OCI layout (oci-layout) and no root file system (usr)")
    if not source.is_file():
        raise BadInput(f"there is no file, folder or stored image {str(source)!r}")
    names = _names_in(source)
    if "oci-layout" in names:
        return f"oci-archive:{_link(source, scratch)}"
    if "manifest.json" in names:
        return f"docker-archive:{_link(source, scratch)}"
    if any(name == "usr" or name.startswith("usr/") for name in names):
        plain = scratch / "root.tar"
        _unzip(source, plain)
        return _archived(make_layout(plain, scratch / "layout"), scratch)
    raise BadInput(f"{source} is no archive of an image nor of a root file system")


def _archived(layout: Path, scratch: Path) -> str:
    """As an archive: of a folder, the tool would take the path for a name and refuse most paths."""
    _pack(layout, scratch / "image.tar")
    return f"oci-archive:{scratch / 'image.tar'}"


def _link(source: Path, scratch: Path) -> Path:
    """Another path of the source, because a colon in its own would end it."""
    link = scratch / "image.tar"
    link.symlink_to(source.resolve())
    return link


def make_layout(layer: Path, into: Path) -> Path:
    """An OCI layout with one image of one layer: the tar archive `layer`, which is moved into it."""
    blobs = into / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    size, digest = layer.stat().st_size, _sha256(layer)
    layer.rename(blobs / digest)
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    config = {
        "architecture": machine,
        "os": "linux",
        "config": {"Env": [_PATH], "Cmd": ["/bin/sh"]},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": {"mediaType": _CONFIG, **_put(blobs, config)},
        "layers": [{"mediaType": _LAYER, "digest": f"sha256:{digest}", "size": size}],
    }
    index = {"schemaVersion": 2, "manifests": [{"mediaType": _MANIFEST, **_put(blobs, manifest)}]}
    (into / "index.json").write_text(json.dumps(index))
    (into / "oci-layout").write_text(json.dumps({"imageLayoutVersion": "1.0.0"}))
    return into.resolve()


def _put(blobs: Path, document: Mapping[str, object]) -> dict[str, object]:
    content = json.dumps(document, sort_keys=True).encode()
    digest = hashlib.sha256(content).hexdigest()
    (blobs / digest).write_bytes(content)
    return {"digest": f"sha256:{digest}", "size": len(content)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _names_in(archive: Path) -> set[str]:
    names: set[str] = set()
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                names.add(member.name.removeprefix("./").rstrip("/"))
                if len(names) >= _MEMBERS or names & {"oci-layout", "manifest.json"}:
                    break
    except (tarfile.TarError, OSError, EOFError) as error:
        raise BadInput(f"{archive} is not a tar archive") from error
    return names


def _unzip(archive: Path, into: Path) -> None:
    """The archive without compression: a layer's digest is that of its plain bytes."""
    with tarfile.open(archive) as tar, into.open("wb") as out:
        file = tar.fileobj
        if file is None:
            raise BadInput(f"{archive} cannot be read")
        file.seek(0)
        while chunk := file.read(_CHUNK):
            out.write(chunk)


def _pack(folder: Path, into: Path) -> None:
    """A root file system as a tar archive with its owners, as whoever may read it sees them."""
    options = ["--numeric-owner", "--sort=name", "--one-file-system"]
    done = subprocess.run(
        ["tar", *options, "-C", folder, "-cf", into, "."], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise OutsideFailure(f"{folder} could not be packed: {done.stderr.strip()[-200:]}", retry=False)
