"""Declared dependencies: package names from manifests, read as data, with the line they stand on."""

import re
from collections.abc import Iterator
from itertools import islice

from jobtwin.review.files import Files
from jobtwin.review.structure import Node, parse_structure

MAX_DECLARED = 2000

_REQUIREMENTS = ("**/requirements*.txt", "**/requirements*.in", "requirements/*.txt", "requirements/*.in")
_STRUCTURED = ("**/pyproject.toml", "**/Pipfile", "**/setup.cfg", "**/package.json", "**/environment*.y*ml")
_LISTS = re.compile(
    r"(project\.(dependencies|optional-dependencies\.[^.]+)|dependency-groups\.[^.]+|"
    r"options\.(install_requires|extras_require\..+)|dependencies)$"
)
_TABLES = re.compile(
    r"(tool\.poetry(\.group\.[^.]+)?\.(dev-)?dependencies|packages|dev-packages|"
    r"(dev|peer|optional)?[dD]ependencies)\.[^.]+$"
)
_NAME = re.compile(r"^\s*(@?[A-Za-z0-9][A-Za-z0-9._/-]*)")


def normalised(name: str) -> str:
    """A package name as PEP 503 normalises it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def dependencies_of(files: Files) -> Iterator[tuple[str, str, int]]:
    """`(normalised name, path, line)` of the declared dependencies, by path, at most `MAX_DECLARED`."""
    return islice(_all(files), MAX_DECLARED)


def _all(files: Files) -> Iterator[tuple[str, str, int]]:
    for path in files.matching(_REQUIREMENTS):
        for number, line in enumerate(files.lines(path), 1):
            hit = _NAME.match(line[:300])
            if hit:
                yield normalised(hit.group(1)), path, number
    for path in files.matching(_STRUCTURED):
        root = parse_structure(path, files.lines(path))
        if root is not None:
            yield from ((name, path, _line(files.lines(path), raw, node)) for name, raw, node in _names(root))


def _names(root: Node) -> Iterator[tuple[str, str, Node]]:
    for path, node in root.walk():
        where = ".".join(path)
        if _LISTS.fullmatch(where) and node.text:
            for line in node.text.split("\n"):
                hit = _NAME.match(line)
                if hit:
                    yield normalised(hit.group(1)), hit.group(1), node
        elif _TABLES.fullmatch(where) and not node.items:
            yield normalised(path[-1]), path[-1], node


def _line(lines: list[str], raw: str, node: Node) -> int:
    return next((n for n, line in enumerate(lines, 1) if raw in line[:2000]), node.start)
