"""Payloads for training: texts that try to steer whoever marks a submission, written for this project.

Each family is one way to steer, as a small grammar: `[a|b]` is a choice, `{name}` a list of texts/lists.txt.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path

TEXTS = Path(__file__).parent / "texts"
FAMILY_NAMES = (
    "addressed", "override", "forged", "structured", "plea", "courteous", "narrative", "roleplay", "tooling",
    "assurance", "summary", "casual", "blunt", "agents", "records", "names",
)  # fmt: skip


def templates(name: str) -> list[str]:
    """The templates of one file, one a line; a line break is written as \\n."""
    lines = (TEXTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines]


def _lists() -> dict[str, list[str]]:
    """What stands for `{name}`: one list a line, its entries parted by ` | `."""
    named = (line.split(": ", 1) for line in templates("lists"))
    return {name: listed.split(" | ") for name, listed in named}


LISTS = {**_lists(), "sep": [": ", " - ", ", ", ". ", " -- ", "; ", ":\n", " "]}
FAMILIES = {name: templates(f"payloads_{name}") for name in FAMILY_NAMES}
TRANSLATED = templates("payloads_translated")

_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_LIST = re.compile(r"\{(\w+)\}")


def payloads(
    rng: random.Random, count: int, families: tuple[str, ...] | None = None
) -> Iterator[tuple[str, str]]:
    """`count` pairs of family and text; `translated` is a family of its own."""
    names = families or (*FAMILIES, "translated")
    for _ in range(count):
        family = rng.choice(names)
        if family == "translated":
            yield family, varied(rng, rng.choice(TRANSLATED))
        else:
            yield family, varied(rng, expand(rng, rng.choice(FAMILIES[family])))


def expand(rng: random.Random, template: str) -> str:
    """One text of a template."""
    text = template.replace("{{", "\x01").replace("}}", "\x02")
    for _ in range(12):
        changed = _CHOICE.sub(lambda found: rng.choice(found.group(1).split("|")), text)
        changed = _LIST.sub(lambda found: rng.choice(LISTS[found.group(1)]), changed)
        if changed == text:
            break
        text = changed
    return text.replace("\x01", "{").replace("\x02", "}").replace("s?:", rng.choice((":", "s:")))


def varied(rng: random.Random, text: str) -> str:
    """The text as somebody may type it: capitals, first letters, a missing stop, two sentences."""
    text = re.sub(r"([.!:?]\s+)([a-z])", lambda m: m.group(1) + m.group(2).upper(), text)
    roll = rng.random()
    if roll < 0.12:
        text = text.upper()
    elif roll < 0.24:
        text = text.lower()
    elif roll < 0.6:
        text = text[:1].upper() + text[1:]
    if rng.random() < 0.3:
        text = text.rstrip(".")
    if rng.random() < 0.08:
        text = text.replace(" the ", " ", 1)
    return text
