"""Lists of people: what is taken, and what is told with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.roster import MAX_BYTES, MAX_ROWS, Roster, Row, parse_roster, plain_cell, safe_cell

ROLES = ("learner", "mentor", "operator")


def parsed(text: str | bytes) -> Roster:
    content = text.encode() if isinstance(text, str) else text
    return parse_roster(content, roles=ROLES, usual_role="learner", is_address=lambda one: "@" in one[1:-1])


@pytest.mark.parametrize(
    "text",
    [
        "email,role\nada@example.org,\nmax@example.org,mentor\n",
        "\ufeffEmail;Role\r\nADA@example.org;learner\r\n\r\nmax@example.org;Mentor\r\n",
        'role\temail\n\t"ada@example.org"\nmentor\tmax@example.org',
    ],
)
def test_the_separators_and_marks_of_spreadsheets_are_taken(text: str) -> None:
    found = parsed(text)
    assert found.problems == ()
    assert [(one.email, one.role) for one in found.rows] == [
        ("ada@example.org", "learner"),
        ("max@example.org", "mentor"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the list is empty"),
        ("\n\n", "the list is empty"),
        ("name\nAda", "line 1: the first line names the columns"),
        ("email,email\na@b,c@d", "line 1: a column is named twice"),
        ("email,phone\na@b.example,1", "line 1: a list has no column 'phone'"),
        ("email", "the list names nobody"),
        ("email\nada", "line 2: 'ada' is not an e-mail address"),
        ("email,role\na@b.example,god", "line 2: 'god' is no role"),
        ("email,role\n,mentor", "line 2: there is no address"),
        ("email\na@b.example\nA@b.example", "line 3: a@b.example as learner stands in line 2 already"),
        ("email,role\na@b.example", "line 2: there are 1 columns, the heading has 2"),
        ("email\na@b.example\n\0", "line 3: there is a NUL"),
        ('email\n"a@b.example', "cannot be read as CSV"),
        (b"email\na@b.example\nr\xe9my@b.example", "line 3: this is not UTF-8"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str | bytes, told: str) -> None:
    found = parsed(text)
    assert len(found.problems) == 1
    assert told in found.problems[0]


def test_lists_that_are_too_long_are_refused_whole() -> None:
    people = "".join(f"p{n}@example.org\n" for n in range(MAX_ROWS + 1))
    assert parsed("email\n" + people).problems == (f"the list names more than {MAX_ROWS} people; split it",)
    assert parsed(b"email\n" + b"x" * MAX_BYTES).rows == ()


def test_not_more_mistakes_are_told_than_anybody_reads() -> None:
    assert len(parsed("email\n" + "no\n" * 400).problems) == 50


@given(st.binary(max_size=200))
def test_nothing_breaks_it(content: bytes) -> None:
    found = parsed(content)
    assert found.problems or all(isinstance(one, Row) for one in found.rows)


@given(st.text(max_size=20))
def test_what_an_export_makes_safe_an_import_reads_back(text: str) -> None:
    safe = safe_cell(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    if not text.startswith("'"):
        assert plain_cell(safe) == text
