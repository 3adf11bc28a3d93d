"""Declaration: what a submission's `jobtwin.toml` says, read as data.

Nothing here raises for what a submission holds. A mistake is a problem of its section, so that a wrong
port does not hide the evals command; a key that nobody knows is a fact and changes nothing.
"""

import posixpath
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from jobtwin.core.errors import BadInput
from jobtwin.source.command import parse_command
from jobtwin.source.tree import Tree

FILE = "jobtwin.toml"
WHOLE = ""
"""The section of a problem that makes the whole file unreadable."""

SERVICES = ("postgres", "redis", "model")
"""What may run beside a container; "model" is the stand-in model."""
_OTHER_NAMES = {"postgresql": "postgres"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DeclarationLimits:
    """What is read of a declaration: bytes of the file, dots of one line (nested keys cost quadratic
    time), characters of one string and of one list of paths, entries of one list, and unknown keys
    that are named."""

    file_bytes: int = 64 * 1024
    line_dots: int = 500
    characters: int = 2000
    entries: int = 20
    unknown_keys: int = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in `section` ("" is the whole file), as a sentence without a full stop."""

    section: str
    sentence: str

    def __str__(self) -> str:
        return f"{FILE}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Container:
    """The container as declared: file in the project, port (1..65535), path of the health answer, and
    services that must run beside it, those of SERVICES apart from those that nobody runs here."""

    file: str | None = None
    port: int | None = None
    health: str | None = None
    services: tuple[str, ...] = ()
    unlisted_services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is declared; everything is empty where there is no file. Paths are relative and stay inside.

    `subfolder` is the project's folder in the tree ("" is the root); `evals_command` holds words that
    are run without a shell, `evals_reports` files or folders that it writes, `artifact_url` the text as
    written: whoever fetches it judges it.
    """

    present: bool = False
    subfolder: str = ""
    evals_command: tuple[str, ...] | None = None
    evals_reports: tuple[str, ...] = ()
    artifact_url: str | None = None
    container: Container = Container()
    problems: tuple[Problem, ...] = ()
    unknown_keys: tuple[str, ...] = ()

    def problem_with(self, section: str) -> Problem | None:
        """The first mistake that keeps `section` from being known, or None."""
        return next((one for one in self.problems if one.section in {WHOLE, section}), None)

    @property
    def facts(self) -> dict[str, object]:
        """What a mentor should know of the file itself; empty where all is well."""
        facts: dict[str, object] = {}
        if self.problems:
            facts["declaration_problems"] = [str(one) for one in self.problems]
        if self.unknown_keys:
            facts["declaration_unknown_keys"] = list(self.unknown_keys)
        return facts


DEFAULT_LIMITS = DeclarationLimits()


def read_declaration(tree: Tree, *, limits: DeclarationLimits = DEFAULT_LIMITS) -> Declaration:
    """The declaration at the root of a tree. Never raises for what it holds."""
    entry = next((one for one in tree.entries() if one.path == FILE), None)
    if entry is None:
        return Declaration()
    try:
        if entry.mode == "120000":
            raise BadInput("the file is a link; write the declaration itself there")
        if entry.size > limits.file_bytes:
            raise BadInput(f"the file is larger than {limits.file_bytes} bytes")
        document = _parse(tree.read(FILE) or b"", limits)
    except BadInput as error:
        return Declaration(present=True, problems=(Problem(WHOLE, error.message),))
    return _Reading(document, tree, limits).declaration()


def _parse(content: bytes, limits: DeclarationLimits) -> dict[str, object]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("the file is not UTF-8 text") from error
    if any(line.count(".") > limits.line_dots for line in text.split("\n")):
        raise BadInput(f"a line holds more than {limits.line_dots} dots")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"not valid TOML: {_shown(str(error))}") from error
    except (RecursionError, ValueError) as error:
        raise BadInput("not valid TOML: nested too deeply, or a number too long") from error


