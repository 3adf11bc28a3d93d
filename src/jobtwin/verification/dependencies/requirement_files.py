"""requirements.txt as data: pip's line rules, `-r` and `-c` inside the tree, `--hash`; no other option."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from jobtwin.verification.dependencies.clean import (
    NotAccepted,
    ProjectItself,
    clean_requirement,
    project_itself,
)
from jobtwin.verification.dependencies.plan import Requirement, Tier
from jobtwin.verification.dependencies.reader import Reader, inside, shown

# A look-behind, not `\s+`: a megabyte of blanks must not cost quadratic time.
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$")
_HASH = re.compile(r"(?<=\s)--hash[= ]\s*(\S+)")
_SHA256 = re.compile(r"^sha256:[0-9a-f]{64}$")
_OPTION = re.compile(r"^(-r|--requirement|-c|--constraint|-e|--editable)(?:\s*=\s*|\s+|(?<=^-[rce]))(.+)$")

HARMLESS = frozenset({"--pre", "--prefer-binary", "--require-hashes", "--only-binary", "--no-binary"})


@dataclass
class RequirementFile:
    """What one requirement file asks for, with everything that it includes."""

    requirements: list[Requirement] = field(default_factory=list)
    constraints: list[Requirement] = field(default_factory=list)
    itself: list[ProjectItself] = field(default_factory=list)
    included: set[str] = field(default_factory=set)
    prereleases: bool = False


def read_requirement_file(reader: Reader, path: str, *, tier: Tier = Tier.NEEDED) -> RequirementFile:
    """Reads a file and what it includes; refusals go to the reader."""
    found = RequirementFile()
    _File(reader, found, tier).read(path, constraint=False, chain=())
    return found


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Line number (of its first line) and content, continuations joined, comments and blanks left out."""
    parts: list[str] = []
    start = 0
    for number, line in enumerate(text.split("\n"), start=1):
        start = start if parts else number
        if line.lstrip().startswith("#"):
            line = ""  # noqa: PLW2901 - pip drops a comment line within a continuation, and ends it there
        if line.endswith("\\"):
            parts.append(line[:-1])
            continue
        joined = _COMMENT.sub("", "".join([*parts, line])).strip()
        parts = []
        if joined:
            yield start, joined
    rest = _COMMENT.sub("", "".join(parts)).strip()
    if rest:
        yield start, rest


class _File:
    def __init__(self, reader: Reader, found: RequirementFile, tier: Tier) -> None:
        self.reader = reader
        self.found = found
        self.tier = tier
        self._seen: set[tuple[str, bool]] = set()

    def read(self, path: str, *, constraint: bool, chain: tuple[str, ...]) -> None:
        if path in chain:
            self.reader.refuse(f"{shown(path)} includes itself", chain[-1])
            return
        if (path, constraint) in self._seen:
            return
        self._seen.add((path, constraint))
        text = self.reader.text(path)
        if text is None:
            return
        for number, line in logical_lines(text):
            if len(self.found.requirements) >= self.reader.limits.requirements:
                self.reader.refuse(f"more than {self.reader.limits.requirements} requirements", path, number)
                return
            if len(self.reader.refusals) >= self.reader.limits.refusals:
                return
            try:
                self._line(path, number, line, constraint=constraint, chain=(*chain, path))
            except NotAccepted as refusal:
                self.reader.refuse(str(refusal), path, number)

    def _line(self, path: str, number: int, line: str, *, constraint: bool, chain: tuple[str, ...]) -> None:
        if line.startswith("-"):
            self._option(path, line, constraint=constraint, chain=chain)
            return
        itself = project_itself(line)
        if itself is not None and not constraint:
            self.found.itself.append(itself)
            return
        raw, hashes = _split_hashes(line)
        into = self.found.constraints if constraint else self.found.requirements
        into.append(
            clean_requirement(
                raw, origin=f"{path}:{number}", tier=self.tier, hashes=hashes, limits=self.reader.limits
            )
        )

    def _option(self, path: str, line: str, *, constraint: bool, chain: tuple[str, ...]) -> None:
        match = _OPTION.match(line)
        if match is None:
            self._switch(line)
            return
        option, value = match[1], match[2].strip().strip("\"'")
        if option in {"-e", "--editable"}:
            itself = project_itself(value)
            if itself is None:
                raise NotAccepted(
                    f"-e {shown(value, 80)!r}: only the project itself (`-e .`) may be editable"
                )
            self.found.itself.append(itself)
            return
        target = inside(posixpath.dirname(path), value)
        if target is None:
            raise NotAccepted(f"{shown(value, 80)!r} is not a file of the repository")
        if not self.reader.has(target):
            raise NotAccepted(f"{shown(value, 80)!r} is not in the repository")
        self.found.included.add(target)
        self.read(target, constraint=constraint or option in {"-c", "--constraint"}, chain=chain)

    def _switch(self, line: str) -> None:
        word = re.split(r"[=\s]", line, maxsplit=1)[0]
        if word not in HARMLESS:
            raise NotAccepted(
                f"the option {shown(word, 40)} is not followed; packages come from the configured index"
            )
        if word == "--pre":
            self.found.prereleases = True


def _split_hashes(line: str) -> tuple[str, tuple[str, ...]]:
    hashes = tuple(_HASH.findall(line))
    raw = _HASH.sub("", line)
    if re.search(r"\s--?[a-z]", raw):
        raise NotAccepted(f"{shown(line, 80)!r}: of the options of a requirement only --hash is followed")
    bad = [one for one in hashes if not re.match(r"^[a-z0-9]+:[0-9a-f]+$", one)]
    if bad:
        raise NotAccepted(f"{shown(bad[0], 80)!r} is not a hash")
    return raw, tuple(one.removeprefix("sha256:") for one in hashes if _SHA256.match(one))
