"""Building capstones: a world (who needs what) and one variant a slot, each drawn about equally often."""

import hashlib
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from jobtwin.core.check import Reason, verdict_of
from jobtwin.evals.capstones.slots import Slot, Variant, all_slots
from jobtwin.source.tree import MemoryTree

SEED = 20_26
WORLDS = (
    ("triage desk", "triage", "ticket", "support lead"),
    ("rent reader", "rents", "lease", "tenants' adviser"),
    ("bug sorter", "bugs", "crash report", "maintainer"),
    ("ward notes", "ward", "handover note", "ward sister"),
    ("claim line", "claims", "damage claim", "claims clerk"),
    ("grant finder", "grants", "grant call", "charity manager"),
    ("menu check", "menus", "allergy question", "head cook"),
    ("road desk", "roads", "pothole report", "road inspector"),
)
"""Service, package, thing, user."""

Place = tuple[str, int, int]
"""Path, first line, last line."""


@dataclass(frozen=True)
class Capstone:
    """A made repository: its files, what is true of it by criterion, where that stands, what the checks said.

    A criterion that is missing from `truth` is not known by construction. `variants` names what was put in.
    """

    name: str
    files: Mapping[str, bytes]
    truth: Mapping[str, bool]
    gold: Mapping[str, tuple[Place, ...]]
    reasons: Mapping[str, str]
    variants: Mapping[str, str] = field(default_factory=dict)

    @property
    def commit(self) -> str:
        """An id of 40 hex digits over paths and contents."""
        hashed = hashlib.sha256()
        for path, content in sorted(self.files.items()):
            hashed.update(f"{len(path)} {path} {len(content)} ".encode() + content)
        return hashed.hexdigest()[:40]

    def tree(self, changes: Mapping[str, bytes] | None = None) -> MemoryTree:
        """The repository, with some files replaced or added; its commit stays, so that the facts fit."""
        return MemoryTree({**self.files, **(changes or {})}, self.commit)

    def facts(self) -> dict[str, object]:
        """What `jobtwin verify --json` would print."""
        checks = [
            {
                "id": check,
                "verdict": verdict_of(Reason(reason)).value,
                "reason": reason,
                "summary": "As made.",
            }
            for check, reason in sorted(self.reasons.items())
        ]
        return {"source": self.name, "commit": self.commit, "brief": "capstone", "checks": checks}


def capstones(count: int, *, seed: int = SEED) -> Iterator[Capstone]:
    """`count` capstones; the same count and seed give the same bytes."""
    draws = {slot.name: _draws(slot, count, seed) for slot in all_slots()}
    for number in range(count):
        chosen = {name: draw[number] for name, draw in draws.items()}
        yield _built(f"capstone-{number:02}", WORLDS[number % len(WORLDS)], chosen)


def _draws(slot: Slot, count: int, seed: int) -> list[Variant]:
    """Good and bad variants alike often, each of them as often as the others of its kind."""
    rng = random.Random(f"{seed} {slot.name}")  # noqa: S311  repeatable, guards nothing
    good = [one for one in slot.variants if all(value is True for value in one.truth.values())]
    bad = [one for one in slot.variants if one not in good]
    half = (count + 1) // 2
    listed = [good[n % len(good)] for n in range(half)] + [bad[n % len(bad)] for n in range(count - half)]
    rng.shuffle(listed)
    return listed


def _built(name: str, world: tuple[str, str, str, str], chosen: Mapping[str, Variant]) -> Capstone:
    words = _words(*world)
    layout = next((one.layout for one in chosen.values() if one.layout), "")
    texts: dict[str, str] = {}
    gold: dict[str, list[Place]] = {}
    for variant in chosen.values():
        for path, text in variant.files.items():
            where = _placed(_filled(path, words), world[1], layout)
            first = texts.get(where, "").count("\n") + 1
            texts[where] = texts.get(where, "") + _filled(text, words)
            place = (where, first, max(first, texts[where].count("\n")))
            for criterion in variant.gold:
                gold.setdefault(criterion, []).append(place)
    texts["start.py"] = _start(texts, world[1], layout)
    return Capstone(
        name,
        {path: text.encode() for path, text in texts.items()},
        _truth(chosen),
        {criterion: tuple(places) for criterion, places in gold.items()},
        {check: reason for one in chosen.values() for check, reason in (one.facts or {}).items()},
        {slot: variant.name for slot, variant in chosen.items()},
    )


def _start(texts: Mapping[str, str], package: str, layout: str) -> str:
    """A module that starts the service: it brings its parts together, and knows where the cases are."""
    folder = f"src/{package}/" if layout == "src" else f"{package}/"
    modules = {
        path: path.removeprefix("src/") for path in texts if path.startswith(folder) or path == "app.py"
    }
    lines = ['"""Starts the service."""', "", "import fastapi", ""]
    parts: list[str] = []
    for path, shown in sorted(modules.items()):
        module = shown.removesuffix(".py").replace("/", ".")
        if path.endswith(".py"):
            lines.append(f"import {module}")
            parts += [f"{module}.{name}" for name in _names(texts[path])]
    data = [path for path in sorted(texts) if path.startswith("evals/") and not path.endswith((".py", ".md"))]
    lines += ["", f"CASES = {data!r}", "APP = fastapi.FastAPI()", ""]
    return "\n".join([*lines, *(f"APP.state.parts = {part}" for part in parts), ""])


def _names(text: str) -> list[str]:
    """Names at the top of a module: definitions, and what is made in lower case."""
    return re.findall(r"^(?:def |class )?([A-Za-z]\w*)(?=\(.*:$|:$| = \w+\()", text, re.MULTILINE)


def _placed(path: str, package: str, layout: str) -> str:
    if not path.startswith(f"{package}/") or not layout:
        return path
    return f"src/{path}" if layout == "src" else "app.py"


def _truth(chosen: Mapping[str, Variant]) -> dict[str, bool]:
    """Met where every slot that speaks of a criterion says so; left out where one cannot say."""
    said: dict[str, list[bool | None]] = {}
    for variant in chosen.values():
        for criterion, value in variant.truth.items():
            said.setdefault(criterion, []).append(value)
    return {
        criterion: all(value is True for value in values)
        for criterion, values in said.items()
        if False in values or None not in values
    }


def _words(service: str, package: str, thing: str, user: str) -> dict[str, str]:
    words = {
        "service": service, "package": package, "thing": thing, "user": user,
        "things": f"{thing}s", "users": f"{user}s",
    }  # fmt: skip
    return {
        **words,
        "Service": service.capitalize(),
        "Users": words["users"].capitalize(),
        "PACKAGE": package.upper(),
    }


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text
