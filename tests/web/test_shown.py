"""What pages show: words, facts, hidden characters, highlighted lines."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobtwin.web.highlight import highlighted, language_of
from jobtwin.web.shown.evidence import WINDOW, parse_range, shown_file
from jobtwin.web.shown.facts import MAX_ROWS, fact_rows
from jobtwin.web.shown.text import one_line, shortened, visible
from jobtwin.web.shown.time import duration, moment, saved_words, time_left

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("delta", "words"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=2, minutes=5), "2 hours, 5 minutes"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=13, hours=23, minutes=59), "13 days, 23 hours"),
    ],
)
def test_durations_are_words(delta: timedelta, words: str) -> None:
    assert duration(delta) == words


def test_times_are_words_in_utc() -> None:
    assert moment(NOON) == "1 November 2026, 12:00 UTC"
    assert saved_words(NOON, 3) == "Saved at 12:00:00 UTC on 1 November 2026 as version 3."
    assert time_left(NOON, NOON - timedelta(hours=1)) == "1 hour left"
    assert time_left(NOON, NOON + timedelta(hours=1)) == "1 hour over"
    assert duration(timedelta(hours=336)) == "14 days"


@given(st.text())
def test_visible_text_holds_no_hidden_character_and_loses_nothing_else(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    assert all(letter.isprintable() or not letter.isascii() or letter in "\t\n" for letter in shown)
    assert len(shown) >= len(text)


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u2066", "\u200b", "\u00ad", "\ufeff", "\x00", "\x1b", "\x85", "\U000e0041"]
)
def test_a_hidden_character_is_written_out(hidden: str) -> None:
    assert visible(f"a{hidden}b") == f"a[U+{ord(hidden):04X}]b"


def test_a_line_stays_one_line_and_short() -> None:
    assert one_line("a\nb\tc") == "a[U+000A]b[U+0009]c"
    assert shortened("x" * 10, 4) == "xxxx … (6 more characters)"


def test_facts_become_rows_whatever_they_hold() -> None:
    rows = fact_rows({"passed": 31, "failed": {"a::b": "x < y"}, "ok": True, "none": [], "log": "one\ntwo"})
    assert [(row.name, row.value, row.block) for row in rows] == [
        ("passed", "31", False),
        ("failed › a::b", "x < y", False),
        ("ok", "yes", False),
        ("none", "none", False),
        ("log", "one\ntwo", True),
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
)


@given(st.dictionaries(st.text(max_size=10), json_values, max_size=30))
def test_facts_never_fail_and_never_fill_the_page(facts: dict[str, object]) -> None:
    rows = fact_rows(facts)
    assert len(rows) <= MAX_ROWS + 1
    assert all(len(row.value) < 5_000 for row in rows)


def test_the_language_comes_from_the_name_alone() -> None:
    assert language_of("src/app/main.py") == "python"
    assert language_of("Containerfile") == "docker"
    assert language_of("notes.unknown") is None
    assert language_of(".py/README") is None


def test_python_is_highlighted_and_a_script_stays_text() -> None:
    lines = ("def f():", '    return "</script>"', "")
    tokens = highlighted(lines, "python")
    assert tokens[0][0] == ("k", "def")
    assert tuple("".join(text for _, text in line) for line in tokens) == lines


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=30),
        min_size=1,
        max_size=10,
    )
)
def test_highlighting_never_changes_a_character(lines: list[str]) -> None:
    tokens = highlighted(tuple(lines), "python")
    assert ["".join(text for _, text in line) for line in tokens] == lines


def test_a_language_nobody_knows_comes_back_plain() -> None:
    assert highlighted(("a", ""), "no-such-language") == ((("", "a"),), ())


@pytest.mark.parametrize(
    ("text", "found"),
    [("10-20", (10, 20)), ("7", (7, 7)), ("0", (1, 0)), ("x", (1, 0)), ("", (1, 0)), ("9" * 30, (1, 0))],
)
def test_ranges_of_lines_are_read_or_ignored(text: str, found: tuple[int, int]) -> None:
    assert parse_range(text) == found


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\x89PNG\0", "not a text file"), (b"x" * 2_000_000, "are not shown"), (b"", "empty")],
)
def test_what_is_no_text_is_a_sentence(content: bytes, said: str) -> None:
    found = shown_file("a.png", content, (1, 0))
    assert said in found.sentence
    assert not found.lines


def test_a_long_file_is_shown_in_windows_that_hold_the_line_asked_for() -> None:
    content = b"\n".join(b"line %d" % number for number in range(1, 2 * WINDOW + 11))
    found = shown_file("notes.txt", content, (WINDOW + 5, WINDOW + 6))
    assert (found.lines[0].number, found.earlier, found.later) == (WINDOW + 1, 1, 2 * WINDOW + 1)
    assert [line.number for line in found.lines if line.marked] == [WINDOW + 5, WINDOW + 6]
    assert found.lines[4].tokens == (("", f"line {WINDOW + 5}"),)
    assert shown_file("notes.txt", content, (10**6, 10**6)).later is None
