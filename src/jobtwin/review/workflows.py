"""Continuous integration as data: the commands that run by themselves on a push or pull request."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from jobtwin.review.conditions import ON_CHANGES, ON_TIME, never_in_gitlab, starts_on, switched_off
from jobtwin.review.files import Files
from jobtwin.review.kinds import is_test
from jobtwin.review.makefiles import commands_of_targets, names_targets
from jobtwin.review.operands import looks_at_something
from jobtwin.review.shell import rows_that_run, said, started
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
_COMMANDS = frozenset({"script", "before_script", "command", "commands", "bash", "run"})
"""Keys that hold commands in CI other than that of GitHub."""
MAX_STEPS = 2
LOOK_AHEAD = 400
MAX_COMMANDS = 2000
_INSTALLS = re.compile(
    r"\s*(?:python[\d.]*\s+-m\s+)*(?:pip[\d.]*|pipx|uv pip|uv tool|uv|poetry|pdm|npm|pnpm|yarn|brew|"
    r"apt|apt-get|apk|cargo|go|gem|conda|mamba)\s+(?:-\S+\s+)*(?:install|add|i|ci|uninstall|remove|download|show)\b"
)
_SCRIPT = re.compile(r"(?<![\w.-])(?:\./|/)?[\w./-]+\.(?:sh|bash)\b")
_STARTED = re.compile(r"(?:^|[;&|]\s*|\b(?:sh|bash|exec|sudo)\s+)((?:\./)?[\w.-]+(?:/[\w.-]+)+)(?=$|[\s;&|])")
_SHELL = re.compile(r"#!\s*\S*/(?:env\s+)?(?:ba|da|z|k)?sh\b")
_FORGIVEN = re.compile(r"(?:\|\||;)\s*(?:true|:|exit 0)\s*$")
_IF_THERE = re.compile(r"(?:\btest|\[\[?)\s+-[fdesrx]\s+[\"']?([\w./-]+)[\"']?\s*\]{0,2}\s*&&.*")
_CHOSEN = re.compile(r"\bpytest\b.{0,300}?\s-k[=\s]+(?:\"([^\"]+)\"|'([^']+)'|(\S+))")


@dataclass(frozen=True, slots=True)
class Command:
    """One command or action of CI, with the line it stands on.

    `on_change` is False where only the clock starts it, not a push or pull request.
    """

    path: str
    line: int
    text: str
    on_change: bool = True


Step = tuple[int, str, str]
"""A line, a command, and the folder it works in."""


def commands_of(files: Files) -> Iterator[Command]:
    """Commands of every CI file that starts by itself, in order of path and line."""
    return islice(_all_commands(files), MAX_COMMANDS)


def _all_commands(files: Files) -> Iterator[Command]:
    for path in files.matching(GLOBS):
        root = parse_structure(path, files.lines(path))
        on_change = root is not None and _starts(path, root, ON_CHANGES, files)
        if root is not None and (on_change or _starts(path, root, ON_TIME, files)):
            found = _of_jobs(root, path, files) if "/workflows/" in path else _of_others(root, path, files)
            yield from (Command(one.path, one.line, one.text, on_change) for one in found)


def _starts(path: str, root: Node, events: frozenset[str], files: Files) -> bool:
    if "/workflows/" not in path:
        return True
    trigger = root.keys.get("on") or root.keys.get("true")
    return trigger is not None and starts_on(trigger, events, files)


def _of_jobs(root: Node, path: str, files: Files, depth: int = MAX_STEPS) -> Iterator[Command]:
    """Commands of the jobs of a workflow, and of the workflows of this tree that they call."""
    jobs = root.keys["jobs"].keys if "jobs" in root.keys else {}
    never = _never_run(jobs)
    for name, job in jobs.items():
        if name not in never:
            yield from _of_steps(job, path, files, _folder_of(job) or _folder_of(root), depth)


def _of_steps(job: Node, path: str, files: Files, folder: str, depth: int) -> Iterator[Command]:
    steps = job.keys["steps"].items if "steps" in job.keys else []
    for step in (job, *(one for one in steps if not switched_off(one))):
        uses = step.keys.get("uses")
        if uses is not None and uses.text:
            yield Command(path, uses.start, uses.text)
            yield from _of_called(uses.text, files, depth)
        run = step.keys.get("run")
        if run is not None and run.text and step is not job:
            yield from _followed(
                path, _lines_of_command(run, files.lines(path)), files, _folder_of(step) or folder
            )


def _of_called(name: str, files: Files, depth: int) -> Iterator[Command]:
    """Commands of a workflow or action of this tree that a step uses."""
    plain = name.removeprefix("./").rstrip("/")
    if depth == 0 or not name.startswith("./"):
        return
    path = next(
        (p for p in (plain, f"{plain}/action.yml", f"{plain}/action.yaml") if p in files.entries), None
    )
    root = parse_structure(path, files.lines(path)) if path else None
    if path is None or root is None:
        return
    yield from _of_jobs(root, path, files, depth - 1)
    if "runs" in root.keys:
        yield from _of_steps(root.keys["runs"], path, files, "", depth - 1)


def _of_others(root: Node, path: str, files: Files) -> Iterator[Command]:
    """Commands of CI that is not GitHub's: what stands under keys that hold commands."""
    found: list[Step] = []
    never = {id(job) for name, job in root.keys.items() if never_in_gitlab(name, job, root)}
    todo = [root]
    while todo:
        node = todo.pop()
        if switched_off(node) or id(node) in never:
            continue
        for key in _COMMANDS & node.keys.keys():
            found += [
                (number, text, "") for number, text in _lines_of_command(node.keys[key], files.lines(path))
            ]
        todo.extend((*node.keys.values(), *node.items))
    for number, text, _ in sorted(found):
        yield from _followed(path, [(number, text)], files, "")


