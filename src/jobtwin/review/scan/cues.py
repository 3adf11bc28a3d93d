"""Cues: words that an instruction to a grader or a model cannot do without, by what they do.

A class is not evidence; it makes a line worth reading (`is_worth_reading`) and lets the model see what
kinds of words stand together whatever their language. A key is a whole word, or a beginning that ends in
`*`. They stand in cues.txt, one class a line; the first class that names a word has it.
"""

from functools import lru_cache
from importlib.resources import files

BEGINNING = 6
"""Letters by which whole lines are sifted before words are looked up."""


def _table() -> tuple[dict[str, str], dict[str, str]]:
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    written = files("jobtwin.review.scan").joinpath("cues.txt").read_text(encoding="utf-8")
    for line in written.splitlines():
        name, _, listed = line.partition(": ")
        for word in listed.split():
            if word.endswith("*"):
                beginnings.setdefault(word[:-1], name)
            else:
                whole.setdefault(word, name)
    return whole, beginnings


_WHOLE, _BEGINNINGS = _table()
_SIZES = sorted({len(beginning) for beginning in _BEGINNINGS}, reverse=True)


@lru_cache(maxsize=200_000)
def class_of(word: str) -> str | None:
    """The class of a folded word, or None for a word without one; of two beginnings the longer one counts."""
    found = _WHOLE.get(word)
    if found is not None:
        return found
    return next((_BEGINNINGS[word[:n]] for n in _SIZES if word[:n] in _BEGINNINGS), None)


def cue_words() -> frozenset[str]:
    """All whole words and beginnings, for readers that cut text where no spaces stand."""
    return frozenset(_WHOLE) | frozenset(_BEGINNINGS)


def cue_starts() -> dict[str, str]:
    """Class by the first six letters of every cue: coarse, and quick enough for whole repositories."""
    starts = {word[:BEGINNING]: name for word, name in _BEGINNINGS.items()}
    return {**starts, **{word[:BEGINNING]: name for word, name in _WHOLE.items()}}
