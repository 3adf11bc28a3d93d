"""What people are told, and when the mail about it is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.letter import WAITS, letter, wait_after
from jobtwin.core.notification import KINDS, Message, Pace, last_digest, mail_due, message, require_facts

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def facts_of(kind: str, **more: str) -> dict[str, str]:
    return {name: f"<{name}>" for name in KINDS[kind].needs} | more


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_has_its_words(kind: str) -> None:
    require_facts(kind, facts_of(kind))
    words = message(kind, facts_of(kind, path="/marking/"))
    assert words.subject
    assert words.sentence.endswith(".")
    assert words.link
    assert "{" not in words.subject + words.sentence


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("praise", {}),
        ("marks_apart", {}),
        ("marks_apart", {"title": "An exam", "path": "https://elsewhere.example"}),
        ("marks_apart", {"title": "An exam", "path": "//elsewhere.example"}),
        ("marks_apart", {"title": "x" * 4_001}),
        ("marks_apart", {"title": "a\0b"}),
    ],
)
def test_what_cannot_be_said_is_a_mistake_of_the_caller(kind: str, facts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"unknown|needs|leads|letters"):
        require_facts(kind, facts)


def test_a_kind_that_is_gone_still_has_a_line() -> None:
    assert message("an_old_kind", {}).subject == "an old kind"


def test_a_subject_is_one_line_whatever_the_title_holds() -> None:
    words = message("marks_apart", {"title": "An exam\r\nBcc: everybody@example.org"})
    assert words.subject == "An exam Bcc: everybody@example.org: your marks are apart"


@given(MOMENTS, MOMENTS)
def test_the_daily_mail_takes_exactly_what_came_before_its_last_instant(at: datetime, now: datetime) -> None:
    due = mail_due(duty=False, pace=Pace.DAILY, at=at)
    assert due is not None
    assert timedelta(0) < due - at <= timedelta(days=1)
    assert (due <= now) == (at < last_digest(now))


@given(MOMENTS)
def test_duty_is_mailed_at_once_and_nothing_else_against_somebodys_will(at: datetime) -> None:
    assert all(mail_due(duty=True, pace=pace, at=at) == at for pace in Pace)
    assert mail_due(duty=False, pace=Pace.NONE, at=at) is None


def test_the_daily_mail_keeps_to_utc() -> None:
    abroad = datetime.fromisoformat("2026-11-01T02:00:00-09:00")
    assert last_digest(abroad) == datetime(2026, 11, 1, 7, tzinfo=UTC)


def test_a_letter_says_everything_in_text_and_html_and_escapes_it() -> None:
    words = Message("<b>Marks</b>", "Read & answer.", "/marking/1", "Open", "line 1\nline <2>\n")
    made = letter(
        [words], origin="https://exam.example", settings_url="https://s.example", unsubscribe_url=""
    )
    assert made.subject == "<b>Marks</b>"
    for part in ("Read & answer.", "line 1\nline <2>", "Open: https://exam.example/marking/1", "https://s."):
        assert part in made.text
    assert "<b>" not in made.html
    assert "<pre>line 1\nline &lt;2&gt;\n</pre>" in made.html
    assert "No more mail" not in made.text + made.html


def test_a_digest_is_one_letter_that_can_be_switched_off() -> None:
    two = [Message("One", "First."), Message("Two", "Second.")]
    made = letter(two, origin="https://exam.example", settings_url="s", unsubscribe_url="https://u.example")
    assert made.subject == "2 messages from Job Twin"
    assert made.text.index("First.") < made.text.index("Second.") < made.text.index("https://u.example")
    assert 'href="https://u.example"' in made.html


def test_a_mail_is_tried_for_two_days_and_then_given_up() -> None:
    assert sum(WAITS, timedelta()) > timedelta(hours=40)
    assert wait_after(1) == timedelta(minutes=1)
    assert wait_after(len(WAITS)) is not None
    assert wait_after(len(WAITS) + 1) is None
