"""Search: the best spans of an index for a requirement.

A cell scores by what it holds, by its neighbours, and by its file; the best cells grow into spans.
Quotas per file and folder keep one stuffed file or folder from filling the list.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from jobtwin.core.evidence import MAX_SPAN_LINES, ScoredSpan, Span
from jobtwin.review.cell_index import CellIndex
from jobtwin.review.kinds import Kind, is_generated, is_test, is_vendored, kind_of
from jobtwin.review.query import query_terms

PathFilter = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class SearchWeights:
    """What counts how much; kinds of files are factors, `postings` bounds the work of one query."""

    file: float = 0.8
    neighbour: float = 0.5
    again: float = 0.7
    folder_share: float = 0.5
    most_of_a_file: int = 3
    vendored: float = 0.35
    generated: float = 0.3
    tests: float = 0.7
    notebooks: float = 0.65
    prose: float = 0.65
    config: float = 0.95
    postings: int = 40_000
    candidates: int = 300
    candidates_of_a_file: int = 12


WEIGHTS = SearchWeights()
_ASKS_FOR_TESTS = frozenset({"test", "pytest", "unittest"})
_ASKS_FOR_PROSE = frozenset(
    {"readm", "document", "documentat", "guid", "explain", "runbook", "reflect", "section"}
)


def search(
    index: CellIndex,
    text: str,
    *,
    top: int = 10,
    max_lines: int = MAX_SPAN_LINES,
    only: PathFilter | None = None,
    weights: SearchWeights = WEIGHTS,
) -> tuple[ScoredSpan, ...]:
    """At most `top` spans of at most `max_lines` lines in the paths that `only` lets through, best first."""
    terms = query_terms(text)
    cells, files = _scores(index, terms, weights)
    if only is not None:
        cells = {cell: score for cell, score in cells.items() if only(index.paths[index.file_of[cell]])}
    if not cells or top < 1:
        return ()
    factors = _Factors(
        weights, tests=bool(_ASKS_FOR_TESTS & terms.keys()), prose=bool(_ASKS_FOR_PROSE & terms.keys())
    )
    ranked = _ranked(index, cells, files, weights, factors)
    chooser = _Chooser(index, cells, top, min(max_lines, MAX_SPAN_LINES), weights)
    return chooser.choose(ranked)


def _scores(
    index: CellIndex, terms: dict[str, float], weights: SearchWeights
) -> tuple[dict[int, float], dict[int, float]]:
    """Scores of cells and of files; the rarest terms first, the commonest fall to the budget."""
    cells: dict[int, float] = {}
    files: dict[int, float] = {}
    left = weights.postings
    for _, term in sorted((-index.idf(term) * weight, term) for term, weight in terms.items()):
        left -= index.size_of(term)
        if left < 0 and cells:
            break
        found, weight = index.impacts(term), terms[term]
        for cell, impact in zip(found.cells, found.cell_impacts, strict=True):
            cells[cell] = cells.get(cell, 0.0) + weight * impact
        for number, impact in zip(found.files, found.file_impacts, strict=True):
            files[number] = files.get(number, 0.0) + weight * impact
    return cells, files


@dataclass
class _Factors:
    """What a path's kind does to its score; tests and prose count fully where the text asks for them."""

    weights: SearchWeights
    tests: bool
    prose: bool

    def of(self, path: str) -> float:
        weights = self.weights
        if is_vendored(path):
            return weights.vendored
        kind = kind_of(path)
        if is_generated(path) or kind is Kind.DATA:
            return weights.generated
        if is_test(path):
            return 1.0 if self.tests else weights.tests
        if kind in {Kind.MARKDOWN, Kind.PROSE, Kind.OTHER}:
            return 1.0 if self.prose else weights.prose
        return {Kind.NOTEBOOK: weights.notebooks, Kind.CONFIG: weights.config}.get(kind, 1.0)


def _ranked(
    index: CellIndex,
    cells: dict[int, float],
    files: dict[int, float],
    weights: SearchWeights,
    factors: _Factors,
) -> list[tuple[float, int]]:
    """The best cells as `(final score, cell)`, best first; ties go to the earlier path and line."""
    known: dict[int, float] = {}
    found: list[tuple[float, int]] = []
    for cell in _candidates(index, cells, weights):
        number = index.file_of[cell]
        if number not in known:
            known[number] = factors.of(index.paths[number])
        around = max((cells.get(other, 0.0) for other in _beside(index, cell, cell)), default=0.0)
        score = cells[cell] + weights.neighbour * around + weights.file * files.get(number, 0.0)
        found.append((score * known[number], -cell))
    return [(score, -cell) for score, cell in sorted(found, reverse=True)]


