"""Conditions on the platform are decided as they would be, and others are left open."""

import ast

import pytest

from jobtwin.source.tree import MemoryTree
from jobtwin.verification.f1.abilities import find_abilities, version_of
from jobtwin.verification.f1.conditions import decide


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("sys.version_info < (3, 8)", False),
        ("sys.version_info >= (3, 11)", True),
        ("sys.version_info[:2] == (3, 11)", True),
        ("sys.version_info[0] == 2", False),
        ("sys.version_info.major != 2", True),
        ("sys.platform == 'win32'", False),
        ("not sys.platform == 'win32'", True),
        ("os.name == 'posix'", True),
        ("platform.system() == 'Darwin'", False),
        ("sys.platform == 'win32' and have('x')", False),
        ("sys.platform == 'linux' or have('x')", True),
        ("sys.platform == 'linux' and have('x')", None),
        ("sys.platform == 'win32' or sys.version_info < (3,)", False),
        ("not have('x')", None),
        ("sys.platform.startswith('win')", None),
        ("sys.version_info < '3'", None),
        ("sys.version_info < LIMIT", None),
        ("2 < sys.version_info[0] < 4", None),
    ],
)
def test_a_condition_is_decided_or_left_open(condition: str, expected: bool | None) -> None:
    test = ast.parse(condition, mode="eval").body

    assert decide(test, python=(3, 11, 2)) is expected


def abilities(condition: str, *, python: tuple[int, ...] = (3, 11, 2)) -> list[str]:
    text = f"import sys\nif {condition}:\n    collect_ignore = ['a.py']\nelse:\n    x = 1\n"
    tree = MemoryTree({"conftest.py": text.encode()})
    return [one.kind for one in find_abilities(tree, python=python)]


def test_what_is_never_reached_leaves_no_test_out() -> None:
    assert abilities("sys.version_info < (3, 8)") == []
    assert abilities("sys.version_info < (3, 8)", python=(3, 7)) == ["condition"]
    assert abilities("have('x')") == ["condition"]


def test_the_version_of_the_run_counts() -> None:
    assert version_of("3.9.18") == (3, 9, 18)
    assert version_of("") == version_of("unknown")
