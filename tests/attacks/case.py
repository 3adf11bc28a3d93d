"""Cases as data: small repositories made by code, each with the one reason a verifier must give."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

from jobtwin.core.check import CheckResult, Reason
from jobtwin.verification.engine import MIB, Limit, Limits

QUICK = Limits(
    cpu_seconds=20,
    wall_seconds=30,
    memory_bytes=512 * MIB,
    processes=64,
    disk_bytes=128 * MIB,
    inodes=5000,
    output_bytes=4 * MIB,
    result_bytes=4 * MIB,
)
"""Limits under which every case ends soon."""


@dataclass(frozen=True)
class Case:
    """A repository and what must be said of it. `summary` must occur in the summary, `facts` in the
    facts; `also` are reasons that are right as well, where two limits race; `blobs` are files that are no
    text."""

    name: str
    group: str
    files: Mapping[str, str]
    reason: Reason
    limits: Limits = QUICK
    summary: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    also: tuple[Reason, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    blobs: Mapping[str, bytes] = field(default_factory=dict)


def is_right(case: Case, result: CheckResult) -> bool:
    """Whether a verifier decided the case. An engine that says of itself that it cannot hold a limit is
    not asked to name it."""
    if case.reason is Reason.TOO_MANY_PROCESSES and result.reason is Reason.OK:
        unenforced = result.facts.get("limits_unenforced")
        return isinstance(unenforced, list) and Limit.PROCESSES.value in unenforced
    if result.reason not in {case.reason, *case.also} or case.summary not in result.summary:
        return False
    return all(result.facts.get(key) == value for key, value in case.facts.items())


APP = """
def add(a, b):
    return a + b


def greet(name):
    if not name:
        raise ValueError("a name is needed")
    return f"hello {name}"
"""

GOOD = """
import pytest

from app import add, greet


def test_add():
    assert add(1, 2) == 3


def test_greet():
    assert greet("Ada") == "hello Ada"


def test_refuses_nobody():
    with pytest.raises(ValueError):
        greet("")
"""

BAD = """
from app import add


def test_add():
    assert add(1, 2) == 3


def test_wrong():
    assert add(1, 2) == 4
"""


def repository(files: Mapping[str, str]) -> dict[str, str]:
    """Dedented files, on top of an `app.py` with two functions."""
    return {"app.py": APP, **{path: textwrap.dedent(text).lstrip("\n") for path, text in files.items()}}


def failing_with(files: Mapping[str, str]) -> dict[str, str]:
    """A suite with a failing test, and what is to hide it."""
    return repository({"tests/test_app.py": BAD, **files})


def passing_with(files: Mapping[str, str]) -> dict[str, str]:
    """An honest suite, and something beside it."""
    return repository({"tests/test_app.py": GOOD, **files})
