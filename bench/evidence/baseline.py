"""The baseline: plain BM25 over windows of 40 lines, words in lower case, no stemming, no structure.

Okapi BM25 as in Robertson and Zaragoza, The Probabilistic Relevance Framework (2009): k1 1.5, b 0.75.
"""

import math
import re
from collections import Counter

from jobtwin.core.evidence import ScoredSpan, Span, lines_of
from jobtwin.review.kinds import Kind, kind_of
from jobtwin.source.tree import MemoryTree

WINDOW = 40
K1 = 1.5
B = 0.75
_WORD = re.compile(r"\w+")


class Bm25:
    """BM25 over consecutive windows of every text file."""

    def __init__(self, tree: MemoryTree) -> None:
        self.spans: list[Span] = []
        self.counts: list[Counter[str]] = []
        for entry in tree.entries():
            content = tree.read(entry.path) or b""
            if entry.mode == "120000" or kind_of(entry.path) is Kind.BINARY or b"\0" in content[:8192]:
                continue
            lines = lines_of(content)
            for start in range(0, len(lines), WINDOW):
                window = lines[start : start + WINDOW]
                self.spans.append(Span(entry.path, start + 1, start + len(window)))
                self.counts.append(Counter(_WORD.findall("\n".join(window).lower())))
        self.lengths = [count.total() for count in self.counts]
        self.average = sum(self.lengths) / max(1, len(self.lengths))
        self.frequency = Counter(word for count in self.counts for word in count)

    def search(self, text: str, *, top: int = 10) -> tuple[ScoredSpan, ...]:
        words = _WORD.findall(text.lower())
        scored = [
            ScoredSpan(span, self._score(words, count, length))
            for span, count, length in zip(self.spans, self.counts, self.lengths, strict=True)
        ]
        return tuple(sorted(scored, key=lambda item: (-item.score, item.span))[:top])

    def _score(self, words: list[str], count: Counter[str], length: int) -> float:
        total = 0.0
        for word in words:
            if word in count:
                seen = self.frequency[word]
                idf = math.log(1 + (len(self.spans) - seen + 0.5) / (seen + 0.5))
                norm = K1 * (1 - B + B * length / self.average)
                total += idf * count[word] * (K1 + 1) / (count[word] + norm)
        return total
