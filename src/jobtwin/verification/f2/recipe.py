"""What a build may reach, decided from the file alone, and the file that the builder is given instead.

Every base image is looked up in the store and replaced by its local name; whatever would reach another
image, an address, a secret or the host's files is refused here. The box that builds has no network and
sees nothing of the host either: this reading says why in a sentence, it is not the wall itself.
"""

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from jobtwin.core.check import Reason
from jobtwin.core.errors import BadInput
from jobtwin.verification.f2.containerfile import Instruction
from jobtwin.verification.f2.expand import argument, expand
from jobtwin.verification.f2.finding import Decided, shown
from jobtwin.verification.f2.mounts import allowed_flags, is_address
from jobtwin.verification.f2.reference import Reference, parse_reference

_ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
_PLATFORM = {
    **dict.fromkeys(("TARGETPLATFORM", "BUILDPLATFORM"), f"linux/{_ARCHITECTURE}"),
    **dict.fromkeys(("TARGETOS", "BUILDOS"), "linux"),
    **dict.fromkeys(("TARGETARCH", "BUILDARCH"), _ARCHITECTURE),
}
_HERE = frozenset({f"linux/{_ARCHITECTURE}", _ARCHITECTURE, "linux"})

FindImage = Callable[[Reference], str | None]
"""The local name of a stored image, or None where the store does not hold it."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the builder is given: the lines of `text`; `bases` are the images named, by their short form;
    `run` and `copy` are the instructions that tell what is installed; `target` is a stage or None."""

    text: str
    bases: tuple[str, ...]
    base: str
    run: tuple[Instruction, ...]
    copy: tuple[Instruction, ...]
    stages: int
    target: str | None = None


@dataclass
class _Reading:
    find: FindImage
    registries: tuple[str, ...]
    arguments: dict[str, str]
    given: Mapping[str, str]
    stages: list[str] = field(default_factory=list)
    bases: list[str] = field(default_factory=list)
    of_stage: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def make_recipe(
    instructions: tuple[Instruction, ...],
    *,
    find: FindImage,
    arguments: Mapping[str, str],
    registries: tuple[str, ...] = (),
    target: str | None = None,
) -> Recipe:
    """The recipe of a parsed file. Raises Decided (bad_base_image, build_failed, missing_base_image).

    `arguments` are the build arguments that a compose file gives; `registries` as in the settings.
    """
    reading = _Reading(find, registries, {**_PLATFORM, **arguments}, arguments)
    lines = [one for one in (_line(reading, each) for each in instructions) if one is not None]
    if not reading.stages:
        raise Decided(Reason.BUILD_FAILED, "the Containerfile has no FROM")
    if reading.missing:
        names = " and ".join(dict.fromkeys(reading.missing))
        said = f"this platform has no base image {names}; its operator can add it: jobtwin images add "
        raise Decided(Reason.MISSING_BASE_IMAGE, f"{said}{reading.missing[0]} SOURCE")
    chosen = _stage_of(reading, target) if target is not None else len(reading.stages) - 1
    if chosen is None:
        raise Decided(Reason.BUILD_FAILED, f"the Containerfile has no stage {shown(str(target))!r}")
    return Recipe(
        text="\n".join(map(str, lines)) + "\n",
        bases=tuple(dict.fromkeys(reading.bases)),
        base=reading.of_stage[chosen],
        run=tuple(one for one in lines if one.name == "RUN"),
        copy=tuple(one for one in lines if one.name in {"COPY", "ADD"}),
        stages=len(reading.stages),
        target=target,
    )


def _line(reading: _Reading, one: Instruction) -> Instruction | None:
    if one.name == "FROM":
        return _from(reading, one)
    if one.name == "ARG" and not reading.stages:
        for name, default in argument(one.value):
            value = reading.given.get(name, default)
            if value is not None:
                known = expand(value, reading.arguments)
                reading.arguments[name] = value if known is None else known
        return one
    if not reading.stages:
        raise Decided(Reason.BUILD_FAILED, f"line {one.line}: {one.name} stands before the first FROM")
    if one.name in {"COPY", "ADD"}:
        return _copy(reading, one)
    if one.name in {"RUN", "HEALTHCHECK"}:
        return replace(one, flags=allowed_flags(one))
    return one


