"""Which command runs the evals: the declared one, or the one that the repository shows best."""

import itertools
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from jobtwin.core.errors import BadInput
from jobtwin.source.command import parse_command
from jobtwin.source.tree import Tree
from jobtwin.verification.npm.manifest import front_end_at

FOLDERS = ("evals", "eval", "evaluations", "evaluation")
"""Names of a folder that holds an evals suite, in the order in which they are looked for."""

MAX_TEXT = 200_000
MAX_TASK_FILES = 10
_SCRIPTS = ("run.py", "run_evals.py", "main.py", "evaluate.py", "runner.py")
_NPX_FLAGS = {"--no-install", "--yes", "--no", "-y", "--"}
_LAUNCHERS = {("uv", "run"), ("poetry", "run"), ("pdm", "run"), ("pipenv", "run"), ("rye", "run")}
_PACKAGE_SCRIPTS = ("evals", "eval")
_PROMPTFOO = ("promptfooconfig.yaml", "promptfooconfig.yml", "promptfooconfig.json", "promptfooconfig.js")
_TARGET = re.compile(r"^(evals?)\s*:(?![=:])[^\n]*\n((?:[ \t]*#[^\n]*\n|\t[^\n]*(?:\n|\Z))+)", re.MULTILINE)
_FENCE = re.compile(r"^[ >]*```[^\n]*\n(.*?)^[ >]*```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]{3,300})`")
_PYTHON = re.compile(r"python[0-9.]*")
_TASK = re.compile(r"^@task\b", re.MULTILINE)
_INSPECT = re.compile(r"^[ \t]*(from|import)\s+inspect_ai\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class EvalsCommand:
    """The words to run, and where they come from as a phrase: "declared in jobtwin.toml"."""

    argv: tuple[str, ...]
    origin: str


@dataclass(frozen=True)
class Project:
    """The files of a project by their path in it."""

    tree: Tree
    folder: str = ""

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """All files but links, sorted."""
        prefix = f"{self.folder}/" if self.folder else ""
        return tuple(
            entry.path.removeprefix(prefix)
            for entry in self.tree.entries()
            if entry.path.startswith(prefix) and entry.mode != "120000"
        )

    def text(self, path: str) -> str:
        """A file as text, cut to MAX_TEXT bytes; empty where there is none."""
        content = self.tree.read(posixpath.join(self.folder, path)) or b""
        return content[:MAX_TEXT].decode("utf-8", "replace").replace("\r\n", "\n")


def declared_command(argv: tuple[str, ...], project: Project) -> EvalsCommand:
    """The declared words, with `make evals`, `uv run` and `npx` taken apart: none is asked in the sandbox."""
    words = _plain(argv)
    made = _make_command(words, project)
    return EvalsCommand(made or words, "declared in jobtwin.toml")


def discover_command(project: Project) -> EvalsCommand | None:
    """What the repository shows: Makefile, README, an evals folder, inspect tasks, package.json, promptfoo;
    or None."""
    return next(_candidates(project), None)


def is_promptfoo(command: EvalsCommand) -> bool:
    """Whether the command is promptfoo's, which needs Node and its packages."""
    return command.argv[0] == "promptfoo"


def _candidates(project: Project) -> Iterator[EvalsCommand]:
    words = _makefile_command(project)
    if words:
        yield EvalsCommand(words, "found in the Makefile (target evals)")
    for name in _readmes(project):
        for line in _documented(project.text(name)):
            found = _evals_line(line, project)
            if found:
                yield EvalsCommand(found, f"found in {name}")
    yield from _by_layout(project)
    tasks = [path for path in project.paths if _is_inspect(path, project)]
    if tasks:
        origin = f"inspect tasks in {', '.join(tasks[:3])}"
        yield EvalsCommand(("inspect", "eval", *tasks[:MAX_TASK_FILES]), origin)
    yield from _package_scripts(project)
    for name in _PROMPTFOO:
        places = [path for path in project.paths if posixpath.basename(path) == name]
        if places:
            yield EvalsCommand(("promptfoo", "eval", "-c", places[0]), f"promptfoo configuration {places[0]}")


def _plain(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without a launcher such as `uv run`: the environment is ours."""
    if words[:2] in _LAUNCHERS and len(words) > 2 and not words[2].startswith("-"):
        return words[2:]
    if words[:1] == ("npx",):
        asked = tuple(itertools.dropwhile(lambda word: word in _NPX_FLAGS, words[1:]))
        if asked and not asked[0].startswith("-"):
            return (_unversioned(asked[0]), *asked[1:])
    return words


def _unversioned(package: str) -> str:
    """`promptfoo@latest` as the name of the program: the version is the lock's."""
    return package[:1] + package[1:].partition("@")[0]


def _package_scripts(project: Project) -> Iterator[EvalsCommand]:
    for folder in ("", *FOLDERS):
        front = front_end_at(project.tree, posixpath.join(project.folder, folder).rstrip("/"))
        scripts = front.manifest.get("scripts") if front is not None else None
        name = next((one for one in _PACKAGE_SCRIPTS if isinstance(scripts, dict) and scripts.get(one)), None)
        if name is not None:
            where = ("--prefix", folder) if folder else ()
            origin = f"found in {posixpath.join(folder, 'package.json')} (script {name})"
            yield EvalsCommand(("npm", "run", *where, name), origin)


def _make_command(words: tuple[str, ...], project: Project) -> tuple[str, ...] | None:
    if len(words) == 2 and words[0] == "make" and words[1] in {"eval", "evals"}:
        return _makefile_command(project)
    return None


def _makefile_command(project: Project) -> tuple[str, ...] | None:
    """The one line of the target `evals`, where it needs neither a shell nor a variable."""
    for match in _TARGET.finditer(project.text("Makefile")):
        recipe = match[2].replace("\\\n", " ")
        lines = [line.strip().lstrip("@-+").strip() for line in recipe.split("\n") if line.startswith("\t")]
        lines = [line for line in lines if line and not line.startswith("#")]
        words = _words(lines[0]) if len(lines) == 1 else None
        if words:
            return words
    return None


def _words(line: str) -> tuple[str, ...] | None:
    try:
        return _plain(parse_command(line))
    except BadInput:
        return None


def _readmes(project: Project) -> list[str]:
    wanted = [posixpath.join(folder, "readme") for folder in ("", *FOLDERS)]
    found = {posixpath.splitext(path.lower())[0]: path for path in sorted(project.paths, reverse=True)}
    return [found[name] for name in wanted if name in found and _is_prose(found[name])]


def _is_prose(path: str) -> bool:
    return posixpath.splitext(path)[1].lower() in {"", ".md", ".rst", ".txt"}


def _documented(text: str) -> Iterator[str]:
    """Lines of fenced code, then pieces of inline code."""
    for block in _FENCE.findall(text):
        for line in block.replace("\\\n", " ").split("\n"):
            yield line.strip().removeprefix("$ ").partition(" # ")[0].strip()
    yield from (piece.strip() for piece in _INLINE.findall(text))


def _evals_line(line: str, project: Project) -> tuple[str, ...] | None:
    """The words of a line that runs evals which are there, or None."""
    words = _words(line) if "eval" in line else None
    if not words or len(words) < 2:
        return None
    return _make_command(words, project) or (words if _runs_evals(words, project) else None)


def _runs_evals(words: tuple[str, ...], project: Project) -> bool:
    if words[0] == "pytest" or words[1:3] == ("-m", "pytest"):
        return any(_is_ours(word.rstrip("/"), project) for word in words[1:])
    if words[:2] == ("inspect", "eval"):
        return len(words) > 2
    if not _PYTHON.fullmatch(words[0]):
        return False
    if words[1] == "-m" and len(words) > 2:
        place = words[2].replace(".", "/")
        ends = (f"/{place}.py", f"/{place}/__main__.py")
        return "eval" in place and any(f"/{path}".endswith(ends) for path in project.paths)
    return _is_ours(words[1], project)


def _is_ours(word: str, project: Project) -> bool:
    """Whether a word names a file or folder of the project that speaks of evals."""
    path = posixpath.normpath(word)
    return "eval" in path and any(one == path or one.startswith(f"{path}/") for one in project.paths)


def _by_layout(project: Project) -> Iterator[EvalsCommand]:
    paths = set(project.paths)
    for folder in FOLDERS:
        if f"{folder}/__main__.py" in paths:
            yield EvalsCommand(("python", "-m", folder), f"found as {folder}/__main__.py")
        for script in _SCRIPTS:
            path = f"{folder}/{script}"
            if path in paths and not _is_inspect(path, project):
                package = f"{folder}/__init__.py" in paths
                words = ("python", "-m", f"{folder}.{script[:-3]}") if package else ("python", path)
                yield EvalsCommand(words, f"found as {path}")


def _is_inspect(path: str, project: Project) -> bool:
    if not path.endswith(".py") or ("eval" not in path and "task" not in path):
        return False
    text = project.text(path)
    return bool(_TASK.search(text) and _INSPECT.search(text))
