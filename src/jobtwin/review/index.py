"""Evidence: the spans of a tree that speak to a requirement. Deterministic, offline, no model."""

from jobtwin.core.evidence import MAX_SPAN_LINES, ScoredSpan
from jobtwin.review.cell_index import Cache, CellIndex, FileAnalysis, IndexLimits, Mapper
from jobtwin.review.files import Files
from jobtwin.review.search import PathFilter, search
from jobtwin.source.tree import Tree

__all__ = ["EvidenceIndex", "FileAnalysis", "IndexLimits"]


class EvidenceIndex:
    """A search over the text files of one commit."""

    def __init__(self, cells: CellIndex) -> None:
        self.cells = cells

    @classmethod
    def build(
        cls,
        tree: Tree,
        *,
        limits: IndexLimits | None = None,
        cache: Cache | None = None,
        files: Files | None = None,
        mapper: Mapper = map,
    ) -> "EvidenceIndex":
        """An index within the limits; links are left out.

        `cache` keeps analyses by (blob, path) between trees of the same limits; `files` shares what a
        review has read; `mapper` analyses the files: `map`, or that of a pool for large trees.
        """
        return cls(CellIndex.build(tree, limits=limits, cache=cache, files=files, mapper=mapper))

    def search(
        self,
        text: str,
        *,
        top: int = 10,
        max_lines: int = MAX_SPAN_LINES,
        only: PathFilter | None = None,
    ) -> tuple[ScoredSpan, ...]:
        """The best spans for a requirement in plain words, best first; the same for the same tree.

        `only` keeps the search to some paths; a span holds at most `max_lines` lines (never above 40).
        """
        return search(self.cells, text, top=top, max_lines=max_lines, only=only)
