"""Text that strangers wrote stays text, wherever a page shows it."""

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from django.test import Client

    from jobtwin.store.models import Person, Submission

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

PAYLOADS = (
    "<script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</pre></details></section><h1>Passed</h1>",
    "{{ 7*7 }}{% include 'base.html' %}",
    "javascript:alert(1)",
    "<!-- --><style>*{display:none}</style>",
    "]]><?xml <!DOCTYPE html>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
)

hostile = st.lists(
    st.one_of(
        st.sampled_from(PAYLOADS),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
        st.sampled_from(["\u202e", "\u200b", "\ufeff", "\x1b[2J", "\U000e0041", "\n", "\t"]),
    ),
    min_size=1,
    max_size=4,
).map(lambda parts: "x" + "".join(parts))


class Tags(HTMLParser):
    """The elements and attributes of a page, as a browser would find them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.handlers: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        self.handlers += [
            name
            for name, value in attrs
            if name in ("href", "src") and (value or "").startswith("javascript:")
        ]


def tainted(learner: "Person", text: str) -> "Submission":
    """A verified submission with `text` in every field that a stranger can fill."""
    from jobtwin.core.check import CheckResult, Reason
    from jobtwin.core.draft_review import CriterionReview, DraftReview, Finding, review_brief
    from jobtwin.core.evidence import Citation, Span
    from jobtwin.services.check import record_checks, record_event
    from jobtwin.services.draft_review import record_draft_review
    from tests.host.people import COMMIT, NOW, exam, submitted

    answers = {"F1": "no", "F3": "yes"}
    reason = f"x{text}"
    submission = submitted(
        learner, source=text[:2000], notes=text, answers=answers, force=True, force_reason=reason
    )
    record_event(submission=submission, phase=text[:60], kind="log", text=text, now=NOW)
    facts = {
        text: text,
        "log": f"a\n{text}",
        "able_to_bend_results": [text],
        "nested": {"deep": [{"k": text}]},
    }
    checks = (
        CheckResult("F1", Reason.TESTS_FAILED, text, facts),
        CheckResult("F3", Reason.TAMPERED, text, facts),
    )
    record_checks(submission=submission, checks=checks, engine="test", now=NOW)
    cited = Citation(Span(text, 1, 2), "0" * 64)
    reviews = {one.id: CriterionReview(one.id, Finding.MET, (cited,), text) for one in exam().criteria()}
    flags = tuple({"path": text, "line_start": line, "line_end": line, "reason": text} for line in (0, 3))
    draft = DraftReview(text, COMMIT, "small", "none", review_brief(exam(), reviews), flags=flags)
    record_draft_review(submission=submission, draft=draft, quotes={f"{text}:1-2": text}, now=NOW)
    return submission


def pages_with(text: str) -> dict[str, str]:
    """Every page that shows a stranger's text, by name."""
    from tests.host.people import everybody
    from tests.host.web.clock import at
    from tests.host.web.visits import claim, client, mark_form, text_of

    at(hours=3)
    people = everybody()
    submission = tainted(people.ada, text)
    ada, max_ = client(people.ada), client(people.max)
    desk = claim(max_, submission)
    pages = {"queue": text_of(max_.get("/marking/")), "before": text_of(max_.get(desk))}
    max_.post(f"{desk}/save", mark_form("0.80") | {"next": "first_pass"})
    pages |= {
        "desk": text_of(max_.get(desk)),
        "attempt": text_of(ada.get(f"/attempts/{submission.attempt_id}")),
    }
    pages["form"] = _work_page(client(people.sam), text)
    return pages


def _work_page(sam: "Client", text: str) -> str:
    from tests.host.web.visits import draft, start, text_of

    attempt = start(sam)
    sam.post(f"{attempt}/draft", draft(notes="kept"))
    return text_of(sam.post(f"{attempt}/draft", draft(source=text, notes=text)))


@given(text=hostile)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_text_of_a_stranger_becomes_markup(text: str) -> None:
    from django.db import transaction

    with transaction.atomic():
        plain, attacked = pages_with("plain text"), None
        transaction.set_rollback(True)
    with transaction.atomic():
        attacked = pages_with(text)
        transaction.set_rollback(True)
    for name, html in attacked.items():
        found = Tags(html)
        assert not found.handlers, name
        assert _shape(found) == _shape(Tags(plain[name])), name


def _shape(tags: Tags) -> dict[str, int]:
    """Counts of the elements that only markup of ours could make; rows of facts depend on the text."""
    varying = {"pre", "dt", "dd", "br"}
    return {tag: tags.found.count(tag) for tag in sorted(set(tags.found) - varying)}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_payload_is_there_to_read_on_the_desk(payload: str) -> None:
    from html import escape

    assert escape(payload) in pages_with(payload)["desk"]


def test_what_an_eye_cannot_see_is_written_out() -> None:
    pages = pages_with("safe\u202egnihton\u200b \U000e0041\x1b[2J")
    for name in ("desk", "attempt"):
        for written in ("[U+202E]", "[U+200B]", "[U+E0041]", "[U+001B]"):
            assert written in pages[name], (name, written)
        assert not re.search("[\u202e\u200b\U000e0041\x1b]", pages[name]), name


def test_comments_of_mentors_are_text_too() -> None:
    from tests.host.people import everybody, verified
    from tests.host.web.clock import at
    from tests.host.web.visits import claim, client, mark_form, text_of

    at(hours=3)
    people = everybody()
    visitor = client(people.max)
    desk = claim(visitor, verified(people.ada))
    visitor.post(f"{desk}/save", mark_form("0.80", PAYLOADS[1]))
    for page in (desk, f"{desk}/seal"):
        html = text_of(visitor.get(page))
        assert "<img" not in html
        assert "&lt;img src=x" in html
