"""Cues: words are told by themselves, never by what merely begins like them."""

import pytest

from jobtwin.review.scan.cues import class_of
from jobtwin.review.scan.windows import classes_in


@pytest.mark.parametrize(
    "word", ["response", "import", "object", "exception", "directory", "register", "commit"]
)
def test_the_words_of_code_are_no_cues_though_they_begin_like_some(word: str) -> None:
    assert class_of(word) is None
    assert classes_in(f"{word} {word}") == frozenset()


@pytest.mark.parametrize(
    ("word", "name"),
    [("graders", "grader"), ("disregarding", "ignore"), ("instructions", "rules"), ("deserves", "prize")],
)
def test_forms_of_a_cue_have_its_class(word: str, name: str) -> None:
    assert class_of(word) == name
    assert name in classes_in(f"the {word} here")