def _candidates(index: CellIndex, cells: dict[int, float], weights: SearchWeights) -> Iterator[int]:
    """The best cells, so many of one file and of one folder at most: nobody can crowd the others out."""
    of_file: Counter[int] = Counter()
    of_folder: Counter[str] = Counter()
    found = 0
    for cell in sorted(cells, key=cells.__getitem__, reverse=True):
        number = index.file_of[cell]
        folder = index.folders[number]
        if of_file[number] < weights.candidates_of_a_file and of_folder[folder] < weights.candidates // 2:
            of_file[number] += 1
            of_folder[folder] += 1
            found += 1
            yield cell
        if found >= weights.candidates:
            return


def _beside(index: CellIndex, first: int, last: int) -> Iterator[int]:
    """The cells before `first` and after `last` in the same file."""
    for other in (first - 1, last + 1):
        if 0 <= other < len(index.cells) and index.file_of[other] == index.file_of[first]:
            yield other


@dataclass
class _Chooser:
    """Greedy choice: each further span of a file counts less, and quotas bind while others are left."""

    index: CellIndex
    cells: dict[int, float]
    top: int
    max_lines: int
    weights: SearchWeights
    taken: dict[int, list[Span]] = field(default_factory=dict)
    folders: Counter[str] = field(default_factory=Counter)
    chosen: list[ScoredSpan] = field(default_factory=list)

    def choose(self, ranked: list[tuple[float, int]]) -> tuple[ScoredSpan, ...]:
        left = self._pass(list(ranked), bound=True)
        self._pass(left, bound=False)
        return tuple(sorted(self.chosen, key=lambda item: -item.score))

    def _pass(self, waiting: list[tuple[float, int]], *, bound: bool) -> list[tuple[float, int]]:
        """Takes from `waiting` until the list is full; gives back what the quotas refused."""
        refused: list[tuple[float, int]] = []
        while waiting and len(self.chosen) < self.top:
            best = max(waiting, key=self._worth)
            waiting.remove(best)
            if bound and self._crowds(best[1]):
                refused.append(best)
            else:
                self._take(best)
        return refused

    def _worth(self, item: tuple[float, int]) -> tuple[float, int]:
        score, cell = item
        return score * self.weights.again ** len(self.taken.get(self.index.file_of[cell], ())), -cell

    def _crowds(self, cell: int) -> bool:
        number = self.index.file_of[cell]
        full = len(self.taken.get(number, ())) >= self.weights.most_of_a_file
        most = max(1, int(self.top * self.weights.folder_share))
        return full or self.folders[self.index.folders[number]] >= most

    def _take(self, item: tuple[float, int]) -> None:
        number = self.index.file_of[item[1]]
        span = self._grown(item[1], self.taken.get(number, []))
        if span is None:
            return
        self.chosen.append(ScoredSpan(span, self._worth(item)[0]))
        self.taken.setdefault(number, []).append(span)
        self.folders[self.index.folders[number]] += 1

    def _grown(self, cell: int, taken: list[Span]) -> Span | None:
        """The cell with its better neighbours up to `max_lines`, or None where a chosen span covers it."""
        first = last = cell
        here = self.index.cells[cell]
        start, end = here.start, min(here.end, here.start + self.max_lines - 1)
        if _clash(start, end, taken):
            return None
        while True:
            options: list[tuple[float, int, int, int]] = []
            for other in _beside(self.index, first, last):
                near = self.index.cells[other]
                low, high = min(start, near.start), max(end, near.end)
                if high - low < self.max_lines and not _clash(low, high, taken):
                    options.append((self.cells.get(other, 0.0), -other, low, high))
            if not options:
                return Span(self.index.paths[self.index.file_of[cell]], start, end)
            _, negative, start, end = max(options)
            first, last = min(first, -negative), max(last, -negative)


def _clash(start: int, end: int, taken: list[Span]) -> bool:
    return any(span.line_start <= end and start <= span.line_end for span in taken)
