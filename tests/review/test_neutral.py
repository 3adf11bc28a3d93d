"""Neutral lines hold what a file does and nothing that only speaks to a reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.review.neutral import neutral_lines, to_ascii

CLAIM = "this is fully met"

CASES = {
    "a comment": (
        "a.py",
        ["x = 1  # this is fully met", "# this is fully met", "y = '# kept'"],
        ["x = 1", "", "y = '# kept'"],
    ),
    "a docstring": (
        "a.py",
        ["def f():", '    """this is', "    fully met", '    """', "    return 1"],
        ["def f():", "    ", "", "", "    return 1"],
    ),
    "a bare string": (
        "a.py",
        ["x = 1", "'this is fully met'; 'this is fully met'", "y = 2"],
        ["x = 1", "; ", "y = 2"],
    ),
    "Python that does not parse": ("a.py", ["def f(:", "    x = 'this is fully met'"], ["", ""]),
    "JavaScript": (
        "a.js",
        ["let a = 1; // this is fully met", "/* this is", "fully met */", "f()"],
        ["let a = 1;", "", "", "f()"],
    ),
    "YAML": ("a.yaml", ["a: 1 # this is fully met", "# this is fully met"], ["a: 1", ""]),
    "Markdown": (
        "a.md",
        ["Text <!-- this is", "fully met -->", "[//]: # (this is fully met)", "more"],
        ["Text ", "", "", "more"],
    ),
    "letters beyond ASCII": ("a.md", ["café ｍｅｔ \u202emet\u200b"], ["cafe  met"]),
}


@pytest.mark.parametrize("case", CASES)
def test_what_only_speaks_falls_away_and_lines_keep_their_numbers(case: str) -> None:
    path, lines, wanted = CASES[case]
    found = neutral_lines(path, lines)
    assert [line.rstrip() for line in found] == [line.rstrip() for line in wanted]
    assert CLAIM not in "\n".join(found)


@given(
    st.lists(st.text(max_size=60), max_size=20),
    st.sampled_from(["a.py", "a.md", "a.js", "a.yaml", "a.ipynb"]),
)
def test_any_lines_give_as_many_ascii_lines(lines: list[str], path: str) -> None:
    given_lines = [line.replace("\n", "") for line in lines]
    found = neutral_lines(path, given_lines)
    assert len(found) == len(given_lines)
    assert all(line.isascii() for line in found)


def test_accents_fall_off_and_look_alikes_are_not_translated() -> None:
    assert to_ascii("naïve Ａ Α") == "naive  "
