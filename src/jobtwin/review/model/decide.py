"""Decisions: what an answer is worth once code has looked at it.

A met needs citations that hold, code behind it where the dimension is guarded, and a second met on the
neutral lines. A not_met stands with what it cites. All else is unclear.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from jobtwin.core.draft_review import CriterionReview, Finding
from jobtwin.core.evidence import Citation, citation_holds
from jobtwin.review.model.answer import Answer, BadAnswer, parse_answer
from jobtwin.review.model.asking import BUDGET, Asker, Attempt
from jobtwin.review.model.cache import AnswerCache
from jobtwin.review.model.prompt import MAX_NOTE, Token, content_key, render
from jobtwin.review.model.question import Question
from jobtwin.source.tree import Tree

WHY = {
    BUDGET: "budget: the limit of calls, tokens, money or time was reached first.",
    "no_model_answers": "No model could be reached.",
    "no_spans": "No lines speak to this, so no model was asked.",
    "no_citation": "A model called it met, but no citation held.",
    "prose_alone": "A model called it met by prose alone, which raises nothing here.",
    "neutral": "A model called it met only with comments, docstrings or non-ASCII text present.",
}


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One answer or its absence, as it is stored: tokens, cost in US dollars, seconds of the requests."""

    criterion: str
    neutral: bool
    model: str
    outcome: str
    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: Decimal | None = None
    seconds: float = 0.0
    cached: bool = False

    def as_json(self) -> dict[str, object]:
        return {
            "criterion": self.criterion,
            "neutral": self.neutral,
            "model": self.model,
            "outcome": self.outcome,
            "requests": self.requests,
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "cost": None if self.cost is None else float(self.cost),
            "seconds": round(self.seconds, 3),
            "cached": self.cached,
        }


@dataclass
class Decider:
    """Puts questions to an asker and judges the answers. `tidy` makes a model's note fit to be stored."""

    tree: Tree
    asker: Asker
    cache: AnswerCache | None
    token: Token
    tidy: Callable[[str], str]
    on_call: Callable[[CallRecord], None] = lambda _: None
    records: list[CallRecord] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    by_model: dict[str, str] = field(default_factory=dict)

    async def decide(self, question: Question) -> CriterionReview:
        """The review of one criterion; unclear, with code's own citations, wherever anything is missing."""
        if not question.spans:
            return self._unclear(question, "no_spans")
        answer = await self._answer(question, neutral=False)
        if not isinstance(answer, Answer):
            return self._unclear(question, answer)
        citations = self._citations(question, answer)
        if answer.verdict is Finding.MET:
            reason = await self._reason_against(question, citations)
            if reason:
                return self._unclear(question, reason)
        if answer.verdict is Finding.UNCLEAR:
            return self._noted(question, Finding.UNCLEAR, question.review.citations, answer.note)
        return self._noted(question, answer.verdict, citations or question.review.citations, answer.note)

    async def _reason_against(self, question: Question, citations: tuple[Citation, ...]) -> str | None:
        if not citations:
            return "no_citation"
        if question.guarded and not self._cites_work(question, citations):
            return "prose_alone"
        if question.full == question.bare:
            return None
        again = await self._answer(question, neutral=True)
        if not isinstance(again, Answer):
            return again
        held = self._citations(question, again)
        supported = held and (not question.guarded or self._cites_work(question, held))
        return None if again.verdict is Finding.MET and supported else "neutral"

    def _cites_work(self, question: Question, citations: tuple[Citation, ...]) -> bool:
        return any(one.acts for one in question.spans if one.citation in citations)

    def _citations(self, question: Question, answer: Answer) -> tuple[Citation, ...]:
        """Those that were shown and that hold against the bytes of the commit, read again."""
        kept: list[Citation] = []
        for position in answer.spans:
            if position >= len(question.spans):
                self.dropped["not_shown"] += 1
                continue
            citation = question.spans[position].citation
            if citation_holds(self.tree.read(citation.span.path), citation):
                kept.append(citation)
            else:
                self.dropped["not_there"] += 1
        return tuple(kept)

    async def _answer(self, question: Question, *, neutral: bool) -> Answer | str:
        """A parsed answer, or the reason why there is none."""
        spans = question.bare if neutral else question.full
        keys = {
            client.name: content_key(question.criterion, spans, client.name, self.asker.settings)
            for client in self.asker.clients
        }
        for model, key in keys.items():
            kept = None if self.cache is None else self.cache.get(key)
            if kept is not None:
                self._record(question, Attempt(model=model), kept.verdict.value, neutral=neutral, cached=True)
                return kept
        prompt = render(question.criterion, spans, self.token)
        attempt = await self.asker.ask(prompt)
        if attempt.reply is None:
            self._record(question, attempt, attempt.reason, neutral=neutral)
            return attempt.reason
        try:
            answer = parse_answer(attempt.reply.text, prompt, most_chars=self.asker.settings.answer_chars)
        except BadAnswer as bad:
            self._record(question, attempt, bad.reason, neutral=neutral)
            self.dropped[bad.reason] += bad.reason == "unknown_span"
            return bad.reason
        self._record(question, attempt, answer.verdict.value, neutral=neutral)
        answer = Answer(answer.verdict, answer.spans, self.tidy(answer.note))
        if self.cache is not None:
            self.cache.put(keys[attempt.model], answer)
        return answer

    def _record(
        self, question: Question, attempt: Attempt, outcome: str, *, neutral: bool, cached: bool = False
    ) -> None:
        record = CallRecord(
            question.criterion.id,
            neutral,
            attempt.model,
            outcome,
            attempt.requests,
            attempt.tokens_in,
            attempt.tokens_out,
            attempt.cost,
            attempt.seconds,
            cached,
        )
        self.records.append(record)
        self.on_call(record)

    def _unclear(self, question: Question, reason: str) -> CriterionReview:
        why = WHY.get(reason, f"The model gave no usable answer ({reason}).")
        self.by_model[question.criterion.id] = f"unclear: {reason}"
        note = f"{why} {question.review.note}"[:MAX_NOTE]
        return CriterionReview(question.criterion.id, Finding.UNCLEAR, question.review.citations, note)

    def _noted(
        self, question: Question, verdict: Finding, citations: tuple[Citation, ...], note: str
    ) -> CriterionReview:
        self.by_model[question.criterion.id] = verdict.value
        said = f"Said by a model: {note}" if note else "Said by a model."
        return CriterionReview(question.criterion.id, verdict, citations, said[:MAX_NOTE])
