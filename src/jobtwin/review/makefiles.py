"""Targets of make and just: which commands stand behind `make check`."""

import re
from collections.abc import Iterator

from jobtwin.review.files import Files
from jobtwin.review.shell import rows_that_run
from jobtwin.review.substance import code_lines

_CALL = re.compile(r"(?:^|[\s;&|])(?:make|just)((?:\s+[\w./=:-]+)+)")
_ELSEWHERE = re.compile(r"\s-C\s+[\"']?(?:\./)?([\w./-]+?)/?[\"']?(?=\s|$)")
_CHANGED = re.compile(r"\bcd\s+(?:\./)?([\w./-]+?)/?\s*(?:&&|;)")
_RULE = re.compile(r"^(?!\s)@?([\w.%/ -]+?)\s*:(?![=:])([^#=]*)$")
_NAMES = ("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile")
_SETS = re.compile(r"^(?:export\s+)?(\w+)\s*(?:[:?+]{0,2})=\s*(.*)$")
_VALUE = re.compile(r"\$[({](\w+)[)}]")
Rules = dict[str, tuple[list[str], list[tuple[int, str]]]]
"""By target: the targets before it, and its lines with their numbers."""


def names_targets(files: Files, text: str, folder: str) -> bool:
    """True where a command calls targets of a file of this tree."""
    return bool(_asked(text)) and _path(files, _folder(text, folder)) is not None


def commands_of_targets(files: Files, text: str, folder: str) -> Iterator[tuple[str, int, str]]:
    """`(path, line, command)` of the targets that a command calls, those before them included."""
    path = _path(files, _folder(text, folder)) if _asked(text) else None
    if path is None:
        return
    lines = code_lines(path, files.lines(path))
    rules = _rules(lines)
    values = {found[1]: found[2] for row in lines.values() if (found := _SETS.match(row))}
    seen: set[str] = set()
    todo = _asked(text)
    while todo:
        name = todo.pop(0)
        if name in seen or name not in rules:
            continue
        seen.add(name)
        before, rows = rules[name]
        todo.extend(before)
        for number, row in rows_that_run(rows):
            line = _VALUE.sub(lambda found: values.get(found[1], found[0]), row.replace("$(MAKE)", "make"))
            todo.extend(_asked(line))
            if not line.startswith("-"):
                yield path, number, line.lstrip("@+")


def _asked(text: str) -> list[str]:
    """Targets that a command names, without options and variables."""
    words = [word for call in _CALL.findall(_ELSEWHERE.sub("", text)) for word in call.split()]
    return [word for word in words if not word.startswith("-") and "=" not in word]


def _folder(text: str, folder: str) -> str:
    """The folder that `make -C` or a `cd` before it names, else the one of the step."""
    named = _ELSEWHERE.search(text) or _CHANGED.search(text)
    return f"{folder}/{named[1]}".strip("/") if named else folder


def _path(files: Files, folder: str) -> str | None:
    places = (f"{folder}/{name}".lstrip("/") for name in _NAMES)
    return next((place for place in places if place in files.entries), None)


def _rules(lines: dict[int, str]) -> Rules:
    rules: Rules = {}
    names: list[str] = []
    for number, line in lines.items():
        rule = _RULE.match(line)
        if rule:
            names = rule[1].split()
            for name in names:
                rules.setdefault(name, ([], []))[0].extend(rule[2].split())
        elif line[:1] in {"\t", " "} and line.strip():
            for name in names:
                rules[name][1].append((number, line.strip()))
    return rules
