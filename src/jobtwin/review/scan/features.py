"""Features of a window: hashed words, pairs, triples, pieces of words, classes that stand together.

Additive, so that a linear model is a sum of look-ups. Weinberger et al. 2009 (feature hashing); Bojanowski
et al. 2017 (pieces of words, so that unseen forms of a word still count).
"""

from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from jobtwin.review.scan.cues import class_of
from jobtwin.review.scan.phrases import phrases_in

BUCKETS = 1 << 18
_MASK = BUCKETS - 1
CLASS_VALUE = 0.5
NEAR, FAR = 3, 12


def bucket(name: str) -> int:
    """The bucket of a feature's name, the same on every machine."""
    return crc32(name.encode("utf-8", "surrogatepass")) & _MASK


@lru_cache(maxsize=200_000)
def word_buckets(word: str) -> tuple[int, ...]:
    """Buckets of a word and of its pieces of three to five letters."""
    found = [bucket(f"w {word}")]
    if word[0].isalpha():
        framed = f"^{word}$"
        found.extend(
            bucket(f"p {framed[at : at + size]}")
            for size in (3, 4, 5)
            for at in range(len(framed) - size + 1)
        )
    return tuple(found)


def value_of_words(count: int) -> float:
    """What one occurrence counts in a window of `count` tokens."""
    return float((count + 4) ** -0.5)


def run_buckets(tokens: list[str]) -> set[int]:
    """Buckets of neighbouring pairs and triples, each once: repeating a word must not raise a sum."""
    padded = ["^", *tokens, "$"]
    runs = {f"{a} {b}" for a, b in pairwise(padded)}
    runs.update([f"{a} {b} {c}" for a, b, c in zip(tokens, tokens[1:], tokens[2:], strict=False)])
    return {crc32(run.encode("utf-8", "surrogatepass")) & _MASK for run in runs}


def class_names(tokens: list[str]) -> set[str]:
    """Names of classes, of ordered pairs and triples of classes near each other, and of phrases."""
    placed = [
        (at, name)
        for at, token in enumerate(tokens)
        if (name := class_of(token)) is not None and not _in_identifier(tokens, at)
    ]
    found = {f"c {name}" for _, name in placed}
    found.add(f"n {min(len(found), 8)}")
    for index, (at, name) in enumerate(placed):
        for place, other in placed[index + 1 : index + 7]:
            gap = place - at
            if gap > FAR:
                break
            if other != name:
                found.add(f"c {name} {other}")
                if gap <= NEAR:
                    found.add(f"cn {name} {other}")
    for (_, a), (_, b), (_, c) in zip(placed, placed[1:], placed[2:], strict=False):
        found.add(f"t {a} {b} {c}")
    return found | phrases_in(tokens)


def _in_identifier(tokens: list[str], at: int) -> bool:
    """True for a part of a name with underscores: `max_score` asks nobody for anything."""
    return (at > 0 and tokens[at - 1] == "_") or tokens[at + 1 : at + 2] == ["_"]


cached_bucket = lru_cache(maxsize=20_000)(bucket)
"""For names of classes and phrases, of which there are few."""
