"""Fakes for model drafts: a model that is a function of the prompt, a clock and a sleep that take no time."""

import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from jobtwin.core.draft_review import CriterionReview, DraftReview, Finding
from jobtwin.core.evidence import citation_holds
from jobtwin.review.draft import draft_review
from jobtwin.review.model.asking import Reply
from jobtwin.review.model.cache import AnswerCache
from jobtwin.review.model.prompt import Prompt
from jobtwin.review.model.reader import ModelReader
from jobtwin.review.model.settings import ModelSettings
from jobtwin.review.report import report_html
from jobtwin.source.brief import built_in_brief
from jobtwin.source.tree import Tree

BRIEF = built_in_brief("capstone")
CHECKED = {criterion.id for criterion in BRIEF.criteria() if criterion.evidence == "check"}
SETTINGS = ModelSettings(concurrency=1)

Respond = Callable[[Prompt], str | Awaitable[str]]


def saying(
    verdict: str = "met", *, spans: int | list[int] = 5, note: str = "The lines show it."
) -> Callable[[Prompt], str]:
    """A model that answers in the right form: the first `spans` spans, or those at the positions given."""

    def respond(prompt: Prompt) -> str:
        chosen = prompt.span_ids[:spans] if isinstance(spans, int) else [prompt.span_ids[n] for n in spans]
        return answer(prompt, verdict, list(chosen), note)

    return respond


def answer(prompt: Prompt, verdict: str, spans: list[str], note: str = "", **extra: object) -> str:
    return json.dumps(
        {"criterion_id": prompt.criterion_id, "verdict": verdict, "span_ids": spans, "note": note, **extra}
    )


@dataclass
class FakeModel:
    """An endpoint and its client: every prompt is kept, the answer is what `respond` makes of it."""

    respond: Respond
    name: str = "fake:model"
    tokens: tuple[int, int] = (100, 20)
    prompts: list[Prompt] = field(default_factory=list)
    closed: int = 0

    def open(self, settings: ModelSettings) -> "FakeModel":  # noqa: ARG002  the form of an endpoint
        return self

    async def ask(self, prompt: Prompt) -> Reply:
        self.prompts.append(prompt)
        said = self.respond(prompt)
        return Reply(said if isinstance(said, str) else await said, *self.tokens)

    async def close(self) -> None:
        self.closed += 1


@dataclass
class FakeTime:
    """A clock that moves only where somebody sleeps; the naps are kept, in seconds."""

    now: float = 0.0
    naps: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


def plain_draft(tree: Tree, facts: Mapping[str, object] | None = None) -> DraftReview:
    """What code alone says."""
    return draft_review(tree, BRIEF, source="somewhere", facts=facts)


def model_draft(
    tree: Tree,
    *models: FakeModel,
    settings: ModelSettings = SETTINGS,
    cache: AnswerCache | None = None,
    names: tuple[str, ...] = (),
    facts: Mapping[str, object] | None = None,
    time: FakeTime | None = None,
) -> DraftReview:
    """A draft by the models, already held against everything that must be true of any draft."""
    ticking = time or FakeTime()
    counter = itertools.count(1)
    reader = ModelReader(
        models,
        settings,
        cache,
        names,
        token=lambda: f"{next(counter):012x}",
        sleep=ticking.sleep,
        clock=ticking,
    )
    draft = draft_review(tree, BRIEF, source="somewhere", facts=facts, reader=reader)
    assert_stays_inside(draft, plain_draft(tree, facts), tree)
    return draft


def assert_stays_inside(draft: DraftReview, plain: DraftReview, tree: Tree) -> None:
    """Bounds as without a model, citations are true, code's verdicts stand, no markup is rendered."""
    before = reviews(plain)
    for mine, other in zip(draft.dimensions, plain.dimensions, strict=True):
        assert (mine.lower, mine.upper) == (other.lower, other.upper)
        assert mine.lower <= mine.score <= mine.upper
        assert mine.score % Decimal("0.05") == 0
    for name, review in reviews(draft).items():
        if before[name].verdict is not Finding.UNCLEAR or name in CHECKED:
            assert review == before[name]
        assert len(review.note) <= 300
        assert all(citation_holds(tree.read(c.span.path), c) for c in review.citations)
    page = report_html(draft, BRIEF, tree)
    assert "<script" not in page
    assert "<img" not in page
    assert "<a " not in page


def reviews(of: DraftReview) -> dict[str, CriterionReview]:
    return {review.id: review for dimension in of.dimensions for review in dimension.criteria}


def scores(of: DraftReview) -> dict[str, Decimal]:
    return {dimension.id: dimension.score for dimension in of.dimensions}


def asked(model: FakeModel) -> list[str]:
    return [prompt.criterion_id for prompt in model.prompts]


def limited(**changes: object) -> ModelSettings:
    """Settings with a changed budget."""
    budget = replace(SETTINGS.budget, **changes)  # type: ignore[arg-type]  # the tests name real fields
    return replace(SETTINGS, budget=budget)