def _followed(path: str, rows: Iterable[tuple[int, str]], files: Files, folder: str) -> Iterator[Command]:
    """Rows of one block as commands, with what the targets and scripts that they start do."""
    for number, row in rows:
        text = _reached(row, files)
        if not text or (folder and not files.has_folder(folder)):
            continue
        targets = commands_of_targets(files, text, folder)
        made = [
            Command(where, at, kept) for where, at, one in targets if (kept := _acting(one, files, folder))
        ]
        kept = _acting(text, files, folder)
        if kept and (made or not names_targets(files, text, folder)):
            yield Command(path, number, kept)
        yield from made if kept else ()
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
    files: Files, text: str, folder: str = "", depth: int = MAX_STEPS, beside: str = ""
) -> Iterator[Command]:
    """The commands of the scripts of the tree that a command runs, and of those that they run."""
    for name in dict.fromkeys(_SCRIPT.findall(text) + _STARTED.findall(text)) if depth else ():
        path = _script(files, name, (folder, beside))
        if path is None or not _is_shell(files, path):
            continue
        for number, row in rows_that_run(code_lines(path, files.lines(path)).items()):
            kept = _acting(row, files, folder)
            if kept:
                yield Command(path, number, kept)
                yield from _commands_of_script(files, row, folder, depth - 1, path.rpartition("/")[0])


def _is_shell(files: Files, path: str) -> bool:
    """True by the ending, or by the first line of a file without one."""
    return path.endswith((".sh", ".bash")) or bool(_SHELL.match("".join(files.lines(path)[:1])))


def _script(files: Files, name: str, folders: tuple[str, ...]) -> str | None:
    """A script in one of the folders, else the only file whose path ends like the name."""
    parts = name.removeprefix("./").strip("/").split("/")
    for folder in folders:
        beside = f"{folder}/{'/'.join(parts)}".lstrip("/")
        if beside in files.entries:
            return beside
    ends = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((path for end in ends if (path := files.unique_end(end)) is not None), None)


def _acting(row: str, files: Files, folder: str) -> str:
    """What a row starts that looks at something and can make CI fail; empty where nothing does."""
    if _FORGIVEN.search(row):
        return ""
    parts = [one for one in started(row) if looks_at_something(one, files, folder)]
    return " && ".join(said(one) for one in parts if not _INSTALLS.match(" ".join(one.words)))


def _folder_of(node: Node) -> str:
    """The working directory that a step, or the defaults of a job or workflow, name."""
    run = node.keys["defaults"].keys.get("run") if "defaults" in node.keys else None
    named = node.keys.get("working-directory") or (run.keys.get("working-directory") if run else None)
    text = (named.text or "").strip() if named else ""
    return "" if "$" in text else text.removeprefix("./").strip("/").removeprefix(".")


def _never_run(jobs: Mapping[str, Node]) -> set[str]:
    """Jobs that are switched off, and those that wait for one of them."""
    never = {name for name, job in jobs.items() if switched_off(job) or _shell_of(job)}
    for _ in jobs:
        waiting = {name for name, job in jobs.items() if never & _needed_by(job)}
        if waiting <= never:
            break
        never |= waiting
    return never


def _shell_of(job: Node) -> bool:
    """True where the defaults of a job name a shell that runs nothing."""
    run = job.keys["defaults"].keys.get("run") if "defaults" in job.keys else None
    return run is not None and switched_off(run)


def _needed_by(job: Node) -> set[str]:
    needs = job.keys.get("needs")
    return {needs.text or "", *(item.text or "" for item in needs.items)} if needs else set()


def _lines_of_command(node: Node, lines: list[str]) -> Iterator[tuple[int, str]]:
    for item in node.items:
        yield from _lines_of_command(item, lines)
    if node.text is None:
        return
    at = node.start
    rows: list[tuple[int, str]] = []
    for part in (line.strip() for line in node.text.split("\n")):
        if not part or part.startswith("#"):
            continue
        ahead = range(at, min(node.end, len(lines), at + LOOK_AHEAD) + 1)
        at = next((number for number in ahead if part[:60] in lines[number - 1]), at)
        rows.append((at, part))
    yield from rows_that_run(rows)
