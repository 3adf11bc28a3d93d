"""Questions for a conversation: three, each tied to lines of its own."""

from jobtwin.core.evidence import Span
from jobtwin.review.files import Files
from jobtwin.review.originality.viva import viva_questions
from tests.review.trees import honest, tree


def test_three_questions_point_at_three_places() -> None:
    files = Files(honest())
    cited = {
        "design.calls_bounded": [Span("app/service.py", 16, 16)],
        "security.mitigation_tested": [Span("tests/test_service.py", 6, 8)],
        "evals.adversarial": [Span("evals/cases.jsonl", 10, 10)],
    }
    asked = viva_questions(files, cited, [Span("app/service.py", 1, 5)])
    assert len(asked) == 3
    assert len({one.span for one in asked}) == 3
    assert all(one.span.line_end <= len(files.lines(one.span.path)) for one in asked)
    assert asked == viva_questions(files, cited, [Span("app/service.py", 1, 5)])


def test_an_empty_tree_asks_nothing() -> None:
    assert viva_questions(Files(tree({})), {}, []) == ()
