"""The draft review: verdicts of code, with verified citations, and bounds for every dimension.

Nothing of the submission is run. A criterion that waits for a check is unclear without the check's
facts; one that only prose supports is unclear always, with the lines to read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from jobtwin.core.brief import Brief
from jobtwin.core.check import Verdict
from jobtwin.core.criterion import Criterion
from jobtwin.core.draft_review import CriterionReview, DraftReview, Finding, review_brief
from jobtwin.core.evidence import Citation, Span, cite
from jobtwin.review.facts import CheckFact, parse_facts
from jobtwin.review.files import Files
from jobtwin.review.guard import Guard
from jobtwin.review.index import EvidenceIndex, IndexLimits
from jobtwin.review.kinds import Kind, is_document, is_vendored, kind_of
from jobtwin.review.probes import Prober
from jobtwin.source.tree import Tree

MAX_NOTE = 300
PROSE_SPANS = 3
PROSE_LINES = 20
CHECK_SPANS = 2
CHECK_LINES = 20

_BOILERPLATE = re.compile(
    r"(^|/)((licen[sc]es?|copying|authors|contributors|changelog|release[-_]notes|code_of_conduct)\b[^/]*|"
    r"[^/]*\.(log|out))$|(^|/)(licen[sc]es/|\.)",
    re.IGNORECASE,
)

_HIDDEN = re.compile(r"(^|/)\.[^/]+/")

_ABOUT = {
    "tests": ("**/test_*.py", "**/*_test.py"),
    "container": ("**/Containerfile", "**/Dockerfile", "**/Dockerfile.*"),
    "evals": ("**/eval*/**/*.py", "**/eval*.py", "**/eval*/**/*.y*ml", "**/promptfoo*.y*ml"),
    "artifact": ("jobtwin.toml",),
}
"""Files that a check is about, by what it verifies."""

_OF_VERDICT = {
    Verdict.CONFIRMED: Finding.MET,
    Verdict.REFUTED: Finding.NOT_MET,
    Verdict.INCONCLUSIVE: Finding.UNCLEAR,
}


class Reader(Protocol):
    """Reads what code left unclear, within the bounds of the draft (`review.model.reader.ModelReader`)."""

    def read(
        self, draft: DraftReview, *, brief: Brief, files: Files, index: EvidenceIndex, guard: Guard
    ) -> DraftReview:
        """A draft with the same bounds."""


def draft_review(
    tree: Tree,
    brief: Brief,
    *,
    source: str,
    facts: Mapping[str, object] | None = None,
    limits: IndexLimits | None = None,
    reader: Reader | None = None,
) -> DraftReview:
    """A whole draft. Without `reader` no model is asked; the same tree, brief and facts give the same.

    `facts` is what `jobtwin verify --json` printed of this commit and brief. Raises BadInput otherwise.
    """
    checks = parse_facts(facts, brief, tree.commit)
    files = Files(tree, limits or IndexLimits())
    index = EvidenceIndex.build(tree, limits=limits, files=files)
    drafter = _Drafter(files, index, checks, {one.id: one.verification for one in brief.self_checks})
    reviews = {criterion.id: drafter.review(criterion) for criterion in brief.criteria()}
    guard = Guard.over(files)
    draft = DraftReview(
        source=source,
        commit=tree.commit,
        brief=brief.id,
        model="none",
        dimensions=review_brief(brief, reviews),
        flags=tuple(flag.as_json() for flag in guard.flags()),
        usage=drafter.usage(),
    )
    return draft if reader is None else reader.read(draft, brief=brief, files=files, index=index, guard=guard)


def _is_written(path: str) -> bool:
    """True for prose of the project's own: no licences, change lists or lists of names."""
    written = kind_of(path) in {Kind.MARKDOWN, Kind.PROSE} and is_document(path)
    return written and not is_vendored(path) and not _BOILERPLATE.search(path)


@dataclass
class _Drafter:
    files: Files
    index: EvidenceIndex
    checks: Mapping[str, CheckFact]
    verified: Mapping[str, str]
    dropped: int = 0
    prober: Prober = field(init=False)

    def __post_init__(self) -> None:
        self.prober = Prober(self.files)

    def review(self, criterion: Criterion) -> CriterionReview:
        if criterion.check is not None:
            return self._by_check(criterion, criterion.check)
        if criterion.probes:
            result = self.prober.evaluate_all(criterion.probes)
            return self._review(criterion, result.finding, result.spans, result.note)
        return self._by_prose(criterion)

    def _by_check(self, criterion: Criterion, check_id: str) -> CriterionReview:
        fact = self.checks.get(check_id)
        spans = self._spans_of_check(check_id)
        if fact is None:
            return self._review(criterion, Finding.UNCLEAR, spans, f"Waits for check {check_id}.")
        note = f"{check_id} {fact.verdict.value} ({fact.reason.value}): {fact.summary}"
        return self._review(criterion, _OF_VERDICT[fact.verdict], spans, note)

    def _spans_of_check(self, check_id: str) -> tuple[Span, ...]:
        """The beginning of the first files that the check is about."""
        globs = _ABOUT.get(self.verified.get(check_id, "nothing"), ())
        shown = (path for path in self.files.matching(globs) if not _HIDDEN.search(path))
        paths = sorted(shown, key=lambda path: (path.count("/"), path))
        ends = ((path, min(len(self.files.lines(path)), CHECK_LINES)) for path in paths[:20])
        return tuple(Span(path, 1, end) for path, end in ends if end)[:CHECK_SPANS]

    def _by_prose(self, criterion: Criterion) -> CriterionReview:
        hits = self.index.search(
            criterion.text, top=PROSE_SPANS, max_lines=PROSE_LINES, only=self._is_own_prose
        )
        note = (
            "Only prose speaks to this; these lines come closest."
            if hits
            else "No prose in the files speaks to this."
        )
        return self._review(criterion, Finding.UNCLEAR, tuple(hit.span for hit in hits), note)

    def _is_own_prose(self, path: str) -> bool:
        return _is_written(path) and self.files.is_claimed(path)

    def _review(
        self, criterion: Criterion, finding: Finding, spans: tuple[Span, ...], note: str
    ) -> CriterionReview:
        citations = tuple(found for span in spans if (found := self._cited(span)) is not None)
        self.dropped += len(spans) - len(citations)
        return CriterionReview(criterion.id, finding, citations, note[:MAX_NOTE])

    def _cited(self, span: Span) -> Citation | None:
        content = self.files.content(span.path)
        return None if content is None else cite(content, span)

    def usage(self) -> dict[str, object]:
        """What was read and dropped; no clock, so that a draft is the same every time."""
        return {
            "calls": 0,
            "files": len(self.files.entries),
            "bytes_read": self.files.bytes_read,
            "files_skipped": dict(sorted(self.files.skipped.items())),
            "citations_dropped": self.dropped,
        }
