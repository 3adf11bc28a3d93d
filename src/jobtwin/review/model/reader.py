"""The reader: gives a deterministic draft to models and takes back a draft inside the same bounds."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from jobtwin.core.brief import Brief
from jobtwin.core.draft_review import CriterionReview, DraftReview
from jobtwin.core.errors import BadInput
from jobtwin.review.files import Files
from jobtwin.review.guard import Guard
from jobtwin.review.index import EvidenceIndex
from jobtwin.review.model.answer import plain
from jobtwin.review.model.asking import Asker, Client, Sleep
from jobtwin.review.model.cache import AnswerCache
from jobtwin.review.model.decide import CallRecord, Decider
from jobtwin.review.model.prompt import Token, instructions
from jobtwin.review.model.question import Question, questions
from jobtwin.review.model.score import with_verdicts
from jobtwin.review.model.settings import ModelSettings
from jobtwin.review.model.spending import Spending
from jobtwin.review.model.views import Views


def fresh_token() -> str:
    """Twelve hex digits that nobody can guess."""
    return secrets.token_hex(6)


class Endpoint(Protocol):
    """A model that can be reached: PROVIDER:MODEL, and how to open a client to it."""

    @property
    def name(self) -> str:
        """PROVIDER:MODEL."""

    def open(self, settings: ModelSettings) -> Client:
        """A client for the running event loop."""


@dataclass(frozen=True)
class ModelReader:
    """A `review.draft.Reader` that asks models about what code left unclear.

    `endpoints` is the chain: the next one is asked where the one before gives no reply. `names` are words
    that never leave the machine (the learner's name). `cache` lets a review go on where it stopped; `on_call`
    is told of every answer and every failure as it happens. Runs an event loop of its own, so it must not be
    called inside one. Never raises for what a model does.
    """

    endpoints: Sequence[Endpoint]
    settings: ModelSettings = field(default_factory=ModelSettings)
    cache: AnswerCache | None = None
    names: tuple[str, ...] = ()
    token: Token = fresh_token
    sleep: Sleep = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    on_call: Callable[[CallRecord], None] = lambda _: None

    def __post_init__(self) -> None:
        if not self.endpoints:
            raise BadInput("a model draft needs at least one model; name it as PROVIDER:MODEL")

    def read(
        self, draft: DraftReview, *, brief: Brief, files: Files, index: EvidenceIndex, guard: Guard
    ) -> DraftReview:
        """The draft with a model's verdicts; the bounds are those of `draft`. Raises OSError of the cache."""
        views = Views(files, guard.withheld(), self.names, self.settings.line_chars)
        listed = questions(draft, brief, index, views, self.settings)
        return asyncio.run(self._read(draft, brief, views, listed))

    async def _read(
        self, draft: DraftReview, brief: Brief, views: Views, listed: list[Question]
    ) -> DraftReview:
        clients = [endpoint.open(self.settings) for endpoint in self.endpoints]
        spending = Spending(self.settings.budget, self.clock)
        asker = Asker(clients, self.settings, spending, self.sleep)
        decider = Decider(
            views.files.tree,
            asker,
            self.cache,
            self.token,
            lambda note: plain(views.private(note)),
            self.on_call,
        )
        try:
            decided = await self._all(decider, listed)
        finally:
            for client in clients:
                await client.close()
        read = with_verdicts(draft, brief, decided)
        usage = {**draft.usage, **_usage(decider, spending, self.settings), "brief_digest": brief.digest}
        return replace(read, model=self.endpoints[0].name, usage=usage)

    async def _all(self, decider: Decider, listed: list[Question]) -> dict[str, CriterionReview]:
        gate = asyncio.Semaphore(self.settings.concurrency)

        async def one(question: Question) -> CriterionReview:
            async with gate:
                return await decider.decide(question)

        reviews = await asyncio.gather(*(one(question) for question in listed))
        return {review.id: review for review in reviews}


def _usage(decider: Decider, spending: Spending, settings: ModelSettings) -> dict[str, object]:
    """What the model part cost and how it went; money is null where a model has no known price."""
    records = sorted(decider.records, key=lambda record: (record.criterion, record.neutral))
    answered = sum(record.requests > 0 for record in records)
    outcomes = Counter(record.outcome for record in records)
    return {
        "calls": spending.calls,
        "retries": max(0, spending.calls - answered),
        "cached": sum(record.cached for record in records),
        "tokens_in": spending.tokens_in,
        "tokens_out": spending.tokens_out,
        "cost": None if spending.unpriced else float(spending.money),
        "currency": "USD",
        "seconds": round(sum(record.seconds for record in records), 3),
        "model_citations_dropped": dict(sorted(decider.dropped.items())),
        "outcomes": dict(sorted(outcomes.items())),
        "troubles": dict(sorted(decider.asker.trouble.items())),
        "models": [client.name for client in decider.asker.clients],
        "models_down": sorted(decider.asker.down),
        "prompt": {"version": instructions().version, "sha256": instructions().sha256},
        "parameters": settings.parameters(),
        "budget": settings.limits(),
        "by_model": dict(sorted(decider.by_model.items())),
        "requests": [record.as_json() for record in records],
    }
