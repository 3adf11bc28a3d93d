"""Tricks: files that look as if a criterion were met, each drafted on its own."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from jobtwin.core.draft_review import Finding
from jobtwin.evals.drafts import BRIEF, verdicts
from jobtwin.review.draft import draft_review
from jobtwin.source.tree import MemoryTree


@cache
def tricks() -> tuple[Mapping[str, Any], ...]:
    """`name`, `criterion`, `path` and `text` (or `files`) of each; `late` where no rule was mended since."""
    text = (files("jobtwin.evals") / "tricks.yaml").read_text(encoding="utf-8")
    return tuple(yaml.safe_load(text))


def tried(name: str) -> dict[str, object]:
    """What code says of a criterion in a tree that holds the trick alone."""
    trick = next(one for one in tricks() if one["name"] == name)
    texts = trick.get("files") or {trick["path"]: trick["text"]}
    tree = MemoryTree({path: text.encode() for path, text in texts.items()})
    found = verdicts(draft_review(tree, BRIEF, source="trick"))[trick["criterion"]]
    return {"criterion": trick["criterion"], "fooled": found is Finding.MET, "late": bool(trick.get("late"))}
