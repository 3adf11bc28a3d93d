"""Logs of a submission are bounded, inert text."""

from hypothesis import given
from hypothesis import strategies as st

from jobtwin.verification.supervise import TAIL_BYTES, Stream, clean_text


@given(st.binary(max_size=400))
def test_clean_text_holds_no_control_character_but_newline_and_tab(raw: bytes) -> None:
    text = clean_text(raw)

    assert all(char in "\n\t" or (char.isprintable() or ord(char) > 0x9F) for char in text)


def test_terminal_escapes_are_taken_out_whole() -> None:
    assert clean_text(b"\x1b[31mred\x1b[0m \x1b]0;title\x07plain\r\nnext\x00") == "red plain\nnext"


@given(st.lists(st.binary(min_size=1, max_size=5000), max_size=60), st.integers(1, 200_000))
def test_a_stream_never_keeps_more_than_its_cap(chunks: list[bytes], cap: int) -> None:
    stream = Stream(cap, keep_all=True)
    whole = b"".join(chunks)

    fits = [stream.add(chunk) for chunk in chunks]

    assert stream.value() == whole[:cap]
    assert all(fits) == (len(whole) <= cap)


@given(st.lists(st.binary(min_size=1, max_size=60_000), max_size=8))
def test_a_tail_is_the_end_of_what_came(chunks: list[bytes]) -> None:
    stream = Stream(10**9, keep_all=False)
    for chunk in chunks:
        stream.add(chunk)

    assert stream.value() == b"".join(chunks)[-TAIL_BYTES:]
