"""The store of base images: the only images that a build may start from.

A folder with `storage` (a container store that every box mounts read-only, so that no check unpacks a
base image again) and `names.json`, which says what each image may be called. Whoever adds an image
vouches for it; nothing is ever pulled from a registry.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from jobtwin.core.errors import BadInput, NotFound, OutsideFailure
from jobtwin.core.instant import utc_text
from jobtwin.verification.dependencies.locking import FileLock
from jobtwin.verification.f2.layout import transport_of
from jobtwin.verification.f2.reference import Reference, parse_reference

_POLICY = {"default": [{"type": "insecureAcceptAnything"}]}
_PYTHONS = ("usr/local/bin/python3", "usr/bin/python3")


@dataclass(frozen=True, slots=True)
class Image:
    """A stored image: `id` (hex), every normalised name it answers to, bytes, and the minor version of
    its Python (`3.11`) or "" where it has none."""

    id: str
    names: tuple[str, ...]
    size: int
    python: str
    added: str

    @property
    def local(self) -> str:
        """The name under which a build finds it."""
        return f"localhost/jobtwin/{self.id[:32]}:base"


@dataclass(frozen=True)
class ImageStore:
    """The store below `folder`, made when the first image is added."""

    folder: Path

    @property
    def storage(self) -> Path:
        return self.folder / "storage"

    def images(self) -> tuple[Image, ...]:
        """All images, in the order of their first names."""
        try:
            document = json.loads((self.folder / "names.json").read_text())
        except FileNotFoundError:
            return ()
        found = [Image(**{**one, "names": tuple(one["names"])}) for one in document]
        return tuple(sorted(found, key=lambda one: one.names))

    def find(self, reference: Reference) -> Image | None:
        """The image of that name; a reference with a digest finds it only where the digest is the image's."""
        for one in self.images():
            if reference.name in one.names and reference.digest in {None, f"sha256:{one.id}"}:
                return one
        return None

    def add(self, name: str, source: str, *, now: datetime) -> Image:
        """Add an image under a name: SOURCE is an OCI layout, an archive, a root file system (folder or
        archive), or the name of a stored image, which then answers to both.

        Raises BadInput for a name or a source that is none of these, OutsideFailure where a tool fails.
        """
        reference = parse_reference(name)
        with self._alone():
            known = None if Path(source).exists() else self._named(source)
            image = known or self._import(Path(source), now)
            others = [_without(one, reference.name) for one in self.images() if one.id != image.id]
            kept = next((one for one in self.images() if one.id == image.id), image)
            image = replace(kept, names=tuple(sorted({*kept.names, reference.name})))
            for left in [one for one in others if not one.names]:
                self._buildah("rmi", "--force", left.id)
            self._write([*(one for one in others if one.names), image])
        return image

    def remove(self, name: str) -> Image:
        """Take a name away, and the image with its last one. Raises NotFound."""
        reference = parse_reference(name)
        with self._alone():
            image = self._named(reference.name)
            if image is None:
                raise NotFound(f"no image is called {reference.familiar}")
            left = _without(image, reference.name)
            if not left.names:
                self._buildah("rmi", "--force", image.id)
            others = [one for one in self.images() if one.id != image.id]
            self._write([*others, left] if left.names else others)
        return left

    def _named(self, name: str) -> Image | None:
        return self.find(parse_reference(name))

    def _import(self, source: Path, now: datetime) -> Image:
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="import-") as scratch:
            pulled = self._buildah(
                "pull", "--quiet", transport_of(source, Path(scratch)), scratch=Path(scratch)
            )
        image_id = pulled.split()[-1].removeprefix("sha256:")
        image = Image(image_id, (), self._size(image_id), self._python(image_id), utc_text(now))
        self._buildah("tag", image_id, image.local)
        return image

    def _size(self, image_id: str) -> int:
        described = json.loads(self._buildah("inspect", "--type", "image", image_id))
        manifest = json.loads(described["Manifest"])
        return sum(int(layer["size"]) for layer in manifest["layers"])

    def _python(self, image_id: str) -> str:
        container = self._buildah("from", "--pull=never", image_id).strip()
        try:
            root = Path(self._buildah("mount", container).strip())
            return next((found for each in _PYTHONS if (found := _minor(root / each))), "")
        finally:
            self._buildah("rm", container)

    def _write(self, images: list[Image]) -> None:
        fresh = self.folder / f"names.json.{os.getpid()}"
        fresh.write_text(json.dumps([asdict(one) for one in images], indent=1))
        fresh.replace(self.folder / "names.json")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "lock") as lock:
            lock.alone()
            yield

    def _buildah(self, *arguments: str, scratch: Path | None = None) -> str:
        """Raises OutsideFailure."""
        program = shutil.which("buildah")
        if program is None:
            raise OutsideFailure("buildah is not installed: install the package `buildah`", retry=False)
        policy = self.folder / "policy.json"
        policy.write_text(json.dumps(_POLICY))
        options = [
            "--root",
            str(self.storage),
            "--runroot",
            str(self.folder / "run"),
            "--storage-driver",
            "overlay",
        ]
        command = [program, *options, "--registries-conf", "/dev/null", *arguments]
        if arguments[0] == "pull":
            command[-1:-1] = ["--signature-policy", str(policy)]
        environment = {"PATH": os.defpath, "HOME": str(self.folder), "TMPDIR": str(scratch or self.folder)}
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, timeout=1800
        )
        if done.returncode != 0:
            said = (done.stderr.strip() or "no message").splitlines()[-1][-300:]
            raise OutsideFailure(f"buildah {arguments[0]} failed: {said}", retry=False)
        return done.stdout


def _without(image: Image, name: str) -> Image:
    return replace(image, names=tuple(one for one in image.names if one != name))


def _minor(python: Path) -> str:
    """`3.11` from what `python3` is a link to; nothing of the image is run."""
    try:
        target = python.readlink()
    except OSError:
        return ""
    match = re.fullmatch(r"python(\d+\.\d+)", target.name)
    return match[1] if match else ""


def require_name(name: str) -> Reference:
    """The reference of a name on the command line. Raises BadInput."""
    try:
        return parse_reference(name)
    except BadInput as error:
        raise BadInput(f"{name[:100]!r} cannot name an image: {error.message}") from error
