"""The project's pytest configuration, read as data from wherever pytest would find it."""

import configparser
import fnmatch
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from jobtwin.source.tree import Tree

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
    folder = subfolder
    while True:
        for name in _CANDIDATES:
            path = f"{folder}/{name}" if folder else name
            content = tree.read(path)
            if content is None:
                continue
            try:
                options = _options(name, content.decode("utf-8-sig"))
            except (ValueError, configparser.Error) as error:
                return PytestConfig(
                    path, folder, problem=f"{path} cannot be read: {str(error).splitlines()[0]}"
                )
            if options is not None:
                return PytestConfig(path, folder, options)
        if not folder:
            return PytestConfig(folder=subfolder)
        folder = folder.rpartition("/")[0]


def _options(name: str, text: str) -> Mapping[str, object] | None:
    """The settings a file holds; None where it holds none and pytest would look on."""
    if name.endswith(".toml"):
        return _toml_options(name, tomllib.loads(text))
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    section = "tool:pytest" if name == "setup.cfg" else "pytest"
    if parser.has_section(section):
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
    return _segments(pattern.strip("/").removeprefix("./").split("/"), path.split("/"))


def _segments(patterns: list[str], parts: list[str]) -> bool:
    if not patterns:
        return not parts
    if patterns[0] == "**":
        return any(_segments(patterns[1:], parts[start:]) for start in range(len(parts) + 1))
    return bool(parts) and fnmatch.fnmatchcase(parts[0], patterns[0]) and _segments(patterns[1:], parts[1:])
