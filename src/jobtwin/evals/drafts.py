"""Drafts as the evals make them: deterministic, or with a made model in no time at all."""

from collections.abc import Mapping

from jobtwin.core.brief import Brief
from jobtwin.core.draft_review import DraftReview, Finding
from jobtwin.core.evidence import citation_holds
from jobtwin.evals.capstones import Capstone
from jobtwin.evals.stubs import StubClock, StubModel
from jobtwin.review.draft import Reader, draft_review
from jobtwin.review.model.reader import ModelReader
from jobtwin.review.model.settings import ModelSettings
from jobtwin.source.brief import built_in_brief
from jobtwin.source.tree import MemoryTree, Tree

BRIEF: Brief = built_in_brief("capstone")
KINDS = {criterion.id: criterion.evidence for criterion in BRIEF.criteria()}


def drafted(
    capstone: Capstone, changes: Mapping[str, bytes] | None = None, reader: Reader | None = None
) -> DraftReview:
    """A draft of a capstone with some files replaced or added."""
    tree = capstone.tree(changes)
    return draft_review(tree, BRIEF, source=capstone.name, facts=capstone.facts(), reader=reader)


def drafted_whole(capstone: Capstone, files: Mapping[str, bytes]) -> DraftReview:
    """A draft of other files under the same facts."""
    tree = MemoryTree(files, capstone.commit)
    return draft_review(tree, BRIEF, source=capstone.name, facts=capstone.facts())


def stub_reader(model: StubModel, *, names: tuple[str, ...] = ()) -> ModelReader:
    """A reader over a made model; waiting takes no time."""
    clock = StubClock()
    settings = ModelSettings(concurrency=1)
    return ModelReader([model], settings, names=names, sleep=clock.sleep, clock=clock)


def verdicts(draft: DraftReview) -> dict[str, Finding]:
    """Verdicts by criterion."""
    return {one.id: one.verdict for dimension in draft.dimensions for one in dimension.criteria}


def overall(draft: DraftReview, name: str) -> float:
    """The weighted lower, upper or score of the whole."""
    return float(sum(float(one.weight) * float(getattr(one, name)) for one in draft.dimensions))


def violations(draft: DraftReview, plain: DraftReview) -> int:
    """Dimensions whose bounds or score left what code alone had said."""
    return sum(
        (mine.lower, mine.upper) != (other.lower, other.upper) or not mine.lower <= mine.score <= mine.upper
        for mine, other in zip(draft.dimensions, plain.dimensions, strict=True)
    )


def untrue_citations(draft: DraftReview, tree: Tree) -> int:
    """Stored citations that do not stand in the tree as they are cited."""
    return sum(
        not citation_holds(tree.read(citation.span.path), citation)
        for dimension in draft.dimensions
        for one in dimension.criteria
        for citation in one.citations
    )
