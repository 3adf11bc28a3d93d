"""Names that blind readers must not see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.identity import HIDDEN, names_of, without_names

NAMES = names_of(
    name="Ada Lovelace", email="ada.l@example.org", source="https://git.example.org/lovelace-ai/engine"
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("by Ada Lovelace (ada.l@example.org)", f"by {HIDDEN} ({HIDDEN})"),
        ("https://git.example.org/lovelace-ai/engine", f"https://git.example.org/{HIDDEN}/engine"),
        ("Copyright LOVELACE", f"Copyright {HIDDEN}"),
        ("Ada wrote it", f"{HIDDEN} wrote it"),
        ("text-embedding-ada-002 and adamant", "text-embedding-ada-002 and adamant"),
        ("lovelaces", "lovelaces"),
    ],
)
def test_names_are_hidden_as_words_of_their_own(text: str, shown: str) -> None:
    assert without_names(text, NAMES) == shown


def test_short_names_and_local_sources_hide_nothing_else() -> None:
    assert names_of(name="Bo", email="b@example.org", source="local:sample") == ("b@example.org",)
    assert without_names("Bo said so", ()) == "Bo said so"


@given(st.text(max_size=200), st.text(min_size=3, max_size=20))
def test_any_name_and_any_text_are_only_text(text: str, name: str) -> None:
    names = names_of(name=name, email="x@example.org", source="https://example.org/a/b")
    once = without_names(text, names)
    assert isinstance(once, str)
    if not any(one in HIDDEN for one in names):
        assert without_names(once, names) == once
