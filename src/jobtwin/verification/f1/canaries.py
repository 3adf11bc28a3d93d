"""Canaries: one test that must pass and one that must fail, under names nobody can foresee.

A run in which the failing one does not fail has bent its reports.
"""

import random
from dataclasses import dataclass

from jobtwin.verification.f1.census import Census

_NOUNS = [
    "order",
    "basket",
    "invoice",
    "ledger",
    "parcel",
    "ticket",
    "route",
    "planet",
    "signal",
    "garden",
    "harbor",
    "bridge",
    "meadow",
    "lantern",
]
_VERBS = [
    "keeps",
    "drops",
    "merges",
    "splits",
    "sorts",
    "counts",
    "joins",
    "trims",
    "rounds",
    "parses",
    "renders",
    "returns",
]
_PASSES = (
    "    values = sorted([3, {a}, 1])\n    assert values[0] <= values[-1]\n",
    '    text = "{n}".upper()\n    assert text.lower() == "{n}"\n',
    "    total = sum(range({a}))\n    assert total == {a} * ({a} - 1) // 2\n",
)
_FAILS = (
    "    values = sorted([3, {a}, 1])\n    assert values[0] > values[-1]\n",
    '    text = "{n}".upper()\n    assert text == "{n}"\n',
    "    total = sum(range({a}))\n    assert total == {a} * {a} + 1\n",
)


@dataclass(frozen=True, slots=True)
class Canaries:
    """A file to add at `path`; the node ids of its two tests."""

    path: str
    content: bytes
    passes: str
    fails: str


def make_canaries(census: Census, chance: random.Random, *, taken: frozenset[str]) -> Canaries:
    """Canaries beside the first test module, so that they stand under the same conftest files.

    `taken` are the paths of the tree, `chance` is the source of names.
    """
    folder = census.modules[0].rpartition("/")[0] if census.modules else census.patterns.folder
    while True:
        word = f"{chance.choice(_NOUNS)}_{chance.choice(_NOUNS)}{chance.randrange(10, 100)}"
        name = _file_name(census.patterns.python_files, word)
        path = f"{folder}/{name}" if folder else name
        if path not in taken:
            break
    names = [
        f"test_{chance.choice(_NOUNS)}_{verb}_{chance.choice(_NOUNS)}" for verb in chance.sample(_VERBS, 2)
    ]
    which = chance.sample(range(len(_PASSES)), 2)
    fill = {"a": chance.randrange(5, 90), "n": chance.choice(_NOUNS)}
    bodies = [_PASSES[which[0]].format(**fill), _FAILS[which[1]].format(**fill)]
    tests = [f"def {name}():\n{body}" for name, body in zip(names, bodies, strict=True)]
    chance.shuffle(order := [0, 1])
    base = census.patterns.folder
    nodeid = path.removeprefix(f"{base}/") if base else path
    text = "\n\n".join(tests[index] for index in order)
    return Canaries(path, text.encode(), f"{nodeid}::{names[0]}", f"{nodeid}::{names[1]}")


def _file_name(patterns: tuple[str, ...], word: str) -> str:
    """A name that the project's own patterns collect, where one of them leaves room for a word."""
    plain = (
        one for one in patterns if one.count("*") == 1 and one.endswith(".py") and not set("/?[]") & set(one)
    )
    return next(plain, "test_*.py").replace("*", word)
