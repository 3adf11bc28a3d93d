"""What a submission asks to have installed, as clean data: nothing here was run to find it out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Tier(StrEnum):
    """How much an environment needs a requirement; a conflict gives up `OPTIONAL` first, then `BUILD`."""

    NEEDED = "needed"
    BUILD = "build"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class ManifestLimits:
    """How much of a submission's manifests is read. Bytes, counts; beyond them stands a refusal."""

    manifest_bytes: int = 1_000_000
    lock_bytes: int = 6_000_000
    files: int = 60
    requirements: int = 1_500
    locked: int = 5_000
    extras: int = 300
    requirement_characters: int = 1_000
    refusals: int = 50


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that F1 does not follow, with a sentence that says why. `line` counts from 1, 0: the file."""

    sentence: str
    path: str
    line: int = 0

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Requirement:
    """A cleaned PEP 508 requirement: `text` is written anew from its parsed form, never copied."""

    name: str
    text: str
    origin: str
    tier: Tier = Tier.NEEDED
    hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pin:
    """One exact version from a lock file, with the SHA-256 digests (hex) that the lock allows."""

    name: str
    version: str
    marker: str = ""
    hashes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The pin as PEP 508."""
        return f"{self.name}=={self.version}" + (f" ; {self.marker}" if self.marker else "")


@dataclass(frozen=True, slots=True)
class Project:
    """An installable project at `folder` of the tree ("" is the root).

    `import_roots` are folders of the tree below which the import packages stand; `dynamic` is the metadata
    that only the build backend can compute; `compiled` says that the build needs a compiler.
    """

    name: str | None
    folder: str
    backend: str
    backend_path: tuple[str, ...]
    layout: str
    import_roots: tuple[str, ...]
    dynamic: tuple[str, ...] = ()
    compiled: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What to install, what was refused, and what cannot be known without running code."""

    requirements: tuple[Requirement, ...] = ()
    constraints: tuple[Requirement, ...] = ()
    pins: tuple[Pin, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    project: Project | None = None
    python_requires: str = ""
    unresolvable: tuple[str, ...] = ()
    files_read: tuple[str, ...] = ()
    prereleases: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def plugins_declared(self) -> tuple[str, ...]:
        """Normalised names of everything the project itself asks for, sorted."""
        return tuple(sorted({one.name for one in self.requirements if one.tier is not Tier.BUILD}))
