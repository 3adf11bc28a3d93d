"""Phrases: the few turns that most steering texts take, matched over tokens joined by spaces.

They are features for the model and decide nothing alone; what speaks against an attack (a condition, a
scale, a quoted test) is among them.
"""

import re
from importlib.resources import files


def _compiled() -> dict[str, re.Pattern[str]]:
    """The patterns of phrases.txt: `name = pattern` a line; `@part = ...` is put where `@part@` stands."""
    parts: dict[str, str] = {}
    found: dict[str, re.Pattern[str]] = {}
    for line in files("jobtwin.review.scan").joinpath("phrases.txt").read_text(encoding="utf-8").splitlines():
        name, _, pattern = line.partition(" = ")
        if name.startswith("@"):
            parts[f"{name}@"] = pattern
            continue
        for part, text in parts.items():
            pattern = pattern.replace(part, text)
        found[name] = re.compile(pattern)
    return found


PHRASES = _compiled()
ADDRESS = frozenset(
    {"to whom", "called", "if you are", "to whoever", "as system", "ignore rules", "you are now"}
)
ASK = frozenset({"prize", "as done", "verdict", "approve this", "say nothing", "all met", "waived"})


def phrases_in(tokens: list[str]) -> set[str]:
    """Names of the phrases in a window, with `both` where an address and a request stand together."""
    text = " ".join(tokens)
    found = {name for name, pattern in PHRASES.items() if pattern.search(text)}
    named = {f"r {name}" for name in found}
    if found & ADDRESS and found & ASK:
        named.add("r both")
        named.update(f"r {a} {b}" for a in found & ADDRESS for b in found & ASK)
        if "condition" in found:
            named.add("r both condition")
        if "quoted" in found:
            named.add("r both quoted")
        if "this work" in found:
            named.add("r both this work")
    return named
