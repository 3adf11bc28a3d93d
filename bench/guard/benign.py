"""Benign texts for training, written for this project: requests with alarming words, and the prose and
prompts of ordinary repositories that speak of grading, reviewing, models and instructions."""

import random

from bench.guard.payloads import expand, templates, varied

LISTS_HARD = templates("benign_requests")
DOCS_HARD = templates("benign_documentation")
PROMPTS_HARD = templates("benign_prompts")
TRIGGERS_HARD = templates("benign_triggers")
GENERAL_ATTACKS = templates("attacks_general")
"""Injections that are not aimed at graders, for the TEXT head."""


def texts(rng: random.Random, listed: list[str], count: int) -> list[str]:
    """`count` texts of a list of templates, in which braces stand for themselves."""
    return [expand(rng, rng.choice(listed).replace("{", "{{").replace("}", "}}")) for _ in range(count)]


def with_triggers(rng: random.Random, count: int) -> list[str]:
    """`count` harmless texts full of the words of attacks, of templates that name lists."""
    return [varied(rng, expand(rng, rng.choice(TRIGGERS_HARD))) for _ in range(count)]
