"""Questions: which criteria a model is asked, and the spans it is shown for each."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from jobtwin.core.brief import Brief
from jobtwin.core.criterion import Criterion
from jobtwin.core.draft_review import CriterionReview, DraftReview, Finding
from jobtwin.core.evidence import Citation, Span, cite
from jobtwin.review.files import Files
from jobtwin.review.index import EvidenceIndex
from jobtwin.review.kinds import Kind, is_generated, is_vendored, kind_of
from jobtwin.review.model.settings import ModelSettings
from jobtwin.review.model.views import Views
from jobtwin.review.pyfacts import Fact, python_facts

_TALK = frozenset({Kind.MARKDOWN, Kind.PROSE, Kind.OTHER, Kind.NOTEBOOK})
_BETWEEN_WORDS = re.compile(r"[\s`'\"()\[\]{}<>,;|*=]+")
_PAGE = re.compile(r"\.(html?|svg|xml)$", re.IGNORECASE)
_BOILERPLATE = re.compile(
    r"(^|/)(licen[sc]es?|copying|authors|contributors|code_of_conduct)\b[^/]*$|(^|/)licen[sc]es/",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A span as it is shown: its citation at the commit, a label, its text, and the neutral text.

    `acts` is True where the span holds code or configuration that does something.
    """

    citation: Citation
    label: str
    text: str
    bare: str
    acts: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One criterion that code left unclear. `share` is its part of the whole mark, for the order of calls."""

    criterion: Criterion
    review: CriterionReview
    guarded: bool
    share: float
    spans: tuple[Shown, ...]

    @property
    def full(self) -> list[tuple[str, str]]:
        return [(one.label, one.text) for one in self.spans]

    @property
    def bare(self) -> list[tuple[str, str]]:
        return [(one.label, one.bare) for one in self.spans]


def questions(
    draft: DraftReview, brief: Brief, index: EvidenceIndex, views: Views, settings: ModelSettings
) -> list[Question]:
    """What may be asked, the largest share of the mark first; criteria that await a check never are."""
    found: list[Question] = []
    reviews = {review.id: review for dimension in draft.dimensions for review in dimension.criteria}
    chooser = _Chooser(views.files, index, views, settings)
    for dimension in brief.rubric.dimensions:
        total = sum(criterion.weight for criterion in dimension.criteria)
        guarded = settings.is_guarded(dimension.id)
        for criterion in dimension.criteria:
            review = reviews[criterion.id]
            if review.verdict is Finding.UNCLEAR and criterion.evidence != "check":
                share = float(dimension.weight) * criterion.weight / total
                spans = chooser.spans(criterion, review, guarded=guarded)
                found.append(Question(criterion, review, guarded, share, spans))
    return sorted(found, key=lambda question: -question.share)


@dataclass
class _Chooser:
    files: Files
    index: EvidenceIndex
    views: Views
    settings: ModelSettings
    acting: dict[str, list[Fact]] = field(default_factory=dict)

    def spans(self, criterion: Criterion, review: CriterionReview, *, guarded: bool) -> tuple[Shown, ...]:
        """Code's own citations, then the best spans of prose and of code, within the size of a prompt."""
        left = self.settings.prompt_chars
        shown: list[Shown] = []
        for span in _apart(self._candidates(criterion, review, guarded=guarded)):
            one = self._show(span)
            if one is None or left < len(one.text) or not one.text.strip():
                continue
            left -= len(one.text)
            shown.append(one)
        return tuple(shown)

    def _candidates(self, criterion: Criterion, review: CriterionReview, *, guarded: bool) -> Iterator[Span]:
        """Quotas of the search hold in each part, so that no file and no folder crowds out the others."""
        settings, text = self.settings, criterion.text
        talk = [c.span for c in review.citations if self._may_show(c.span.path)]
        talk += self._search(text, settings.prose_spans, self._is_talk)
        if guarded:
            yield from self._pointed_at(text, talk[: settings.prose_spans])
        yield from talk
        yield from self._search(text, settings.code_spans, self._is_work)

    def _search(self, text: str, top: int, only: Callable[[str], bool]) -> list[Span]:
        hits = self.index.search(text, top=top, max_lines=self.settings.span_lines, only=only)
        return [hit.span for hit in hits]

    def _pointed_at(self, text: str, talk: list[Span]) -> list[Span]:
        """Spans of the code that the prose names: where the lines speak of files, those are the evidence."""
        named: dict[str, str] = {}
        for span in talk:
            for line in self.files.lines(span.path)[span.line_start - 1 : span.line_end]:
                for word in _BETWEEN_WORDS.split(line[:2000]):
                    path = self.files.unique_end(word.removeprefix("./").rstrip(".:!?"))
                    if path and self._is_work(path):
                        named.setdefault(path, line)
        lines = " ".join(dict.fromkeys(named.values()))
        return self._search(f"{text} {lines}", self.settings.named_spans, named.__contains__)

    def _may_show(self, path: str) -> bool:
        left_out = is_generated(path) or is_vendored(path) or _BOILERPLATE.search(path)
        return not left_out and self.views.is_open(path)

    def _is_talk(self, path: str) -> bool:
        return kind_of(path) in _TALK and self._may_show(path)

    def _is_work(self, path: str) -> bool:
        return kind_of(path) not in _TALK and self._may_show(path)

    def _show(self, span: Span) -> Shown | None:
        content = self.files.content(span.path)
        citation = None if content is None else cite(content, span)
        if citation is None:
            return None
        bare = self.views.bare(span)
        return Shown(citation, self.views.label(span.path), self.views.text(span), bare, self._acts(span))

    def _acts(self, span: Span) -> bool:
        if kind_of(span.path) in _TALK or _PAGE.search(span.path):
            return False
        if kind_of(span.path) is Kind.PYTHON:
            return any(
                fact.start <= span.line_end and span.line_start <= fact.end for fact in self._facts(span.path)
            )
        kept = self.views.neutral(span.path)[span.line_start - 1 : span.line_end]
        return any(re.search(r"\w", line) for line in kept)

    def _facts(self, path: str) -> list[Fact]:
        if path not in self.acting:
            facts = python_facts(self.files.lines(path))
            self.acting[path] = [*facts.calls, *facts.defines]
        return self.acting[path]


def _apart(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans without those that overlap an earlier one."""
    taken: list[Span] = []
    for span in spans:
        if not any(
            span.path == other.path
            and span.line_start <= other.line_end
            and other.line_start <= span.line_end
            for other in taken
        ):
            taken.append(span)
            yield span
