"""Which checker established a fact: the version, and a digest of the code that checks and reviews."""

import functools
import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable

from jobtwin import __version__

PACKAGES = ("core", "source", "verification", "review")


@functools.cache
def checker_identity() -> str:
    """`0.1.0+` and 16 hex digits of SHA-256 over every Python file of PACKAGES, by name."""
    sha256 = hashlib.sha256()
    for package in PACKAGES:
        _add(files("jobtwin") / package, package, sha256)
    return f"{__version__}+{sha256.hexdigest()[:16]}"


def _add(folder: Traversable, path: str, sha256: "hashlib._Hash") -> None:
    for one in sorted(folder.iterdir(), key=lambda found: found.name):
        if one.is_dir() and one.name != "__pycache__":
            _add(one, f"{path}/{one.name}", sha256)
        elif one.name.endswith(".py"):
            content = one.read_bytes()
            sha256.update(f"{path}/{one.name} {len(content)}\n".encode() + content)
