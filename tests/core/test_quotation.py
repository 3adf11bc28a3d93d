"""Quotations: lines that a comment names, found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.evidence import Span
from jobtwin.core.quotation import MAX_FOUND, can_be_written, quotation, quoted_spans

paths = st.text(min_size=1, max_size=40).filter(can_be_written)
spans = st.builds(
    lambda path, start, more: Span(path, start, start + more),
    paths,
    st.integers(1, 10**6),
    st.integers(0, 39),
)


@given(
    st.lists(spans, max_size=5, unique=True),
    st.text(alphabet=st.characters(exclude_characters="`"), max_size=40),
)
def test_what_is_written_is_found_again_in_any_text(listed: list[Span], words: str) -> None:
    comment = words + "\n".join(f"{words}{quotation(one)}" for one in listed)
    assert quoted_spans(comment) == listed


@pytest.mark.parametrize("path", ["a`b", "two\nlines", ""])
def test_a_path_that_would_not_be_found_again_is_told_apart(path: str) -> None:
    assert not can_be_written(path)


def test_what_is_no_range_is_no_quotation_and_the_number_is_bounded() -> None:
    assert quoted_spans("`a.py:9-2` `a.py:1-99` `a.py` `a.py:0-1`") == []
    assert len(quoted_spans(" ".join(f"`a.py:{n}-{n}`" for n in range(1, 99)))) == MAX_FOUND
