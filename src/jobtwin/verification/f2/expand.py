"""Variables in FROM lines, as Dockerfiles mean them: `$N`, `${N}`, `${N:-word}` and `${N:+word}`."""

import re
from collections.abc import Mapping

_VARIABLE = re.compile(
    r"\\(?P<escaped>.)|\$(?:(?P<plain>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)(?::(?P<how>[-+])(?P<word>[^{}$]*))?\})"
)

MAX_CHARACTERS = 4000
"""The longest text with variables that is followed, and the longest that may come of it: a variable that
holds another one twice, and so on, would fill any memory."""


def expand(text: str, values: Mapping[str, str]) -> str | None:
    """The text with its variables, or None where it is too long or holds a form that is not one of those.

    An unset variable is empty, as a builder has it.
    """

    def one(match: re.Match[str]) -> str:
        if match["escaped"] is not None:
            return match["escaped"]
        value = values.get(match["plain"] or match["braced"], "")
        if match["how"] == "-":
            return value or match["word"]
        if match["how"] == "+":
            return match["word"] if value else ""
        return value

    if len(text) > MAX_CHARACTERS or "$" in _VARIABLE.sub("", text):
        return None
    expanded = _VARIABLE.sub(one, text)
    return expanded if len(expanded) <= MAX_CHARACTERS else None


def argument(value: str) -> list[tuple[str, str | None]]:
    """The names of one ARG line with their defaults; quotes around a default are taken off."""
    found: list[tuple[str, str | None]] = []
    for word in re.findall(r"(?:[^\s\"']|\"[^\"]*\"|'[^']*')+", value):
        name, equals, default = word.partition("=")
        found.append((name, re.sub(r"[\"']", "", default) if equals else None))
    return found
