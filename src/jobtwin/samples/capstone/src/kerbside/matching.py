"""The deterministic baseline: BM25 over the city's own sentences, so that answers cite."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

from kerbside.text import words

_SATURATION, _LENGTH_WEIGHT = 1.2, 0.4


@dataclass(frozen=True, slots=True)
class Passage:
    """One citable sentence. `terms` are other words for it, in four languages."""

    id: str
    department: str
    text: str
    terms: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A department with its best passage; `share` is its part of the evidence, 0 to 1."""

    department: str
    passage: Passage
    score: float
    share: float


def load_passages() -> tuple[Passage, ...]:
    """The passages that ship with the package, in the order of the file."""
    raw = resources.files("kerbside").joinpath("departments.json").read_text("utf-8")
    return parse_passages(json.loads(raw))


def parse_passages(departments: Mapping[str, Mapping]) -> tuple[Passage, ...]:
    """Passages of a mapping. Raises: ValueError where a department has none to cite."""
    found: list[Passage] = []
    for department, entry in departments.items():
        if not entry.get("passages"):
            raise ValueError(f"department {department!r} has no passage to cite")
        found += [
            Passage(key, department, value["text"], value.get("terms", ""))
            for key, value in entry["passages"].items()
        ]
    return tuple(found)


class Matcher:
    """BM25 (Robertson and Zaragoza, 2009) with a department scored by its best passage."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages = tuple(passages)
        self._counts = [Counter(words(f"{item.text} {item.terms}")) for item in self.passages]
        lengths = [count.total() for count in self._counts]
        mean = sum(lengths) / len(lengths) if lengths else 1.0
        self._norms = [1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * length / mean for length in lengths]
        spread = Counter(word for count in self._counts for word in count)
        total = len(self.passages)
        self._rarity = {
            word: math.log(1 + (total - seen + 0.5) / (seen + 0.5)) for word, seen in spread.items()
        }

    def rank(self, text: str) -> list[Candidate]:
        """Departments with any evidence, best first; ties in the order of the catalogue."""
        query = set(words(text))
        best: dict[str, tuple[float, Passage]] = {}
        for passage, counts, norm in zip(self.passages, self._counts, self._norms, strict=True):
            score = sum(
                self._rarity[word] * counts[word] * (1 + _SATURATION)
                / (counts[word] + _SATURATION * norm)
                for word in sorted(query & counts.keys())
            )  # fmt: skip
            if score > best.get(passage.department, (0.0, passage))[0]:
                best[passage.department] = (score, passage)
        total = sum(score for score, _ in best.values())
        ranked = sorted(best.items(), key=lambda item: -item[1][0])
        return [Candidate(name, item, score, score / total) for name, (score, item) in ranked]
