import ast
import gc
from collections.abc import Iterator

import pytest

from jobtwin.core.syntax import UNPARSABLE, parse

MANY = "\n".join(
    f"def f{number}(a, b=[1, 2]):\n    return [x for x in a if x > {number}]" for number in range(400)
)
DEEP = "(" * 40 + "1" + ")" * 40 + "\nx = [1, 2, 3]"


class _ParsesWhenCollected:
    """Garbage in a cycle, as an abandoned task is: its finalizer parses, as formatting a traceback does."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        ast.parse(DEEP)


@pytest.fixture
def eager_collector() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(50, 2, 2)
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("eager_collector")
def test_a_finalizer_that_parses_does_not_break_a_tree_that_is_being_built() -> None:
    for _ in range(10):
        _ParsesWhenCollected()
        assert len(parse(MANY).body) == 400
    assert gc.isenabled()


def test_text_that_cannot_be_parsed_is_told_and_collection_goes_on() -> None:
    for text in ("def", "x\0", "(" * 10_000, b"# coding: nothing\n"):
        with pytest.raises(UNPARSABLE):
            parse(text)
        assert gc.isenabled()


def test_who_turned_the_collector_off_finds_it_off() -> None:
    gc.disable()
    try:
        parse("1")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_odd_literals_are_read_without_a_warning_and_an_expression_by_its_mode() -> None:
    assert isinstance(parse(r"x = '\d'").body[0], ast.Assign)
    assert isinstance(parse("a and b", "eval").body, ast.BoolOp)
