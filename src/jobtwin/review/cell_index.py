"""The inverted index: every file of a tree as cells and terms. Deterministic, offline, no model.

What is indexed of a file is a pure function of its path and bytes (`analyse`), so it can be cached by
blob and computed in any order; the index is put together in the order of the paths.
"""

from __future__ import annotations  # array[int] is a type for checkers only

import gc
import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat

import numpy as np
import numpy.typing as npt

from jobtwin.review.cells import Cell, cells_of
from jobtwin.review.files import Files, ReviewLimits
from jobtwin.review.kinds import Kind, is_generated, is_vendored, kind_of
from jobtwin.review.terms import TERMS, tokens_of
from jobtwin.source.tree import Tree

MAX_INDEXED_LINE = 600
"""Characters of a line that are indexed: longer lines are data or minified."""

LABEL_WEIGHT = 2
PATH_WEIGHT = 3
K1 = 1.2
LENGTH_PART = 0.35
MAX_IMPACTS = 25_000
"""Cells, and files, of one term that a query looks at: those where it says most."""

Floats = npt.NDArray[np.float64]
_WEIGHT_BITS = 8
_MAX_WEIGHT = (1 << _WEIGHT_BITS) - 1


@dataclass(frozen=True, slots=True)
class IndexLimits(ReviewLimits):
    """What an index holds: files, bytes, and cells of one file (a longer file is indexed in part).

    Of data, lock and generated files only the first `max_cells_of_data` cells are indexed.
    """

    max_cells_a_file: int = 2000
    max_cells_of_data: int = 25


@dataclass(frozen=True, slots=True)
class FileAnalysis:
    """One file: its cells, per cell the weight of each term (1-255), and the bytes that were indexed."""

    cells: tuple[Cell, ...]
    weights: tuple[dict[str, int], ...]
    size: int


@dataclass(frozen=True, slots=True)
class Impacts:
    """BM25 impacts of one term, idf included: parallel lists of cells and of files, `MAX_IMPACTS` at most."""

    cells: list[int]
    cell_impacts: list[float]
    files: list[int]
    file_impacts: list[float]


Cache = MutableMapping[tuple[str, str], FileAnalysis]
Mapper = Callable[..., Iterable[FileAnalysis]]
"""`map`, or the `map` of an executor."""


def analyse(path: str, lines: list[str], limits: IndexLimits) -> FileAnalysis:
    """Cells and term weights of one file: a pure function of path, lines and limits."""
    kind = kind_of(path)
    shallow = kind is Kind.DATA or is_generated(path) or is_vendored(path) or _is_long_json(path, lines)
    most = limits.max_cells_of_data if shallow else limits.max_cells_a_file
    cells = cells_of(kind, lines[: most * 40] if shallow else lines, path=path)[:most]
    weights = []
    size = 0
    if max(map(len, lines), default=0) > MAX_INDEXED_LINE:
        lines = [line[:MAX_INDEXED_LINE] for line in lines]
    for cell in cells:
        text = "\n".join(lines[cell.start - 1 : cell.end])
        size += len(text)
        weights.append(_weights(text, cell.label))
    return FileAnalysis(tuple(cells), tuple(weights), size)


def _is_long_json(path: str, lines: list[str]) -> bool:
    return path.endswith(".json") and len(lines) > 1000


def _weights(text: str, label: str) -> dict[str, int]:
    found = dict(_label_weights(label)) if label else {}
    terms_of, known = TERMS, found.get
    for token, count in Counter(tokens_of(text)).items():
        for term in terms_of[token]:
            found[term] = known(term, 0) + count
    return found


@lru_cache(maxsize=4096)
def _label_weights(label: str) -> dict[str, int]:
    return {term: LABEL_WEIGHT for token in tokens_of(label) for term in TERMS[token]}


