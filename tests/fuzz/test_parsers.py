"""No parser of hostile input fails in a way of its own: Hypothesis feeds noise, and seeds with damage."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import Target, feed, targets

TARGETS = targets()
WORDS = st.sampled_from(
    [b"\0", b"\xff\xfe", b"\r", b"\x1b[", b"{" * 400, b"[" * 400, b"((((", b"../", b"${A:-", b"%s", b"\\",
     b"1e999", b"-0", b"&a *a", b"!!python/object:x", b"NaN", b'"', b"'''", b"\\u0000", b"=", b"#"]
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, seed: bytes) -> bytes:
    """The seed with up to five places cut, doubled or filled with what parsers trip over."""
    data = seed
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(data)))
        end = draw(st.integers(at, min(len(data), at + 40)))
        put = draw(st.one_of(WORDS, st.binary(max_size=12), st.just(data[at:end] * 2)))
        data = data[:at] + put + data[end:]
    return data


@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_reads_or_refuses_whatever_comes(name: str) -> None:
    target = TARGETS[name]

    @settings(max_examples=40)
    @example(b"")
    @given(st.one_of(st.binary(max_size=300), damaged(target.seed)))
    def fed(data: bytes) -> None:
        feed(target, data)

    fed()


def test_a_fault_of_a_parser_is_noticed() -> None:
    def faulty(data: bytes) -> int:
        return data[3]

    with pytest.raises(IndexError):
        feed(Target(faulty, b""), b"")
