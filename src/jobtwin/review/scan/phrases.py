"""Phrases: the few turns that most steering texts take, matched over tokens joined by spaces.

They are features for the model and decide nothing alone; what speaks against an attack (a condition, a
scale, a quoted test) is among them.
"""

import re
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern, and words without one of which it cannot match (none: it is always tried)."""

    pattern: re.Pattern[str]
    needs: tuple[str, ...]

    def stands_in(self, text: str) -> bool:
        if self.needs and not any(word in text for word in self.needs):
            return False
        return self.pattern.search(text) is not None


def _compiled() -> dict[str, Phrase]:
    """The phrases of phrases.txt, `name (needs|needs) = pattern` a line.

    What is in brackets spares time and changes nothing. `@part = ...` is put where `@part@` stands.
    """
    parts: dict[str, str] = {}
    found: dict[str, Phrase] = {}
    for line in files("jobtwin.review.scan").joinpath("phrases.txt").read_text(encoding="utf-8").splitlines():
        name, _, pattern = line.partition(" = ")
        if name.startswith("@"):
            parts[f"{name}@"] = pattern
            continue
        for part, text in parts.items():
            pattern = pattern.replace(part, text)
        name, _, needs = name.removesuffix(")").partition(" (")
        found[name] = Phrase(re.compile(pattern), tuple(needs.split("|")) if needs else ())
    return found


PHRASES = _compiled()
ADDRESS = frozenset(
    {"to whom", "called", "if you are", "to whoever", "as system", "ignore rules", "you are now"}
)
ASK = frozenset({"prize", "as done", "verdict", "approve this", "say nothing", "all met", "waived"})


def phrases_in(tokens: list[str]) -> set[str]:
    """Names of the phrases in a window, with `both` where an address and a request stand together."""
    text = " ".join(tokens)
    found = {name for name, phrase in PHRASES.items() if phrase.stands_in(text)}
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
