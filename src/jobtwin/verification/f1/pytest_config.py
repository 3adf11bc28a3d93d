"""The project's pytest configuration, read as data from wherever pytest would find it."""

import fnmatch
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from jobtwin.source.tree import Tree
from jobtwin.verification.dependencies.plan import ManifestLimits
from jobtwin.verification.dependencies.reader import Reader

MAX_SETTING_CHARACTERS = 8000
"""How long one setting may be that becomes a part of pytest's command line."""

_CANDIDATES = (
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
)

STOCK: Mapping[str, tuple[str, ...]] = {
    "testpaths": (),
    "python_files": ("test_*.py", "*_test.py"),
    "python_classes": ("Test",),
    "python_functions": ("test",),
    "norecursedirs": ("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}"),
}


@dataclass(frozen=True)
class PytestConfig:
    """The settings of one file; `file` is None where the project has none. `folder` is pytest's rootdir."""

    file: str | None = None
    folder: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    problem: str | None = None

    def words(self, name: str) -> tuple[str, ...]:
        """A setting as a list of words, by its stock value where it is missing."""
        value = self.options.get(name)
        if value is None:
            return STOCK.get(name, ())
        return as_words(value)

    def lines(self, name: str) -> tuple[str, ...]:
        """A setting whose values stand on lines of their own, such as markers."""
        value = self.options.get(name)
        if isinstance(value, str):
            return tuple(line.strip() for line in value.splitlines() if line.strip())
        return tuple(str(one) for one in value) if isinstance(value, list) else ()

    @property
    def markers(self) -> frozenset[str]:
        """The names of registered markers."""
        return frozenset(re.split(r"[:(]", line, maxsplit=1)[0].strip() for line in self.lines("markers"))


def as_words(value: object) -> tuple[str, ...]:
    """Words of a setting: a list as it is, text split as a shell would, or by spaces where it cannot."""
    if isinstance(value, list):
        return tuple(str(one) for one in value)
    text = str(value)
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return tuple(text.split())


def read_config(tree: Tree, subfolder: str = "") -> PytestConfig:
    """The configuration pytest would use when started in `subfolder`, looked for upwards to the root."""
    reader = Reader(tree, ManifestLimits())
    folder = subfolder
    while True:
        for name in _CANDIDATES:
            path = f"{folder}/{name}" if folder else name
            if not reader.has(path):
                continue
            options = _options(reader, name, path)
            if reader.refusals:
                said = f"{path} cannot be read: {reader.refusals[0].sentence}"
                return PytestConfig(path, folder, problem=said)
            if options is not None:
                return PytestConfig(path, folder, options, _too_much(path, options))
        if not folder:
            return PytestConfig(folder=subfolder)
        folder = folder.rpartition("/")[0]


def _too_much(path: str, options: Mapping[str, object]) -> str | None:
    """They become a command line, and every file is held against every pattern."""
    for name in ("addopts", *STOCK):
        if name in options and len(str(options[name])) > MAX_SETTING_CHARACTERS:
            return f"{path}: {name} is longer than {MAX_SETTING_CHARACTERS} characters"
    return None


def _options(reader: Reader, name: str, path: str) -> Mapping[str, object] | None:
    """The settings a file holds; None where it holds none and pytest would look on, or was refused."""
    if name.endswith(".toml"):
        document = reader.toml(path)
        return None if document is None else _toml_options(name, document)
    parser = reader.ini(path)
    section = "tool:pytest" if name == "setup.cfg" else "pytest"
    if parser is not None and parser.has_section(section):
        return dict(parser.items(section))
    return {} if name in {"pytest.ini", ".pytest.ini"} else None


def _toml_options(name: str, document: Mapping[str, object]) -> Mapping[str, object] | None:
    if name != "pyproject.toml":
        found = document.get("pytest", {})
        return found if isinstance(found, dict) else None
    tool = document.get("tool")
    table = tool.get("pytest") if isinstance(tool, dict) else None
    if not isinstance(table, dict):
        return None
    legacy = table.get("ini_options")
    if isinstance(legacy, dict):
        return legacy
    return {key: value for key, value in table.items() if key != "ini_options"} or None


def glob_matches(pattern: str, path: str) -> bool:
    """Whether a glob such as `src/*/tests` or `**/tests` names `path`, both relative to the root."""
    parts = path.split("/")
    taken = {0}
    for one in pattern.strip("/").removeprefix("./").split("/"):
        if one == "**":
            taken = set(range(min(taken, default=len(parts) + 1), len(parts) + 1))
        else:
            taken = {n + 1 for n in taken if n < len(parts) and fnmatch.fnmatchcase(parts[n], one)}
    return len(parts) in taken
