"""Metadata of installed distributions, read as data; nothing of them is imported."""

import configparser
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from packaging.utils import canonicalize_name

from jobtwin.verification.dependencies.reader import MAX_INI_LINE_COST

_MAX_METADATA = 1_000_000
_STARTUP = ("sitecustomize.py", "usercustomize.py")


@dataclass(frozen=True, slots=True)
class Plugin:
    """A `pytest11` entry point: its name, module and distribution; `declared` by the project itself?"""

    name: str
    module: str
    distribution: str
    version: str
    declared: bool

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "module": self.module,
            "distribution": self.distribution,
            "version": self.version,
            "declared": self.declared,
        }


def metadata_lines(metadata: bytes, field: str) -> list[tuple[int, str]]:
    """Line number and value of every header of that name in a METADATA file (unfolded values only)."""
    text = metadata[:_MAX_METADATA].decode("utf-8", errors="replace")
    head = text.replace("\r\n", "\n").split("\n\n", 1)[0]
    start = f"{field.lower()}:"
    return [
        (number, line[len(start) :].strip())
        for number, line in enumerate(head.split("\n"), start=1)
        if line.lower().startswith(start)
    ]


def read_plugins(site_packages: Path, declared: tuple[str, ...]) -> tuple[Plugin, ...]:
    """Every pytest plugin that an entry point of the environment offers, sorted."""
    found = []
    for folder in sorted(site_packages.glob("*.dist-info")):
        parser = configparser.RawConfigParser(delimiters=("=",), strict=False)
        parser.optionxform = str  # type: ignore[assignment,method-assign]  # names of entry points keep their case
        text = _start(folder / "entry_points.txt")
        if sum(len(line) ** 2 for line in text.split(b"\n")) > MAX_INI_LINE_COST:
            continue
        try:
            parser.read_string(text.decode())
        except (configparser.Error, UnicodeDecodeError):
            continue
        if not parser.has_section("pytest11"):
            continue
        header = HeaderParser().parsestr(_start(folder / "METADATA").decode("utf-8", errors="replace"))
        name = canonicalize_name(str(header["Name"] or folder.name.split("-")[0]))
        found += [
            Plugin(entry, module.split("[")[0].strip(), name, str(header["Version"] or ""), name in declared)
            for entry, module in parser.items("pytest11")
        ]
    return tuple(sorted(found, key=lambda one: (one.distribution, one.name)))


def startup_files(site_packages: Path) -> tuple[str, ...]:
    """Files by which an environment runs code at every start of its Python."""
    names = {path.name for path in site_packages.glob("*.pth")}
    return tuple(sorted(names | {one for one in _STARTUP if (site_packages / one).exists()}))


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_METADATA)
    except OSError:
        return b""
