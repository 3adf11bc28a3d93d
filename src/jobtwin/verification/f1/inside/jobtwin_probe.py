"""Watches what test functions really do, below the hooks that a submission can add.

Loaded by name in the main process and in pytest-xdist's workers. It holds no channel and no secret:
it only notes on each report, in a plain attribute that survives serialisation, whether the function
ran and what it raised. PYTEST_DONT_REWRITE: it holds no assertion of a test.
"""

import contextlib
import functools
import hashlib
import inspect
import os
import random
import sys
from collections.abc import Callable, Generator
from typing import Any

import pytest

ATTRIBUTE = "jobtwin_seen"
_CHAIN = 8


if "PYTEST_XDIST_WORKER" in os.environ:
    # A worker gets the path of the main process before the project's places were put on it.
    sys.path[:0] = [one for one in os.environ.get("PYTHONPATH", "").split(":") if one not in sys.path]

# Bytecode of a test is made of its source, never found: in a fresh clone what could be found is forged.
# pytest has no setting for this, and has loaded that module by now.
vars(sys.modules["_pytest.assertion.rewrite"])["_read_pyc"] = lambda *_args, **_more: None

_deselected: dict[str, list[str]] = {}


def causes_of(error: BaseException | None) -> tuple[list[str], list[int]]:
    """Class names and errnos of an exception and of what it came from."""
    names: list[str] = []
    numbers: list[int] = []
    pending, seen = [error], 0
    while pending and seen < _CHAIN:
        one = pending.pop(0)
        if one is None:
            continue
        seen += 1
        names += [kind.__name__ for kind in type(one).__mro__[:-2]]
        number = getattr(one, "errno", None)
        if isinstance(number, int):
            numbers.append(number)
        pending += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
    return names, numbers


class _Seen:
    """What one test function did: how often it was called, and how its last call ended."""

    def __init__(self) -> None:
        self.ran = 0
        self.raised: str | None = None
        self.place: list[Any] | None = None

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        self.place = _place_of(function)
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def watched_async(*args: Any, **kwargs: Any) -> Any:
                self.ran, self.raised = self.ran + 1, None
                try:
                    return await function(*args, **kwargs)
                except BaseException as error:
                    self.raised = type(error).__name__
                    raise

            return watched_async

        @functools.wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self.ran, self.raised = self.ran + 1, None
            try:
                return function(*args, **kwargs)
            except BaseException as error:
                self.raised = type(error).__name__
                raise

        return watched


_NOTE = "jobtwin_seen_call"
_LOADERS = {"_pytest.assertion.rewrite", "_frozen_importlib_external"}
_sources: dict[str, str] = {}


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Note what a test module holds in the moment before it is imported."""
    if isinstance(collector, pytest.Module):
        path = getattr(collector, "path", None) or collector.fspath
        with contextlib.suppress(OSError), open(str(path), "rb") as file:  # noqa: PTH123 - older pytest's has no open
            _sources[collector.nodeid] = hashlib.sha256(file.read()).hexdigest()


def _source_of(item: pytest.Item) -> str | None:
    """The digest of the file that the test was loaded from, or who loaded it in pytest's place."""
    if not __debug__:
        return "without its assertions"
    loader = type(getattr(getattr(item, "module", None), "__loader__", None))
    if loader.__module__ not in _LOADERS and loader is not type(None):
        return f"loaded by {loader.__module__}.{loader.__qualname__}"
    return _sources.get(item.nodeid.partition("::")[0])


def _place_of(function: Any) -> list[Any] | None:
    """File and first line of the code of a function, below what wraps it."""
    try:
        code = inspect.unwrap(getattr(function, "__func__", function)).__code__
    except (AttributeError, ValueError):
        return None
    return [code.co_filename, code.co_firstlineno]


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, None]:
    """Put the watcher around the function itself, for this call alone."""
    if not isinstance(item, pytest.Function):
        yield
        return
    seen = _Seen()
    instance, name = getattr(item, "instance", None), item.originalname or item.name
    if hasattr(instance, "_testMethodName") and hasattr(instance, name):
        setattr(item, _NOTE, seen)
        function = item.obj
        # pytest puts its own copy of a plain function on the instance and leaves a coroutine's where it is.
        vars(instance)[name] = item.obj = seen.wrap(getattr(instance, name))
        yield
        vars(instance).pop(name, None)
        item.obj = function
    elif type(item).__name__ == "TestCaseFunction":
        yield
    else:
        setattr(item, _NOTE, seen)
        function = item.obj
        item.obj = seen.wrap(function)
        yield
        item.obj = function


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    """Note on the report what was seen."""
    raised = call.excinfo.value if call.excinfo is not None else None
    outcome = yield
    names, numbers = causes_of(raised)
    note: dict[str, Any] = {
        "raw": type(raised).__name__ if raised is not None else None,
        "causes": names[:40],
        "errnos": numbers,
    }
    seen = getattr(item, _NOTE, None)
    if call.when == "call" and seen is not None:
        note |= {"ran": seen.ran, "raised": seen.raised, "place": seen.place, "source": _source_of(item)}
    if outcome.excinfo is None:
        setattr(outcome.get_result(), ATTRIBUTE, note)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In another order where a seed is given: modules, classes and tests shuffled, none torn apart.

    Every worker of pytest-xdist has the same seed, and so the same order.
    """
    seed = os.environ.get("JOBTWIN_ORDER")
    if seed is None:
        return
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret
    rank: dict[str, float] = {}

    def place(item: pytest.Item) -> list[float]:
        parts = item.nodeid.split("::")
        names = ["::".join(parts[: end + 1]) for end in range(len(parts))]
        return [rank.setdefault(name, chance.random()) for name in names]

    items.sort(key=place)


def pytest_deselected(items: list[pytest.Item]) -> None:
    """In a worker of pytest-xdist, whose main process never hears of this."""
    for item in items:
        _deselected[item.nodeid] = sorted({mark.name for mark in item.iter_markers()})


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["jobtwin_deselected"] = _deselected
