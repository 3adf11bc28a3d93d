"""Continuous integration as data: the commands that run by themselves on a push or pull request."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from jobtwin.review.files import Files
from jobtwin.review.structure import Node, parse_structure
from jobtwin.review.substance import code_lines

GLOBS = (
    ".github/workflows/*.yml",
    ".github/workflows/*.yaml",
    ".gitlab-ci.yml",
    ".gitlab-ci.yaml",
    ".circleci/config.yml",
    ".travis.yml",
    "azure-pipelines.yml",
    ".woodpecker.yml",
    ".woodpecker/*.yml",
    ".forgejo/workflows/*.yml",
    ".gitea/workflows/*.yml",
)
_TRIGGERS = frozenset({"push", "pull_request", "pull_request_target", "merge_group", "schedule"})
_COMMANDS = frozenset({"run", "script", "before_script", "command", "commands", "uses", "bash"})
MAX_STEPS = 2
LOOK_AHEAD = 400
MAX_COMMANDS = 2000
_PRINTS = re.compile(r"^\s*(?:-\s+)?(?:#|echo\b|printf\b|:(?:\s|$)|true\b|cat\b|exit\b|if\s+false\b)")
_INSTALLS = re.compile(
    r"\s*(?:sudo\s+|python[\d.]*\s+-m\s+)*(?:pip[\d.]*|pipx|uv pip|uv tool|uv|poetry|pdm|npm|pnpm|yarn|brew|"
    r"apt|apt-get|apk|cargo|go|gem|conda|mamba)\s+(?:-\S+\s+)*(?:install|add|i|ci)\b"
)
_LOOKS = re.compile(r"\s(?:--version|--help|-h|--collect-only|--co)(?:\s|$)")
_BETWEEN = re.compile(r"\s*(?:&&|;(?!;)|\|\|)\s*")
_SCRIPT = re.compile(r"(?<![\w.-])(?:\./|/)?[\w./-]+\.(?:sh|bash)\b")
_FORGIVEN = re.compile(r"\|\|\s*(?:true|:|exit 0)\s*$")


@dataclass(frozen=True, slots=True)
class Command:
    """One command or action of CI, with the line it stands on."""

    path: str
    line: int
    text: str


def commands_of(files: Files) -> Iterator[Command]:
    """Commands of every CI file that starts by itself, in order of path and line."""
    return islice(_all_commands(files), MAX_COMMANDS)


def _all_commands(files: Files) -> Iterator[Command]:
    for path in files.matching(GLOBS):
        lines = files.lines(path)
        root = parse_structure(path, lines)
        if root is not None and _starts_by_itself(path, root):
            for number, text in sorted(_commands(root, lines)):
                yield Command(path, number, text)
                yield from _commands_of_script(files, text)


def _commands_of_script(
    files: Files, text: str, folder: str = "", depth: int = MAX_STEPS
) -> Iterator[Command]:
    """The commands of the scripts of the tree that a command runs, and of those that they run."""
    for name in _SCRIPT.findall(text) if depth else ():
        path = _script(files, name, folder)
        if path is None:
            continue
        for number, row in code_lines(path, files.lines(path)).items():
            if not _is_void(row):
                yield Command(path, number, _acting(row.strip()))
                yield from _commands_of_script(files, row, path.rpartition("/")[0], depth - 1)


def _script(files: Files, name: str, folder: str) -> str | None:
    """A script beside the one that names it, else the only file whose path ends like the name."""
    parts = name.removeprefix("./").strip("/").split("/")
    beside = f"{folder}/{'/'.join(parts)}".lstrip("/")
    if beside in files.entries:
        return beside
    ends = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((path for end in ends if (path := files.unique_end(end)) is not None), None)


def _is_void(row: str) -> bool:
    """True where nothing of a row can make CI fail: it prints, installs, or its failure is forgiven."""
    return _FORGIVEN.search(row) is not None or not _acting(row)


def _acting(row: str) -> str:
    """A row without those of its commands that only print, install or look."""
    parts = _BETWEEN.split(row)
    idle = (_PRINTS.match, _INSTALLS.match, _LOOKS.search)
    return " && ".join(part for part in parts if not any(fits(part) for fits in idle))


def _starts_by_itself(path: str, root: Node) -> bool:
    if "/workflows/" not in path:
        return True
    trigger = root.keys.get("on") or root.keys.get("true")
    if trigger is None:
        return False
    named = {trigger.text or "", *trigger.keys, *(item.text or "" for item in trigger.items)}
    return bool(named & _TRIGGERS)


def _commands(root: Node, lines: list[str]) -> Iterator[tuple[int, str]]:
    todo = [root]
    while todo:
        node = todo.pop()
        if _switched_off(node):
            continue
        for key, child in node.keys.items():
            if key in _COMMANDS:
                yield from _lines_of_command(child, lines)
        todo.extend(node.keys.values())
        todo.extend(node.items)


def _switched_off(node: Node) -> bool:
    condition = node.keys.get("if")
    text = re.sub(r"[\s${}]", "", condition.text or "").lower() if condition else ""
    forgiven = node.keys.get("continue-on-error") or node.keys.get("allow_failure")
    return text in {"false", "0", "'false'"} or (forgiven is not None and forgiven.text == "true")


def _lines_of_command(node: Node, lines: list[str]) -> Iterator[tuple[int, str]]:
    for item in node.items:
        yield from _lines_of_command(item, lines)
    if node.text is None:
        return
    at = node.start
    for part in (line.strip() for line in node.text.split("\n")):
        if not part or _is_void(part):
            continue
        ahead = range(at, min(node.end, len(lines), at + LOOK_AHEAD) + 1)
        at = next((number for number in ahead if part[:60] in lines[number - 1]), at)
        yield at, _acting(part)
