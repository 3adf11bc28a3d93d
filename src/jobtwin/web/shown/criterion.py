"""A criterion as the desk shows it: citations, a fact, the verdict of the draft, what its reader says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from jobtwin.core.criterion import Criterion
from jobtwin.core.draft_review import Finding
from jobtwin.core.reading import Reading, choices
from jobtwin.store.models import DraftReviewRecord
from jobtwin.web.shown.check import CheckRow

_WORDS = {
    Reading.ACCEPT: gettext_noop("Accept"),
    Reading.MET: gettext_noop("Change to met"),
    Reading.NOT_MET: gettext_noop("Change to not met"),
    Reading.UNCLEAR: gettext_noop("Change to unclear"),
    Reading.REJECT: gettext_noop("Reject"),
}


@dataclass(frozen=True, slots=True)
class Quote:
    """Cited lines of the pinned commit; `text` is None where only the place was kept."""

    path: str
    line_start: int
    line_end: int
    text: str | None
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a mentor may say of a verdict."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion with its evidence; verdict, note, model and choices are empty while the draft is hidden.

    `check` is the verified self-check that decides it. `model` is what a model said, where one was asked.
    """

    criterion: Criterion
    quotes: list[Quote]
    check: CheckRow | None = None
    verdict: str = ""
    note: str = ""
    model: str = ""
    choices: list[Choice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Drafted:
    """What there is to show beside criteria: the draft, the checks by id, the readings so far."""

    draft: DraftReviewRecord | None
    checks: Mapping[str, CheckRow]
    readings: Mapping[str, str]
    visible: bool

    def rows(self, dimension: str, criteria: tuple[Criterion, ...]) -> list[CriterionRow]:
        """The rows of one dimension in the order of the brief."""
        reviews = {str(one["id"]): one for where, one in self._drafted() if where == dimension}
        return [self._row(one, reviews.get(one.id, {})) for one in criteria]

    def _drafted(self) -> list[tuple[str, Mapping[str, object]]]:
        return self.draft.criteria() if self.draft else []

    def _row(self, criterion: Criterion, review: Mapping[str, object]) -> CriterionRow:
        quotes = self._quotes(criterion, review)
        check = self.checks.get(criterion.check or "")
        if not self.visible or not review or self.draft is None:
            return CriterionRow(criterion, quotes, check)
        verdict = str(review["verdict"])
        return CriterionRow(
            criterion,
            quotes,
            check,
            verdict,
            str(review.get("note", "")),
            self.draft.by_model().get(criterion.id, ""),
            self._choices(criterion.id, Finding(verdict)),
        )

    def _quotes(self, criterion: Criterion, review: Mapping[str, object]) -> list[Quote]:
        """The citations; what a model was asked about stays hidden with its answer: it chose the lines."""
        found = review.get("citations")
        hidden = not self.visible and self.draft is not None and criterion.id in self.draft.by_model()
        return [self._quote(one) for one in found] if isinstance(found, list) and not hidden else []

    def _choices(self, criterion: str, drafted: Finding) -> list[Choice]:
        chosen = self.readings.get(criterion)
        return [Choice(one.value, _WORDS[one], one.value == chosen) for one in choices(drafted)]

    def _quote(self, citation: Mapping[str, object]) -> Quote:
        path = str(citation["path"])
        start, end = int(str(citation["line_start"])), int(str(citation["line_end"]))
        quotes: Mapping[str, str] = self.draft.quotes if self.draft else {}
        return Quote(path, start, end, quotes.get(f"{path}:{start}-{end}"), path in self._flagged())

    def _flagged(self) -> frozenset[str]:
        flags = self.draft.document.get("flags", []) if self.draft else []
        return frozenset(str(one.get("path", "")) for one in flags)
