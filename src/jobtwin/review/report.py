"""The report of a draft review: what is there, where, what is missing, what was claimed and refuted.

The page is inert: no script, no link into the submission, a policy that loads nothing, every byte of
the submission escaped and hidden characters shown by their number.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from jobtwin.core.brief import Brief
from jobtwin.core.check import Verdict
from jobtwin.core.criterion import Criterion
from jobtwin.core.draft_review import CriterionReview, DimensionReview, DraftReview, Finding
from jobtwin.core.evidence import Citation, citation_holds, lines_of
from jobtwin.review.facts import CheckFact, parse_facts
from jobtwin.review.inert import MAX_SHOWN_LINES, inert
from jobtwin.review.report_style import POLICY, SHEET
from jobtwin.source.tree import Tree

_WORDS = {Finding.MET: "✓ met", Finding.NOT_MET: "✗ not met", Finding.UNCLEAR: "? unclear"}
FLAGS_SHOWN = 8
"""More flags than this are folded away, so that what was found stands on the first screens."""
_KINDS = {"check": "a check", "probe": "files and code", "prose": "prose"}


def report_json(
    draft: DraftReview, brief: Brief, *, facts: Mapping[str, object] | None = None
) -> dict[str, object]:
    """The draft with the words of the brief, the checks, and how much of it code could decide.

    Raises BadInput where the facts are not of this commit and brief.
    """
    checks = parse_facts(facts, brief, draft.commit)
    return {
        **draft.as_json(),
        "title": brief.title,
        "brief_digest": brief.digest,
        "criteria": {
            criterion.id: {"text": criterion.text, "evidence": criterion.evidence, "weight": criterion.weight}
            for criterion in brief.criteria()
        },
        "checks": [
            {"id": c.id, "verdict": c.verdict.value, "reason": c.reason.value, "summary": c.summary}
            for c in checks.values()
        ],
        "coverage": coverage(draft, brief),
    }


def coverage(draft: DraftReview, brief: Brief) -> dict[str, int]:
    """How many criteria code decided (`met`, `not_met`), how many a model, and what the others wait for."""
    by_model = {name for name, said in _said_by_model(draft).items() if said in {"met", "not_met"}}
    kinds = {criterion.id: criterion.evidence for criterion in brief.criteria()}
    counted: Counter[str] = Counter()
    for review in _reviews(draft):
        open_kind = {"check": "waits_for_check", "prose": "waits_for_reader", "probe": "probe_could_not_look"}
        if review.verdict is Finding.UNCLEAR:
            counted[open_kind[kinds[review.id]]] += 1
        else:
            counted["by_model" if review.id in by_model else review.verdict.value] += 1
    names = ("met", "not_met", "by_model", "waits_for_check", "waits_for_reader", "probe_could_not_look")
    return {"criteria": sum(counted.values()), **{name: counted[name] for name in names}}


def _said_by_model(draft: DraftReview) -> Mapping[str, object]:
    said = draft.usage.get("by_model")
    return said if isinstance(said, Mapping) else {}


def report_html(
    draft: DraftReview, brief: Brief, tree: Tree, *, facts: Mapping[str, object] | None = None
) -> str:
    """One self-contained page. `tree` must be the draft's commit; quotes come from it, verified.

    Raises BadInput where the facts are not of this commit and brief.
    """
    checks = parse_facts(facts, brief, draft.commit)
    title = f"Draft review: {brief.title}"
    body = "\n".join(
        [
            f"<h1>{inert(title)}</h1>",
            *_summary(draft, brief),
            *_checks(checks.values(), brief),
            *_missing(draft, brief),
            *_flags(draft, tree),
            *(part for dimension in draft.dimensions for part in _dimension(dimension, brief, tree)),
        ]
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{inert(POLICY, most=1000)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{inert(title)}</title>\n<style>{SHEET}</style></head>\n<body><main>\n{body}\n</main></body></html>\n"
    )


def _summary(draft: DraftReview, brief: Brief) -> Iterator[str]:
    covered = coverage(draft, brief)
    lower = sum((d.weight * d.lower for d in draft.dimensions), Decimal(0))
    upper = sum((d.weight * d.upper for d in draft.dimensions), Decimal(0))
    yield '<p class="soft">Written by rules, for a mentor, who decides. Nothing here is a mark.</p>'
    yield "<dl>"
    for name, value in (
        ("Source", draft.source),
        ("Commit", draft.commit),
        ("Brief", f"{brief.id}, version {brief.version}"),
        ("Model", draft.model),
        (
            "What the facts carry",
            f"between {lower:.4f} and {upper:.4f} of 1; the pass mark is {brief.rubric.pass_mark}",
        ),
        (
            "Coverage",
            f"{covered['met'] + covered['not_met']} of {covered['criteria']} criteria decided by code, "
            f"{covered['by_model']} by a model; "
            f"{covered['waits_for_check']} wait for a check, {covered['waits_for_reader']} for a reader, "
            f"{covered['probe_could_not_look']} could not be looked at",
        ),
        ("Read", _read(draft.usage)),
    ):
        yield f"<dt>{name}</dt><dd>{inert(value, most=500)}</dd>"
    yield "</dl>"


def _read(usage: Mapping[str, object]) -> str:
    skipped = usage.get("files_skipped")
    left = (
        ", ".join(f"{k.replace('_', ' ')}: {v}" for k, v in skipped.items())
        if isinstance(skipped, Mapping)
        else ""
    )
    return f"{usage.get('files', 0)} files" + (f"; left out: {left}" if left else "")


def _checks(checks: Iterable[CheckFact], brief: Brief) -> Iterator[str]:
    questions = {one.id: one.question for one in brief.self_checks}
    listed = sorted(checks, key=lambda check: check.id)
    if not listed:
        return
    yield '<h2>What was checked</h2><ol class="criteria">'
    words = {Verdict.CONFIRMED: "met", Verdict.REFUTED: "not_met", Verdict.INCONCLUSIVE: "unclear"}
    for check in listed:
        yield (
            f'<li class="{words[check.verdict]}"><h3><span class="word">{check.verdict.value}</span> '
            f'{inert(questions[check.id].replace("`", ""))}</h3><p class="soft">{inert(check.id)}: '
            f"{inert(check.summary, most=600)} <code>{check.reason.value}</code></p></li>"
        )
    yield "</ol>"


def _missing(draft: DraftReview, brief: Brief) -> Iterator[str]:
    texts = {criterion.id: criterion.text for criterion in brief.criteria()}
    missing = [review for review in _reviews(draft) if review.verdict is Finding.NOT_MET]
    if missing:
        yield "<h2>What is missing or refuted</h2><ul>"
        for review in missing:
            note = f'<span class="soft">{inert(review.note, most=300)}</span>'
            yield f"<li>{inert(texts[review.id])} {note}</li>"
        yield "</ul>"


def _flags(draft: DraftReview, tree: Tree) -> Iterator[str]:
    if not draft.flags:
        return
    yield "<h2>Flags</h2>"
    yield '<p class="soft">For your eyes; a flag moves no score. A security project may quote attacks.</p>'
    shown = " open" if len(draft.flags) <= FLAGS_SHOWN else ""
    yield f"<details{shown}><summary>{len(draft.flags)} places</summary><ul>"
    for flag in draft.flags:
        path, first = str(flag.get("path", "")), flag.get("line_start", 0)
        content = tree.read(path)
        lines = lines_of(content) if content is not None else []
        quote = lines[first - 1] if isinstance(first, int) and 1 <= first <= len(lines) else ""
        yield f"<li><code>{inert(path)}:{inert(str(first))}</code> {inert(str(flag.get('reason', '')))}"
        yield (f"<pre>{inert(quote)}</pre>" if quote else "") + "</li>"
    yield "</ul></details>"


def _dimension(dimension: DimensionReview, brief: Brief, tree: Tree) -> Iterator[str]:
    described = next(one for one in brief.rubric.dimensions if one.id == dimension.id)
    criteria = {criterion.id: criterion for criterion in described.criteria}
    low, high = int(dimension.lower * 20), int(dimension.upper * 20)
    yield f"<h2>{inert(described.title)}</h2>"
    yield f'<p class="soft">{inert(described.tests, most=500)} Weight {described.weight}.</p>'
    bars = f'<div class="sure wide{low}"></div><div class="maybe wide{high - low}"></div>'
    yield f'<div class="bar">{bars}</div>'
    yield f"<p>The facts carry {dimension.lower} to {dimension.upper}; the draft says {dimension.score}.</p>"
    yield '<ol class="criteria">'
    for review in dimension.criteria:
        yield from _criterion(review, criteria[review.id], tree)
    yield "</ol>"


def _criterion(review: CriterionReview, criterion: Criterion, tree: Tree) -> Iterator[str]:
    yield f'<li class="{review.verdict.value}"><h3><span class="word">{_WORDS[review.verdict]}</span> '
    yield f"{inert(criterion.text)}</h3>"
    yield (
        f'<p class="soft"><code>{inert(criterion.id)}</code>, supported by {_KINDS[criterion.evidence]}, '
        f"weight {criterion.weight}. {inert(review.note, most=300)}</p>"
    )
    for citation in review.citations:
        yield from _quote(citation, tree)
    yield "</li>"


def _quote(citation: Citation, tree: Tree) -> Iterator[str]:
    span, content = citation.span, tree.read(citation.span.path)
    yield f"<figure><figcaption>{inert(span.path)}:{span.line_start}-{span.line_end}</figcaption>"
    if content is None or not citation_holds(content, citation):
        yield "<pre>These lines are not in this commit.</pre></figure>"
        return
    quoted = lines_of(content)[span.line_start - 1 : span.line_end]
    shown = [f"{n:>5}  {inert(line)}" for n, line in enumerate(quoted[:MAX_SHOWN_LINES], span.line_start)]
    left = len(quoted) - len(shown)
    yield (
        "<pre>"
        + "\n".join([*shown, *([f"       and {left} more lines"] if left else [])])
        + "</pre></figure>"
    )


def _reviews(draft: DraftReview) -> Iterator[CriterionReview]:
    return (review for dimension in draft.dimensions for review in dimension.criteria)
