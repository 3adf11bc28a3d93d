"""Python text to its syntax tree, without the two ways in which CPython fails on text that is fine."""

import ast
import gc
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, overload

UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What `parse` raises for text that this Python's grammar does not read, or not at that depth."""

_PARSING = threading.RLock()


@overload
def parse(source: str | bytes) -> ast.Module: ...
@overload
def parse(source: str | bytes, mode: Literal["eval"]) -> ast.Expression: ...
def parse(source: str | bytes, mode: Literal["exec", "eval"] = "exec") -> ast.Module | ast.Expression:
    """The tree of a module or of one expression; raises one of `UNPARSABLE`.

    Warnings about odd literals are the author's, not ours. CPython up to 3.11.7 and 3.12.1 counts the depth
    of its tree in one place for all (gh-106905), and raises SystemError where another tree is built half-way:
    by another thread, or by a finalizer that the collector runs. Hence one at a time, and no collection.
    """
    with _alone(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source, mode="eval") if mode == "eval" else ast.parse(source)


@contextmanager
def _alone() -> Iterator[None]:
    with _PARSING:
        collects = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if collects:
                gc.enable()
