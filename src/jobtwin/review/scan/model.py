"""The text model: two linear heads over hashed features, shipped as a small file with its digest.

`FILE` tells instructions to a grader from the code and prose of repositories; `TEXT` tells injections from
ordinary requests. Sums of look-ups: no dependency, the same result on every machine.
"""

import hashlib
import json
import zlib
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from importlib.resources import files

from jobtwin.review.scan.features import (
    BUCKETS,
    CLASS_VALUE,
    cached_bucket,
    class_names,
    run_buckets,
    value_of_words,
    word_buckets,
)
from jobtwin.review.scan.folding import unleet, unspaced
from jobtwin.review.scan.tokens import tokens_of

MIN_TOKENS = 2
MAX_TOKENS = 400


class Head(IntEnum):
    """Which question is asked of a text."""

    FILE = 0
    TEXT = 1


@dataclass(frozen=True, slots=True)
class HeadFacts:
    """How one head's sum of bytes becomes a logit, and the logit at which it flags."""

    scale: float
    bias: float
    threshold: float


class TextModel:
    """Loaded weights. `logit` is above 0 where a text is to be flagged."""

    def __init__(self, weights: bytes, heads: tuple[HeadFacts, HeadFacts]) -> None:
        if len(weights) != BUCKETS * len(heads):
            raise ValueError("the weights do not fit the features")
        self.heads = heads
        whole = array("b")
        whole.frombytes(weights)
        self._weights = tuple(whole[at * BUCKETS : (at + 1) * BUCKETS] for at in range(len(heads)))
        self._word = tuple(lru_cache(maxsize=100_000)(self._word_sum(head)) for head in Head)

    def _word_sum(self, head: Head) -> Callable[[str], int]:
        weights = self._weights[head]

        def of(word: str) -> int:
            return sum(weights[one] for one in word_buckets(word))

        return of

    def logit(self, folded: str, head: Head) -> float:
        """How far a folded text stands above the threshold of a head, in log-odds; plain and unmasked."""
        best = self._logit(folded, head)
        for unmask in (unleet, unspaced):
            other = unmask(folded)
            if other != folded:
                best = max(best, self._logit(other, head))
        return best

    def _logit(self, folded: str, head: Head) -> float:
        tokens = tokens_of(folded)[:MAX_TOKENS]
        facts = self.heads[head]
        if len(tokens) < MIN_TOKENS:
            return -20.0
        weights = self._weights[head]
        word = self._word[head]
        distinct = set(tokens)
        words = sum(map(word, distinct)) + sum(weights[one] for one in run_buckets(tokens))
        classes = sum(weights[cached_bucket(name)] for name in class_names(tokens))
        total = words * value_of_words(len(distinct)) + classes * CLASS_VALUE
        return float(total * facts.scale + facts.bias - facts.threshold)


@lru_cache(maxsize=1)
def text_model() -> TextModel:
    """The shipped model. Raises ValueError where the file is not the one its facts name."""
    folder = files("jobtwin.review.scan")
    facts = json.loads(folder.joinpath("weights.json").read_text(encoding="utf-8"))
    packed = folder.joinpath("weights.bin").read_bytes()
    if hashlib.sha256(packed).hexdigest() != facts["sha256"]:
        raise ValueError("the weights of the injection guard are not the ones its facts name")
    heads = [HeadFacts(one["scale"], one["bias"], one["threshold"]) for one in facts["heads"]]
    return TextModel(zlib.decompress(packed), (heads[0], heads[1]))
