"""Citations quote what stands there."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.evidence import Citation, Span, citation_holds, cite, lines_of


def test_a_quote_is_hashed_without_carriage_returns() -> None:
    citation = cite(b"one\r\ntwo\r\nthree\n", Span("a", 2, 3))
    assert citation is not None
    assert citation.quote_sha256 == hashlib.sha256(b"two\nthree").hexdigest()


def test_a_span_behind_the_file_is_no_citation() -> None:
    assert cite(b"one\ntwo", Span("a", 2, 3)) is None
    assert cite(b"", Span("a", 1, 1)) is None


@pytest.mark.parametrize(("start", "end"), [(0, 1), (2, 1), (1, 41), (-1, -1)])
def test_impossible_spans_are_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="lines"):
        Span("a", start, end)


@given(st.binary(max_size=200), st.integers(1, 5), st.integers(0, 5))
def test_every_citation_holds_and_any_other_hash_does_not(content: bytes, start: int, more: int) -> None:
    citation = cite(content, Span("a", start, start + more))
    if citation is None:
        assert start + more > len(lines_of(content))
        return
    assert citation_holds(content, citation)
    assert not citation_holds(content, Citation(citation.span, "0" * 64))
    assert not citation_holds(None, citation)
