"""One requirement at a time: accepted only as PEP 508 `name[extras] specifier ; marker`."""

import re
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as ParsedRequirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from jobtwin.verification.dependencies.plan import ManifestLimits, Requirement, Tier
from jobtwin.verification.dependencies.reader import shown

_SELF = re.compile(r"^(?:file:)?\.?/?(?:\[(?P<extras>[A-Za-z0-9._, -]*)\])?$")
_VCS = re.compile(r"^(?:git|hg|svn|bzr)\+", re.IGNORECASE)
_ARCHIVE = re.compile(r"\.(?:whl|zip|tar\.gz|tgz|tar\.bz2|tar\.xz)$", re.IGNORECASE)


class NotAccepted(ValueError):
    """A requirement that F1 does not follow; the message is the sentence of its refusal."""


@dataclass(frozen=True, slots=True)
class ProjectItself:
    """`.`, `-e .` or `.[extra]`: the submission's own project, with the extras it names (normalised)."""

    extras: tuple[str, ...] = ()


def clean_requirement(
    raw: str,
    *,
    origin: str,
    tier: Tier = Tier.NEEDED,
    hashes: tuple[str, ...] = (),
    limits: ManifestLimits = ManifestLimits(),  # noqa: B008 - frozen
) -> Requirement:
    """The requirement, written anew from its parsed form. Raises NotAccepted for everything else."""
    text = raw.strip()
    if len(text) > limits.requirement_characters:
        raise NotAccepted(f"a requirement of more than {limits.requirement_characters} characters")
    if not text.isascii() or not text.isprintable():
        raise NotAccepted(f"{shown(text)!a} holds characters that no requirement has")
    _refuse_places(text)
    try:
        parsed = ParsedRequirement(text)
    except (InvalidRequirement, RecursionError, ValueError) as error:
        raise NotAccepted(f"{shown(text, 80)!r} is not a requirement (PEP 508)") from error
    if parsed.url is not None:
        raise NotAccepted(f"{shown(text, 80)!r} names an address; name a version of a published package")
    if any(one.operator == "===" for one in parsed.specifier):
        raise NotAccepted(f"{shown(text, 80)!r} compares with ===; use ==")
    name = canonicalize_name(parsed.name)
    parsed.name = name
    return Requirement(name, str(parsed), origin, tier, hashes)


def project_itself(text: str) -> ProjectItself | None:
    """What `.`, `./` or `.[test]` means, or None for any other text."""
    bare = text.strip().strip("\"'")
    match = _SELF.match(bare)
    if not bare.removeprefix("file:").startswith(".") or match is None:
        return None
    named = (match["extras"] or "").split(",")
    return ProjectItself(tuple(canonicalize_name(one.strip()) for one in named if one.strip()))


def extras_of(requirement: Requirement) -> tuple[str, ...]:
    """The normalised extras that a cleaned requirement names, sorted."""
    return tuple(sorted(canonicalize_name(one) for one in ParsedRequirement(requirement.text).extras))


def specifier_of(requirement: Requirement) -> SpecifierSet:
    """The version specifier of a cleaned requirement."""
    return ParsedRequirement(requirement.text).specifier


def valid_specifier(text: str) -> str:
    """A PEP 440 specifier set, normalised. Raises NotAccepted for any other text."""
    try:
        if len(text) > 200:
            raise InvalidSpecifier("too long")
        return str(SpecifierSet(text))
    except InvalidSpecifier as error:
        raise NotAccepted(f"{shown(text, 80)!r} is not a version specifier") from error


def _refuse_places(text: str) -> None:
    if _VCS.match(text) or re.search(r"@\s*(?:git|hg|svn|bzr)\+", text):
        raise NotAccepted(
            f"{shown(text, 80)!r} comes from version control; name a version of a published package"
        )
    if "://" in text:
        raise NotAccepted(f"{shown(text, 80)!r} names an address; name a version of a published package")
    if (
        text.startswith((".", "/", "~", "file:"))
        or "\\" in text
        or _ARCHIVE.search(text.partition(";")[0].strip())
    ):
        raise NotAccepted(f"{shown(text, 80)!r} is a local path; only the project itself (`-e .`) may be one")
