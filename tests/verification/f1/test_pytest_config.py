"""The project's configuration is found where pytest finds it, and read as data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.source.tree import MemoryTree
from jobtwin.verification.f1.pytest_config import PytestConfig, as_words, glob_matches, read_config


def config(subfolder: str = "", **files: str) -> PytestConfig:
    named = {name.replace("__", "/").replace("_", "."): text.encode() for name, text in files.items()}
    return read_config(MemoryTree(named), subfolder)


def test_no_file_means_stock_values() -> None:
    found = config()

    assert found.file is None
    assert found.words("python_files") == ("test_*.py", "*_test.py")


def test_pytest_ini_wins_even_when_it_is_empty() -> None:
    found = config(pytest_ini="", pyproject_toml='[tool.pytest.ini_options]\ntestpaths = "x"\n')

    assert found.file == "pytest.ini"
    assert found.words("testpaths") == ()


def test_tables_of_both_kinds_are_read_from_pyproject() -> None:
    legacy = config(pyproject_toml="[tool.pytest.ini_options]\naddopts = '-m \"not slow\"'\n")
    native = config(pyproject_toml='[tool.pytest]\naddopts = ["-m", "not slow"]\n')

    assert legacy.words("addopts") == native.words("addopts") == ("-m", "not slow")


def test_a_file_without_a_section_for_pytest_is_passed_over() -> None:
    found = config(pyproject_toml="[project]\nname = 'x'\n", setup_cfg="[tool:pytest]\ntestpaths = a b\n")

    assert found.file == "setup.cfg"
    assert found.words("testpaths") == ("a", "b")


def test_pytest_toml_holds_its_own_table() -> None:
    assert config(pytest_toml='[pytest]\ntestpaths = ["t"]\n').words("testpaths") == ("t",)


def test_a_subfolder_looks_upwards() -> None:
    found = config("api", pytest_ini="[pytest]\ntestpaths = x\n", api__a_py="")

    assert (found.file, found.folder) == ("pytest.ini", "")


@pytest.mark.parametrize(
    "files",
    [{"pyproject_toml": "[tool.pytest\n"}, {"pytest_ini": "no section\n"}, {"tox_ini": "\xff[pytest"}],
)
def test_a_file_that_cannot_be_read_is_a_problem_and_no_crash(files: dict[str, str]) -> None:
    found = config(**files)

    assert found.problem is None or "cannot be read" in found.problem


def test_markers_are_names_without_their_explanation() -> None:
    found = config(
        pytest_ini="[pytest]\nmarkers =\n    slow: takes long\n    db(name): needs it\n    plain\n"
    )

    assert found.markers == {"slow", "db", "plain"}


@given(st.text(max_size=60))
def test_any_text_splits_into_words(text: str) -> None:
    assert all(isinstance(word, str) for word in as_words(text))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_crash(content: bytes) -> None:
    for name in ("pytest.ini", "pyproject.toml", "setup.cfg", "tox.ini", "pytest.toml"):
        read_config(MemoryTree({name: content}))


@pytest.mark.parametrize(
    ("pattern", "path", "holds"),
    [
        ("tests", "tests", True),
        ("tests/", "tests", True),
        ("./tests", "tests", True),
        ("src/*/tests", "src/app/tests", True),
        ("src/*/tests", "src/tests", False),
        ("**/tests", "a/b/tests", True),
        ("**/tests", "tests", True),
        ("tests", "tests/deep", False),
    ],
)
def test_globs(pattern: str, path: str, holds: bool) -> None:
    assert glob_matches(pattern, path) is holds


def test_a_glob_that_fits_in_countless_ways_is_decided_at_once() -> None:
    assert not glob_matches("**/" * 24 + "none", "/".join("a" * 40))
    assert glob_matches("**/" * 24 + "a", "/".join("a" * 40))


def test_a_link_is_read_as_the_file_that_it_leads_to() -> None:
    files = {"pytest.ini": b"config/all.ini", "config/all.ini": b"[pytest]\naddopts = -q\n"}

    found = read_config(MemoryTree(files, modes={"pytest.ini": "120000"}))

    assert (found.file, found.words("addopts"), found.problem) == ("pytest.ini", ("-q",), None)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"pyproject.toml": b"x = " + b"[" * 50_000}, "nested too deeply"),
        ({"pytest.ini": b"[pytest]\naddopts = " + b"-v " * 3_000}, "addopts is longer than 8000"),
        (
            {"pytest.toml": b"pytest.testpaths = " + repr(["x" * 9_000]).encode()},
            "testpaths is longer than 8000",
        ),
    ],
)
def test_a_file_that_asks_for_too_much_is_a_problem(files: dict[str, bytes], said: str) -> None:
    assert said in str(read_config(MemoryTree(files)).problem)
