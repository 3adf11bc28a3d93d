"""Three questions for a conversation, each tied to lines that only who knows the work can explain."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jobtwin.core.evidence import MAX_SPAN_LINES, Span
from jobtwin.review.files import Files
from jobtwin.review.kinds import is_service
from jobtwin.review.pyfacts import parse_module

QUESTIONS = 3
MAX_FILES = 400
_SHARED = "Explain these lines: why are they written this way, and what did you try before?"
_LONGEST = "Walk through these lines for one input that you choose: what can go wrong, and what happens then?"
_ASKED: Mapping[str, str] = {
    "design.calls_bounded": "Why this limit and not half of it? What does a user see when it is reached?",
    "security.mitigation_tested": "Which attack is this test about, and which one like it gets through?",
    "evals.adversarial": "Which of these cases failed first, and what did you change because of it?",
    "security.inputs": "How did you choose these limits, and where is input that they do not cover?",
    "evals.scorer": "When does this scorer call a wrong answer right?",
    "production.metrics": "Which of these figures would wake you at night, and at which value?",
    "production.container_user": "What would an attacker gain here if this line were missing?",
    "design.settings": "What happens if one of these settings is missing in production?",
    "production.ci_tests": "Which mistake did this step catch while you worked on it?",
    "framing.readme": "Who told you that this is a problem, and what did they say to the result?",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the lines that it is about."""

    text: str
    span: Span

    def as_json(self) -> dict[str, object]:
        span = self.span
        return {
            "question": self.text,
            "path": span.path,
            "line_start": span.line_start,
            "line_end": span.line_end,
        }


def viva_questions(
    files: Files, cited: Mapping[str, Sequence[Span]], shared: Sequence[Span]
) -> tuple[Question, ...]:
    """At most three: shared unusual lines first, then the longest function, then lines that were credited.

    `cited` are the spans of met criteria by id. The same tree and draft give the same questions.
    """
    found: list[Question] = []
    for question in _all(files, cited, shared):
        if not any(question.span.path == one.span.path and _touch(question.span, one.span) for one in found):
            found.append(question)
        if len(found) == QUESTIONS:
            break
    return tuple(found)


def _all(files: Files, cited: Mapping[str, Sequence[Span]], shared: Sequence[Span]) -> Iterator[Question]:
    yield from (Question(_SHARED, span) for span in shared[:1])
    longest = _longest_function(files)
    if longest is not None:
        yield Question(_LONGEST, longest)
    for criterion, text in _ASKED.items():
        yield from (Question(text, span) for span in cited.get(criterion, ())[:1])


def _longest_function(files: Files) -> Span | None:
    """The longest function of the service's Python code."""
    best: tuple[int, str, int] | None = None
    for path in [p for p in files.own if p.endswith(".py") and is_service(p)][:MAX_FILES]:
        module = parse_module(files.lines(path))
        for node in ast.walk(module) if module is not None else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if best is None or length > best[0]:
                    best = (length, path, node.lineno)
    return None if best is None else Span(best[1], best[2], best[2] + min(best[0], MAX_SPAN_LINES) - 1)


def _touch(one: Span, other: Span) -> bool:
    return one.line_start <= other.line_end and other.line_start <= one.line_end
