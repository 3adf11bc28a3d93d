"""Harmless options are honoured, everything that hides or adds is undone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.verification.f1.options import choose_options, names_in, selects
from jobtwin.verification.f1.pytest_config import PytestConfig


def chosen(*words: str, markers: list[str] | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = choose_options(PytestConfig("x.ini", "", {"addopts": list(words), "markers": markers or []}))
    return found.honoured, found.undone


@pytest.mark.parametrize(
    "words",
    [
        ("-ra",),
        ("-q",),
        ("-vv",),
        ("-svv",),
        ("--strict-markers",),
        ("--strict-config",),
        ("--tb=short",),
        ("--import-mode=importlib",),
        ("--doctest-modules",),
        ("-W", "error"),
        ("-Werror",),
        ("-n", "auto"),
        ("-n4",),
        ("--cov",),
        ("--cov=src",),
        ("--cov-report=term-missing",),
        ("--cov-fail-under=80",),
        ("--asyncio-mode=auto",),
        ("--timeout=30",),
        ("--durations=5",),
    ],
)
def test_harmless_options_are_honoured(words: tuple[str, ...]) -> None:
    assert chosen(*words) == (words, ())


@pytest.mark.parametrize(
    "words",
    [
        ("-k", "not x"),
        ("-knot x",),
        ("--deselect", "a::b"),
        ("--deselect=a::b",),
        ("--ignore=tests",),
        ("--ignore-glob=*",),
        ("--collect-only",),
        ("--co",),
        ("-x",),
        ("--maxfail=1",),
        ("-p", "plugin"),
        ("-pplugin",),
        ("-c", "other.ini"),
        ("-o", "python_files=x"),
        ("--override-ini=x=y",),
        ("--rootdir=/",),
        ("--confcutdir=/",),
        ("--lf",),
        ("--sw",),
        ("--noconftest",),
        ("--help",),
        ("--version",),
        ("--setup-plan",),
        ("--pdb",),
        ("--trace",),
        ("--pastebin=all",),
        ("--debug",),
        ("--runxfail",),
        ("tests/test_a.py::test_b",),
        ("@file",),
        ("--some-unknown-option",),
        ("-m", "not unregistered"),
    ],
)
def test_options_that_hide_or_add_are_undone(words: tuple[str, ...]) -> None:
    honoured, undone = chosen(*words)

    assert honoured == ()
    assert undone


def test_values_in_a_word_of_their_own_stay_with_their_option() -> None:
    honoured, undone = chosen("--tb", "short", "-k", "not x", "--cov", "src", "-q")

    assert honoured == ("--tb=short", "--cov=src", "-q")
    assert undone == ("-k not x",)


def test_a_marker_expression_over_registered_markers_is_honoured() -> None:
    assert chosen("-m", "not (slow or db)", markers=["slow: x", "db"]) == (("-m", "not (slow or db)"), ())


def test_an_expression_that_is_no_expression_is_undone() -> None:
    assert chosen("-m", "__import__('os')", markers=["slow"])[0] == ()


@given(st.sets(st.sampled_from(["a", "b", "c"])))
def test_expressions_select_as_booleans_do(marks: set[str]) -> None:
    expected = "a" in marks and not ("b" in marks or "c" in marks)

    assert selects("a and not (b or c)", frozenset(marks)) is expected
    assert names_in("a and not (b or c)") == {"a", "b", "c"}


@given(st.lists(st.text(max_size=12), max_size=6))
def test_every_word_is_either_honoured_or_undone(words: list[str]) -> None:
    honoured, undone = chosen(*words)

    shown = "".join([*honoured, *undone]).replace(" ", "")
    assert all(word.rpartition("=")[2].replace(" ", "") in shown for word in words)
