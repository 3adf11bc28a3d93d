"""Continuous integration as data: the commands that run by themselves on a push or pull request."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from jobtwin.review.files import Files
from jobtwin.review.globs import compiled
from jobtwin.review.kinds import is_test
from jobtwin.review.makefiles import commands_of_targets, names_targets
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
_USUAL_BRANCH = re.compile(
    r"\*|^(?:main|master|trunk|develop(?:ment)?|dev|default|stable|release|production)$|\$"
)
MAX_STEPS = 2
LOOK_AHEAD = 400
MAX_COMMANDS = 2000
_PRINTS = re.compile(
    r"^\s*(?:-\s+)?(?:#|echo\b|printf\b|:(?:\s|$)|true\b|cat\b|ls\b|exit\b|expr\b|sleep\b|if\s+false\b)"
)
_INSTALLS = re.compile(
    r"\s*(?:sudo\s+|python[\d.]*\s+-m\s+)*(?:pip[\d.]*|pipx|uv pip|uv tool|uv|poetry|pdm|npm|pnpm|yarn|brew|"
    r"apt|apt-get|apk|cargo|go|gem|conda|mamba)\s+(?:-\S+\s+)*(?:install|add|i|ci)\b"
)
_LOOKS = re.compile(r"\s(?:--version|--help|-h|--collect-only|--co)(?:\s|$)")
_BETWEEN = re.compile(r"\s*(?:&&|;(?!;)|\|\|)\s*")
_SCRIPT = re.compile(r"(?<![\w.-])(?:\./|/)?[\w./-]+\.(?:sh|bash)\b")
_STARTED = re.compile(r"(?:^|[;&|]\s*|\b(?:sh|bash|exec|sudo)\s+)((?:\./)?[\w.-]+(?:/[\w.-]+)+)(?=$|[\s;&|])")
_SHELL = re.compile(r"#!\s*\S*/(?:env\s+)?(?:ba|da|z|k)?sh\b")
_FORGIVEN = re.compile(r"(?:\|\||;)\s*(?:true|:|exit 0)\s*$|\s--(?:exit-zero|no-fail|soft-fail|no-error)\b")
_IF_THERE = re.compile(r"(?:\btest|\[\[?)\s+-[fdesrx]\s+[\"']?([\w./-]+)[\"']?\s*\]{0,2}\s*&&.*")
_CHOSEN = re.compile(r"\bpytest\b.{0,300}?\s-k[=\s]+(?:\"([^\"]+)\"|'([^']+)'|(\S+))")


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
        if root is not None and _starts_by_itself(path, root, files):
            for number, said, folder in sorted(_commands(root, lines)):
                text = _reached(said, files)
                if not text or (folder and not files.has_folder(folder)):
                    continue
                targets = commands_of_targets(files, text, folder)
                made = [Command(where, at, _acting(row)) for where, at, row in targets if not _is_void(row)]
                if made or not names_targets(files, text, folder):
                    yield Command(path, number, text)
                yield from made
                yield from _commands_of_script(files, text, folder)


def _reached(text: str, files: Files) -> str:
    """A command without what waits for a file that is not in the tree; empty where it chooses no test."""
    for condition in _IF_THERE.finditer(text):
        name = condition[1].removeprefix("./").rstrip("/")
        if name not in files.entries and not files.has_folder(name):
            text = text[: condition.start()].rstrip(" &;")
            break
    chosen = _CHOSEN.search(text)
    return "" if chosen and not _chooses(next(filter(None, chosen.groups())), files) else text


def _chooses(expression: str, files: Files) -> bool:
    """True where a word of the expression stands in a test, or it only leaves tests out."""
    words = set(re.findall(r"\w+", expression)) - {"and", "or"}
    if "not" in words or "$" in expression:
        return True
    tests = [path for path in files.own if is_test(path)][: files.limits.max_probe_files]
    return any(word in path or word in "\n".join(files.lines(path)) for path in tests for word in words)


def _commands_of_script(
    files: Files, text: str, folder: str = "", depth: int = MAX_STEPS
) -> Iterator[Command]:
    """The commands of the scripts of the tree that a command runs, and of those that they run."""
    for name in dict.fromkeys(_SCRIPT.findall(text) + _STARTED.findall(text)) if depth else ():
        path = _script(files, name, folder)
        if path is None or not _is_shell(files, path):
            continue
        for number, row in code_lines(path, files.lines(path)).items():
            if not _is_void(row):
                yield Command(path, number, _acting(row.strip()))
                yield from _commands_of_script(files, row, path.rpartition("/")[0], depth - 1)


def _is_shell(files: Files, path: str) -> bool:
    """True by the ending, or by the first line of a file without one."""
    return path.endswith((".sh", ".bash")) or bool(_SHELL.match("".join(files.lines(path)[:1])))


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


def _starts_by_itself(path: str, root: Node, files: Files) -> bool:
    if "/workflows/" not in path:
        return True
    trigger = root.keys.get("on") or root.keys.get("true")
    if trigger is None:
        return False
    named = {trigger.text or "", *trigger.keys, *(item.text or "" for item in trigger.items)}
    return any(_reaches(trigger.keys.get(name), files) for name in named & _TRIGGERS)


def _reaches(trigger: Node | None, files: Files) -> bool:
    """False for a trigger that is kept to branches of which none is usual, or to paths that are not there."""
    branches, paths = (_texts(trigger, name) for name in ("branches", "paths"))
    wanted = tuple(path for path in paths if not path.startswith("!"))
    if wanted and not any(compiled(wanted).fullmatch(path) for path in files.entries):
        return False
    return not branches or any(_USUAL_BRANCH.search(name) for name in branches)


def _texts(node: Node | None, key: str) -> list[str]:
    """The text, or the texts of the list, that stand under a key."""
    found = node.keys.get(key) if node else None
    listed = [found.text, *(item.text for item in found.items)] if found else []
    return [text for text in listed if text]


def _commands(root: Node, lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """`(line, command, folder)` of every step that can run; a step's folder wins over the job's."""
    todo = [(root, "")]
    while todo:
        node, folder = todo.pop()
        if _switched_off(node):
            continue
        folder = _folder_of(node) or folder
        for key, child in node.keys.items():
            if key in _COMMANDS:
                yield from ((number, text, folder) for number, text in _lines_of_command(child, lines))
        never = _never_run(node.keys["jobs"]) if "jobs" in node.keys else set()
        kept = node.keys["jobs"].keys if never else {}
        for key in never:
            del kept[key]
        todo.extend((child, folder) for child in (*node.keys.values(), *node.items))


def _folder_of(node: Node) -> str:
    """The working directory that a step, or the defaults of a job or workflow, name."""
    run = node.keys["defaults"].keys.get("run") if "defaults" in node.keys else None
    named = node.keys.get("working-directory") or (run.keys.get("working-directory") if run else None)
    text = (named.text or "").strip() if named else ""
    return "" if "$" in text else text.removeprefix("./").strip("/").removeprefix(".")


def _never_run(jobs: Node) -> set[str]:
    """Jobs that are switched off, and those that wait for one of them."""
    never = {name for name, job in jobs.keys.items() if _switched_off(job)}
    for _ in jobs.keys:
        waiting = {name for name, job in jobs.keys.items() if never & _needed_by(job)}
        if waiting <= never:
            break
        never |= waiting
    return never


def _needed_by(job: Node) -> set[str]:
    needs = job.keys.get("needs")
    return {needs.text or "", *(item.text or "" for item in needs.items)} if needs else set()


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