class _Reading:
    """One pass over a parsed document that collects problems and unknown keys."""

    def __init__(self, document: dict[str, object], tree: Tree, limits: DeclarationLimits) -> None:
        self._document = document
        self._tree = tree
        self._limits = limits
        self._problems: list[Problem] = []
        self._unknown: list[str] = []

    def declaration(self) -> Declaration:
        self._note_unknown("", self._document, ("project", "evals", "artifact", "container"))
        project = self._table("project", ("subfolder",))
        evals = self._table("evals", ("command", "reports"))
        artifact = self._table("artifact", ("url",))
        container = self._table("container", ("file", "port", "health", "services"))
        services = self._value(container, "container", "services", self._services) or ()
        return Declaration(
            present=True,
            subfolder=self._value(project, "project", "subfolder", self._folder) or "",
            evals_command=self._value(evals, "evals", "command", parse_command),
            evals_reports=self._value(evals, "evals", "reports", self._paths) or (),
            artifact_url=self._value(artifact, "artifact", "url", self._text),
            container=Container(
                file=self._value(container, "container", "file", self._path),
                port=self._value(container, "container", "port", _port),
                health=self._value(container, "container", "health", self._health),
                services=tuple(one for one in services if one in SERVICES),
                unlisted_services=tuple(_shown(one) for one in services if one not in SERVICES),
            ),
            problems=tuple(self._problems),
            unknown_keys=tuple(self._unknown[: self._limits.unknown_keys]),
        )

    def _table(self, name: str, keys: tuple[str, ...]) -> Mapping[str, object]:
        table = self._document.get(name, {})
        if not isinstance(table, dict):
            self._problems.append(Problem(name, f"{name} is a table; write [{name}] on a line of its own"))
            return {}
        self._note_unknown(f"{name}.", table, keys)
        return table

    def _note_unknown(self, prefix: str, table: Mapping[str, object], known: tuple[str, ...]) -> None:
        self._unknown += [_shown(f"{prefix}{key}") for key in table if key not in known]

    def _value(
        self, table: Mapping[str, object], section: str, key: str, parse: Callable[[object], T]
    ) -> T | None:
        if key not in table:
            return None
        try:
            return parse(table[key])
        except BadInput as error:
            self._problems.append(Problem(section, f"{section}.{key}: {error.message}"))
            return None

    def _text(self, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise BadInput('it is a text in quotation marks, such as "docs"')
        if len(value) > self._limits.characters:
            raise BadInput(f"it has at most {self._limits.characters} characters")
        if not value.isprintable():
            raise BadInput("it holds no control characters")
        return value.strip()

    def _path(self, value: object) -> str:
        path = posixpath.normpath(self._text(value))
        if path.startswith("/") or ".." in path.split("/") or "\\" in path:
            raise BadInput("it is a path inside the project, with / between its steps and without ..")
        return path

    def _folder(self, value: object) -> str:
        folder = self._path(value)
        if folder == ".":
            return ""
        if not any(entry.path.startswith(f"{folder}/") for entry in self._tree.entries()):
            raise BadInput(f"the repository has no folder {_shown(folder)}")
        return folder

    def _list(self, value: object) -> list[object]:
        if not isinstance(value, list):
            raise BadInput('it is a list of texts, such as ["report.json"]')
        if len(value) > self._limits.entries:
            raise BadInput(f"it has at most {self._limits.entries} entries")
        return value

    def _paths(self, value: object) -> tuple[str, ...]:
        paths = tuple(self._path(one) for one in self._list(value))
        if sum(map(len, paths)) > self._limits.characters:
            raise BadInput(f"its texts have at most {self._limits.characters} characters together")
        if "." in paths:
            raise BadInput("it names files or folders that the run writes, not the whole project")
        return paths

    def _services(self, value: object) -> tuple[str, ...]:
        words = (self._text(one) for one in self._list(value))
        return tuple(dict.fromkeys(_OTHER_NAMES.get(one, one) for one in words))

    def _health(self, value: object) -> str:
        text = self._text(value)
        if not re.fullmatch(r"/(?!/)[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*", text):
            raise BadInput('it is a path that starts with one slash, such as "/healthz"')
        return text


def _port(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 65535:
        raise BadInput("it is a whole number between 1 and 65535")
    return value


def _shown(text: str) -> str:
    """A stranger's words in a sentence: one line, nothing that drives a terminal, at most 120 letters."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:120])
