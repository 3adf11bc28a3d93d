"""Slots: the places of a capstone that can be filled well or badly, as data beside this module."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

Layout = Literal["", "src", "flat"]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to fill a slot.

    `truth` says by criterion whether it is met with this variant (None: it cannot be said); `gold` names the
    criteria whose evidence these files are; `facts` are reason codes of checks; `replace` changes the texts.
    """

    name: str
    truth: Mapping[str, bool | None]
    files: Mapping[str, str]
    gold: tuple[str, ...] = ()
    facts: Mapping[str, str] | None = None
    layout: Layout = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a capstone with its variants, good ones and bad ones."""

    name: str
    variants: tuple[Variant, ...]


@cache
def all_slots() -> tuple[Slot, ...]:
    """Every slot, in the order in which texts of one file are joined."""
    found: list[Slot] = []
    folder = files("jobtwin.evals.capstones") / "slots"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        rows = yaml.safe_load(file.read_text(encoding="utf-8"))
        found += [Slot(row["slot"], tuple(_variant(one) for one in row["variants"])) for row in rows]
    return tuple(found)


def _variant(row: Mapping[str, Any]) -> Variant:
    texts: dict[str, str] = {}
    for path, text in (row.get("files") or {}).items():
        for old, new in (row.get("rename") or {}).items():
            path = path.replace(old, new)  # noqa: PLW2901  the path under its new name
        for old, new in (row.get("replace") or {}).items():
            text = text.replace(old, new)  # noqa: PLW2901  the text with what this variant changes
        texts[path] = text * int(row.get("repeat", 1))
    return Variant(
        row["name"],
        row["truth"],
        texts,
        tuple(row.get("gold") or ()),
        row.get("facts"),
        row.get("layout", ""),
    )
