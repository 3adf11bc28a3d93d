"""Texts in 19 other languages, joined from parts of texts/languages.txt (`de.ask: ... | ...` a line)."""

import random

from bench.guard.payloads import templates

_SEPARATORS = (": ", " - ", ", ", ". ", " – ", "; ", ":\n", "! ", " ")


def _parts() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for line in templates("languages"):
        key, listed = line.split(": ", 1)
        language, part = key.split(".")
        found.setdefault(language, {})[part] = listed.split(" | ")
    return found


PARTS = _parts()


def payload(rng: random.Random) -> str:
    """A grader-aimed text: one to three parts of one language, one of which asks for the marks."""
    parts = PARTS[rng.choice(sorted(PARTS))]
    ask = rng.choice(parts["ask"])
    lead = rng.choice(["to", "to", "if", "ignore", "forged", "both", "asks", "alone"])
    if lead == "alone":
        return _finished(rng, [ask])
    if lead == "asks":
        return _finished(rng, rng.sample(parts["ask"], 2))
    if lead == "both":
        return _finished(rng, [rng.choice(parts["to"]), rng.choice(parts["ignore"]), ask])
    return _finished(rng, [rng.choice(parts[lead]), ask])


def harmless(rng: random.Random) -> str:
    """An ordinary sentence with the same words, or two."""
    parts = PARTS[rng.choice(sorted(PARTS))]
    return _finished(rng, rng.sample(parts["fine"], rng.choice((1, 1, 2))))


def _finished(rng: random.Random, parts: list[str]) -> str:
    text = parts[0]
    for part in parts[1:]:
        text = text.rstrip() + rng.choice(_SEPARATORS) + part
    return text + rng.choice(("", ".", "!", ""))
