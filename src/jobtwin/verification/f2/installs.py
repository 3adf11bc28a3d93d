"""What the RUN lines of a recipe install with pip, read as data, so that its wheels can be laid ready."""

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from jobtwin.source.tree import Tree
from jobtwin.verification.dependencies import ManifestLimits, Plan, Requirement, Tier, plan_requirements
from jobtwin.verification.dependencies.clean import NotAccepted, clean_requirement, project_itself
from jobtwin.verification.dependencies.reader import Reader
from jobtwin.verification.dependencies.requirement_files import read_requirement_file
from jobtwin.verification.f2.containerfile import Instruction
from jobtwin.verification.f2.finding import shown
from jobtwin.verification.f2.recipe import Recipe

_SEPARATORS = re.compile(r"&&|\|\||[;|\n&]")
_PIP = re.compile(r"^(?:.*/)?pip(?:3(?:\.\d+)?)?$")
_WITH_VALUE = frozenset(
    [
        "-i",
        "--index-url",
        "--extra-index-url",
        "-f",
        "--find-links",
        "-t",
        "--target",
        "--prefix",
        "--root",
        "--timeout",
        "--retries",
        "--cache-dir",
        "--progress-bar",
        "--platform",
        "--python-version",
        "--implementation",
        "--abi",
        "--only-binary",
        "--no-binary",
        "--trusted-host",
        "--proxy",
        "--cert",
        "--client-cert",
        "--log",
        "--src",
        "--upgrade-strategy",
        "--report",
        "--root-user-action",
        "--python",
        "-p",
        "--config-settings",
        "--global-option",
        "--build-option",
    ]
)
_OTHER_INSTALLERS = re.compile(r"\b(?:poetry|uv|pipenv|pdm|hatch|make|sh|bash|pip)\b")
_ALWAYS = ("pip", "setuptools", "wheel")
"""`pip install --upgrade pip` stands in many files, and a build from source asks for the other two."""


@dataclass
class Installs:
    """Requirements named in RUN lines, files named with -r and -c, and whether the project itself is."""

    names: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    project: bool = False
    extras: bool = False
    other: bool = False


def read_installs(run: tuple[Instruction, ...]) -> Installs:
    """What the RUN instructions ask pip (or `uv pip`) for."""
    found = Installs()
    for one in run:
        words = one.as_list()
        if words is not None and words[:2] != ["/bin/sh", "-c"]:
            _command(words, found)
            continue
        text = " ".join(words[2:]) if words else one.value
        for part in _SEPARATORS.split(text):
            try:
                _command(shlex.split(part, comments=True), found)
            except ValueError:
                found.other = True
    return found


def _command(words: list[str], found: Installs) -> None:
    at = next((index for index, word in enumerate(words) if _PIP.match(word)), None)
    if at is None or words[at + 1 : at + 2] != ["install"]:
        found.other |= any(_OTHER_INSTALLERS.search(word) for word in words)
        return
    arguments = iter(words[at + 2 :])
    for word in arguments:
        _argument(word, arguments, found)


def _argument(word: str, arguments: Iterator[str], found: Installs) -> None:
    name, _, value = word.partition("=") if word.startswith("--") else (word[:2], "", word[2:])
    if not word.startswith("-"):
        _wanted(word, found)
    elif name in {"-r", "--requirement"}:
        found.files.append(value or next(arguments, ""))
    elif name in {"-c", "--constraint"}:
        found.constraints.append(value or next(arguments, ""))
    elif name in {"-e", "--editable"}:
        _wanted(value or next(arguments, ""), found)
    elif word in _WITH_VALUE:
        next(arguments, None)


def _wanted(word: str, found: Installs) -> None:
    itself = project_itself(word)
    if itself is not None or word.startswith((".", "/")):
        found.project = True
        found.extras |= bool(itself and itself.extras)
    else:
        found.names.append(word)


def plan_installs(
    tree: Tree, recipe: Recipe, *, context: str, subfolder: str
) -> tuple[Plan | None, dict[str, object]]:
    """The plan of what the build installs, or None where it installs nothing; and facts.

    A file that cannot be found in the tree, or a line that is not followed, is a fact: the build itself
    then says what it lacks.
    """
    installs = read_installs(recipe.run)
    reader = Reader(tree, ManifestLimits())
    requirements: list[Requirement] = []
    constraints: list[Requirement] = []
    prereleases = False
    renamed = _renamed(recipe.copy)
    for path in installs.files:
        place = locate(path, reader, context=context, renamed=renamed)
        if place is None:
            reader.refuse("the build installs from this file, which is not in the repository", path)
            continue
        found = read_requirement_file(reader, place)
        requirements += found.requirements
        constraints += found.constraints
        prereleases |= found.prereleases
        installs.project |= bool(found.itself)
    requirements += _named(installs.names, reader)
    facts: dict[str, object] = {"requirement_files": list(reader.files_read)}
    plan = Plan()
    if installs.project or (installs.other and not requirements):
        plan = plan_requirements(tree, subfolder=subfolder)
        wanted = [one for one in plan.requirements if installs.extras or one.tier is not Tier.OPTIONAL]
        requirements += wanted
        constraints += plan.constraints
    if reader.refusals:
        facts["not_followed"] = [str(one) for one in reader.refusals]
    if not requirements:
        return None, facts
    ready = [clean_requirement(name, origin="always", tier=Tier.OPTIONAL) for name in _ALWAYS]
    return (
        replace(
            plan,
            requirements=tuple(dict.fromkeys([*requirements, *ready])),
            constraints=tuple(dict.fromkeys(constraints)),
            refusals=(),
            unresolvable=(),
            python_requires="",
            prereleases=prereleases or plan.prereleases,
        ),
        facts,
    )


def _named(words: list[str], reader: Reader) -> list[Requirement]:
    found = []
    for word in words:
        try:
            found.append(clean_requirement(word, origin="Containerfile"))
        except NotAccepted as refusal:
            reader.refuse(str(refusal), "Containerfile")
    return found


def _renamed(copy: tuple[Instruction, ...]) -> dict[str, str]:
    """Where `COPY one other` gives a single file another name: the new path and the old one."""
    found: dict[str, str] = {}
    for one in copy:
        words = one.as_list() or one.value.split()
        if len(words) == 2 and one.flag("from") is None and not words[1].endswith(("/", ".")):
            found[words[1]] = words[0]
    return found


def locate(path: str, reader: Reader, *, context: str, renamed: dict[str, str]) -> str | None:
    """The file of the tree that a path inside the image most likely is: the longest tail that fits."""
    wanted = next(
        (old for new, old in renamed.items() if posixpath.basename(new) == posixpath.basename(path)), path
    )
    for each in dict.fromkeys((path, wanted)):
        steps = [step for step in each.split("/") if step not in {"", "."}]
        for start in range(len(steps)):
            place = posixpath.normpath(posixpath.join(context, *steps[start:]))
            if reader.has(place):
                return place
    base = posixpath.basename(wanted)
    inside = [one for one in reader.paths() if posixpath.basename(one) == base]
    return inside[0] if base and len(inside) == 1 else None


def names_of(plan: Plan) -> str:
    """The requirements of a plan, for a line of the log."""
    return shown(", ".join(sorted(one.name for one in plan.requirements)), 300)
