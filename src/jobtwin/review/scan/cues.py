"""Cues: words that an instruction to a grader or a model cannot do without, by what they do.

A class is not evidence; it makes a line worth reading (`is_worth_reading`) and lets the model see what
kinds of words stand together whatever their language. A key is a whole word, or a beginning of six letters
that ends in `*`. They stand in cues.txt, one class a line; the first class that names a word has it.
"""

from importlib.resources import files

BEGINNING = 6


def _table() -> tuple[dict[str, str], dict[str, str]]:
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    written = files("jobtwin.review.scan").joinpath("cues.txt").read_text(encoding="utf-8")
    for line in written.splitlines():
        name, _, listed = line.partition(": ")
        for word in listed.split():
            if word.endswith("*"):
                beginnings.setdefault(word[:-1][:BEGINNING], name)
            else:
                whole.setdefault(word, name)
    return whole, beginnings


_WHOLE, _BEGINNINGS = _table()


def class_of(word: str) -> str | None:
    """The class of a folded word, or None for a word without one."""
    found = _WHOLE.get(word)
    if found is not None:
        return found
    return next((_BEGINNINGS[word[:n]] for n in (BEGINNING, 5, 4) if word[:n] in _BEGINNINGS), None)


def cue_words() -> frozenset[str]:
    """All whole words and beginnings, for readers that cut text where no spaces stand."""
    return frozenset(_WHOLE) | frozenset(_BEGINNINGS)


def cue_beginnings() -> dict[str, str]:
    """Class by the first six letters of every cue: coarse, and quick enough for whole repositories."""
    return {**{word[:BEGINNING]: name for word, name in _WHOLE.items()}, **_BEGINNINGS}
