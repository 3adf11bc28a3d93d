"""Conditions of CI: whether a step, a job or a file can start on an ordinary push or pull request."""

import re

from jobtwin.review.files import Files
from jobtwin.review.globs import compiled
from jobtwin.review.structure import Node

ON_CHANGES = frozenset({"push", "pull_request", "pull_request_target", "merge_group"})
ON_TIME = frozenset({"schedule"})
_USUAL_BRANCH = re.compile(
    r"\*|^(?:main|master|trunk|develop(?:ment)?|dev|default|stable|release|production)$|\$"
)
_USUAL_TYPES = frozenset({"opened", "synchronize", "reopened", "edited", "ready_for_review"})
_MACHINE = re.compile(
    r"ubuntu|macos|windows|linux|self-hosted|arm|x64|large|runner|core|gpu|vcpu|\$", re.IGNORECASE
)
_SHELL = re.compile(r"^(?:/\S+/)?(?:bash|sh|pwsh|powershell|cmd|zsh|python|msys2|micromamba|nix|\$)")
_OF = r"(?:github\.)?(event_name|ref_name|ref|base_ref|head_ref|event\.ref)"
_EQUALS = re.compile(rf"^{_OF}\s*==\s*'([^']*)'$")
_STARTS = re.compile(rf"^startsWith\(\s*{_OF}\s*,\s*'([^']*)'\s*\)$", re.IGNORECASE)
_CONSTANTS = re.compile(
    r"^('[^']*'|[\d.]+|true|false)\s*(==|!=)\s*('[^']*'|[\d.]+|true|false)$", re.IGNORECASE
)
_NEVER = re.compile(r"^(?:false|0|''|null|!\s*true|!\s*always\(\)|(?:failure|cancelled)\(\))$", re.IGNORECASE)


def can_hold(condition: str) -> bool:
    """False for a condition that no ordinary push or pull request fulfils."""
    text = re.sub(r"\$\{\{|\}\}", "", condition).strip()
    if "||" in text:
        return any(can_hold(part) for part in text.split("||"))
    if "&&" in text:
        return all(can_hold(part) for part in text.split("&&"))
    plain = text.strip("() ") if not text.endswith("()") else text
    return not any(_fails(one) for one in {plain, text})


def _fails(text: str) -> bool:
    if _NEVER.match(text):
        return True
    if constants := _CONSTANTS.match(text):
        return (constants[1].lower() == constants[3].lower()) != (constants[2] == "==")
    if equal := _EQUALS.match(text):
        return not _is_usual(equal[1], equal[2])
    if starts := _STARTS.match(text):
        return starts[1] != "event_name" and not "refs/heads/main".startswith(starts[2][:10])
    return False


def _is_usual(what: str, value: str) -> bool:
    if what == "event_name":
        return value in ON_CHANGES | ON_TIME
    return _USUAL_BRANCH.search(value.removeprefix("refs/heads/")) is not None


def switched_off(node: Node) -> bool:
    """True for a step or job that never runs, whose failure is forgiven, or that no shell reads."""
    condition = node.keys.get("if")
    if condition is not None and condition.text is not None and not can_hold(condition.text):
        return True
    shell = node.keys.get("shell")
    if shell is not None and shell.text and not _SHELL.match(shell.text.strip()):
        return True
    machine = node.keys.get("runs-on")
    if machine is not None and machine.text and not _MACHINE.search(machine.text):
        return True
    if _has_empty_matrix(node):
        return True
    forgiven = node.keys.get("continue-on-error") or node.keys.get("allow_failure")
    return forgiven is not None and forgiven.text == "true"


def _has_empty_matrix(job: Node) -> bool:
    matrix = job.keys["strategy"].keys.get("matrix") if "strategy" in job.keys else None
    return matrix is not None and any(axis.empty and axis.text is None for axis in matrix.keys.values())


def never_in_gitlab(name: str, job: Node, root: Node) -> bool:
    """True for a hidden template that no job extends, and for a job that only somebody starts by hand."""
    when = job.keys.get("when")
    if when is not None and when.text in {"never", "manual"}:
        return True
    if not name.startswith("."):
        return False
    return not any(name in _said(other.keys.get("extends")) for other in root.keys.values())


def _said(node: Node | None) -> set[str]:
    return {node.text or "", *(item.text or "" for item in node.items)} if node else set()


def starts_on(trigger: Node, wanted: frozenset[str], files: Files) -> bool:
    """True where one of the wanted events starts a workflow with this `on`."""
    named = {trigger.text or "", *trigger.keys, *(item.text or "" for item in trigger.items)}
    return any(_reaches(name, trigger.keys.get(name), files) for name in named & wanted)


def _reaches(event: str, trigger: Node | None, files: Files) -> bool:
    """False for a trigger of unusual branches, of tags alone, of paths that are not there, of rare days."""
    if event in ON_TIME:
        return any(not _is_rare(row) for row in _crons(trigger))
    branches, paths, tags = (_texts(trigger, name) for name in ("branches", "paths", "tags"))
    without, away = (_texts(trigger, name) for name in ("branches-ignore", "paths-ignore"))
    wanted = tuple(path for path in paths if not path.startswith("!"))
    if wanted and not any(compiled(wanted).fullmatch(path) for path in files.entries):
        return False
    if {"**", "*"} & {*without, *away} or (tags and not branches and event == "push"):
        return False
    types = _texts(trigger, "types")
    if types and not _USUAL_TYPES & set(types) and event.startswith("pull_request"):
        return False
    return not branches or any(_USUAL_BRANCH.search(name) for name in branches)


def _crons(trigger: Node | None) -> list[str]:
    items = trigger.items if trigger else []
    return [node.text for item in items if (node := item.keys.get("cron")) is not None and node.text]


def _is_rare(cron: str) -> bool:
    """True for a time that comes about once a year: a day of a month."""
    fields = cron.split()
    return len(fields) != 5 or (fields[2] != "*" and fields[3] != "*")


def _texts(node: Node | None, key: str) -> list[str]:
    """The text, or the texts of the list, that stand under a key."""
    found = node.keys.get(key) if node else None
    listed = [found.text, *(item.text for item in found.items)] if found else []
    return [text for text in listed if text]