class CellIndex:
    """Cells, files and postings of one tree."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.folders: list[str] = []
        self.cells: list[Cell] = []
        self.file_of: list[int] = []
        self.bytes_indexed = 0
        self._postings: dict[str, array[int]] = {}
        self._files_by_path_term: dict[str, list[int]] = {}
        self._lengths: list[int] = []
        self._file_lengths: list[int] = []
        self._impacts: dict[str, Impacts] = {}
        self._files = np.array([], dtype=np.int64)
        self._cell_norms = np.array([])
        self._file_norms = np.array([])

    @classmethod
    def build(
        cls,
        tree: Tree,
        *,
        limits: IndexLimits | None = None,
        cache: Cache | None = None,
        files: Files | None = None,
        mapper: Mapper = map,
    ) -> CellIndex:
        """An index of every text file within the limits, links left out.

        `cache` keeps analyses by (blob, path) between trees of the same limits; `files` shares what a
        review has read; `mapper` analyses the files: `map` here, or that of a pool of processes.
        """
        within = limits or IndexLimits()
        view = files or Files(tree, within)
        index = cls()
        with _garbage_collector_paused():
            for path in _own_first(view):  # what is beyond a limit is other people's code
                view.content(path)
            for path, analysis in _analyses(view, within, cache, mapper):
                index.add(path, analysis)
        index.finish()
        return index

    def add(self, path: str, analysis: FileAnalysis) -> None:
        """One more file; files come in the order of their paths."""
        number = len(self.paths)
        self.paths.append(path)
        self.folders.append(path.rpartition("/")[0])
        self.bytes_indexed += analysis.size
        postings = self._postings
        total = 0
        for cell, weights in zip(analysis.cells, analysis.weights, strict=True):
            shifted = len(self.cells) << _WEIGHT_BITS
            self.cells.append(cell)
            self.file_of.append(number)
            length = sum(weights.values())
            self._lengths.append(length)
            total += length
            for term, weight in weights.items():
                packed = shifted + (weight if weight < _MAX_WEIGHT else _MAX_WEIGHT)
                try:
                    postings[term].append(packed)
                except KeyError:
                    postings[term] = array("Q", (packed,))
        self._file_lengths.append(total)
        for term in {term for token in tokens_of(path) for term in TERMS[token]}:
            self._files_by_path_term.setdefault(term, []).append(number)

    def finish(self) -> None:
        """Fixes the length norms; nothing is added after it."""
        self._files = np.array(self.file_of, dtype=np.int64)
        self._cell_norms = _norms(self._lengths)
        self._file_norms = _norms(self._file_lengths)

    def size_of(self, term: str) -> int:
        """The number of cells that hold a term, plus the files that have it in their path."""
        return len(self._postings.get(term, ())) + len(self._files_by_path_term.get(term, ()))

    def idf(self, term: str) -> float:
        """Inverse document frequency over cells, 0 for a term that nothing holds."""
        count = self.size_of(term)
        return math.log(1 + (len(self.cells) + 0.5) / (count + 0.5)) if count else 0.0

    def impacts(self, term: str) -> Impacts:
        """Where a term stands and how much it says there; worked out once and kept."""
        if term not in self._impacts:
            self._impacts[term] = self._worked_out(term)
        return self._impacts[term]

    def _worked_out(self, term: str) -> Impacts:
        idf = self.idf(term)
        packed = np.array(self._postings.get(term, ()), dtype=np.uint64)
        cells = (packed >> _WEIGHT_BITS).astype(np.int64)
        weights = (packed & _MAX_WEIGHT).astype(np.float64)
        totals = np.bincount(self._files[cells], weights=weights, minlength=len(self.paths))
        totals[self._files_by_path_term.get(term, [])] += PATH_WEIGHT
        files = np.flatnonzero(totals)
        cell_impacts = idf * weights / (weights + self._cell_norms[cells])
        file_impacts = idf * totals[files] / (totals[files] + self._file_norms[files])
        return Impacts(*_strongest(cells, cell_impacts), *_strongest(files, file_impacts))


def _own_first(view: Files) -> list[str]:
    text = (path for path in view.entries if kind_of(path) is not Kind.BINARY)
    return sorted(text, key=lambda path: (is_vendored(path) or is_generated(path), path))


@contextmanager
def _garbage_collector_paused() -> Iterator[None]:
    """Parsing makes many small objects and no cycles; collecting in between costs a fifth of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _norms(lengths: list[int]) -> Floats:
    average = (sum(lengths) / len(lengths) if lengths else 0) or 1.0
    return K1 * (1 - LENGTH_PART + LENGTH_PART * np.array(lengths, dtype=np.float64) / average)


def _strongest(numbers: npt.NDArray[np.int64], impacts: Floats) -> tuple[list[int], list[float]]:
    """The `MAX_IMPACTS` greatest impacts in the order of their numbers; among equal ones the first."""
    if len(numbers) > MAX_IMPACTS:
        least = np.partition(impacts, -MAX_IMPACTS)[-MAX_IMPACTS]
        above = impacts > least
        equal = np.flatnonzero(impacts == least)[: MAX_IMPACTS - int(above.sum())]
        above[equal] = True
        numbers, impacts = numbers[above], impacts[above]
    return numbers.tolist(), impacts.tolist()


def _analyses(
    view: Files, limits: IndexLimits, cache: Cache | None, mapper: Mapper
) -> Iterator[tuple[str, FileAnalysis]]:
    """Every text file with its analysis in the order of the paths, new ones through `mapper`."""
    known = {} if cache is None else cache
    paths = [path for path in view.entries if kind_of(path) is not Kind.BINARY and view.lines(path)]
    new = [path for path in paths if (view.entries[path].blob, path) not in known]
    fresh = zip(
        new, mapper(analyse, new, (view.lines(path) for path in new), repeat(limits, len(new))), strict=True
    )
    for path in paths:
        found = known.get((view.entries[path].blob, path))
        if found is None:
            _, found = next(fresh)
            if cache is not None:
                cache[view.entries[path].blob, path] = found
        yield path, found