def _from(reading: _Reading, one: Instruction) -> Instruction:
    words = one.value.split()
    if len(words) not in {1, 3} or (len(words) == 3 and words[1].lower() != "as"):
        raise Decided(
            Reason.BUILD_FAILED, f"line {one.line}: FROM is written `FROM image` or `FROM image AS name`"
        )
    image = expand(words[0], reading.arguments)
    if not image:
        raise Decided(Reason.BAD_BASE_IMAGE, f"line {one.line}: FROM {shown(words[0])} names no image")
    _check_platform(reading, one)
    stage = _stage_of(reading, image)
    if stage is not None and not image.isdigit():
        local, base = image, reading.of_stage[stage]
    elif image == "scratch":
        local, base = image, image
    else:
        local, base = _lookup(reading, image, one.line)
        reading.bases.append(base)
    reading.stages.append(words[2].lower() if len(words) == 3 else "")
    reading.of_stage.append(base)
    alias = f" AS {words[2]}" if len(words) == 3 else ""
    return Instruction("FROM", (), f"{local}{alias}", one.line)


def _check_platform(reading: _Reading, one: Instruction) -> None:
    for flag in one.flags:
        name, _, value = flag.partition("=")
        if name != "--platform":
            raise Decided(Reason.BUILD_FAILED, f"line {one.line}: FROM knows no {shown(name)}")
        wanted = expand(value, reading.arguments) or ""
        if wanted.removesuffix("/v2").removesuffix("/v3") not in _HERE:
            said = f"line {one.line}: the platform {shown(wanted)} cannot be built here"
            raise Decided(Reason.NOT_SUPPORTED, said)


def _stage_of(reading: _Reading, name: str) -> int | None:
    """The last stage of that name, or of that number."""
    for index in reversed(range(len(reading.stages))):
        if name and reading.stages[index] == name.lower():
            return index
    return int(name) if name.isascii() and name.isdigit() and int(name) < len(reading.stages) else None


def _lookup(reading: _Reading, image: str, line: int) -> tuple[str, str]:
    """The local name and the short form of an image."""
    try:
        reference = parse_reference(image)
    except BadInput as error:
        said = f"line {line}: {shown(image)!r} cannot be a base image: {error.message}"
        raise Decided(Reason.BAD_BASE_IMAGE, said) from error
    local = reading.find(reference)
    if local is not None:
        return local, reference.familiar
    if reference.is_private:
        said = f"line {line}: {shown(image)} stands in a registry that only one network can reach"
        raise Decided(Reason.BAD_BASE_IMAGE, said)
    if reading.registries and reference.registry not in reading.registries:
        known = ", ".join(reading.registries)
        said = f"line {line}: {shown(image)} comes from a registry that is not allowed here; allowed: {known}"
        raise Decided(Reason.BAD_BASE_IMAGE, said)
    reading.missing.append(shown(image, 200))
    return "scratch", reference.familiar


def _copy(reading: _Reading, one: Instruction) -> Instruction:
    flags = list(allowed_flags(one))
    source = one.flag("from")
    if source is not None:
        flags = [flag for flag in flags if not flag.startswith("--from")]
        flags.append(f"--from={_copy_source(reading, source, one.line)}")
    words = one.as_list() or one.value.split()
    for word in words[:-1]:
        if is_address(expand(word, reading.arguments) or word):
            said = f"line {one.line}: {one.name} {shown(word)} reaches the network; "
            said += "put the file in the repository"
            raise Decided(Reason.BUILD_FAILED, said)
    return replace(one, flags=tuple(flags))


def _copy_source(reading: _Reading, source: str, line: int) -> str:
    if "$" in source or not source:
        raise Decided(
            Reason.BUILD_FAILED, f"line {line}: --from is a stage's name or an image's, not {shown(source)!r}"
        )
    stage = _stage_of(reading, source)
    if stage is not None:
        if stage == len(reading.stages) - 1:
            raise Decided(Reason.BUILD_FAILED, f"line {line}: a stage cannot copy from itself")
        return source
    local, base = _lookup(reading, source, line)
    reading.bases.append(base)
    return local
