"""Constraints of poetry and pipenv as PEP 440."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from jobtwin.verification.dependencies import Tier
from jobtwin.verification.dependencies.clean import NotAccepted
from jobtwin.verification.dependencies.poetry import poetry_specifier
from tests.verification.dependencies.submissions import plan_of, refusals, texts


@pytest.mark.parametrize(
    ("text", "specifier"),
    [
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.3.1", ">=0.3.1,<0.4"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0", ">=0,<1"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2"),
        ("1.2.3", "==1.2.3"),
        ("=1.2", "==1.2"),
        ("1.*", "==1.*"),
        ("*", ""),
        (">=1,<2", ">=1,<2"),
        (">=1 <2", ">=1,<2"),
        ("^1 || ^2", ">=2,<3"),
        ("~=1.4", "~=1.4"),
        ("!=1.3", "!=1.3"),
    ],
)
def test_a_constraint_means_the_same_in_both_notations(text: str, specifier: str) -> None:
    assert poetry_specifier(text) == specifier


@pytest.mark.parametrize("text", ["git", "^", "1 ; import os", "$(id)", "^x", "1" * 200])
def test_what_is_no_constraint_is_refused(text: str) -> None:
    with pytest.raises(NotAccepted):
        poetry_specifier(text)


@given(st.tuples(*[st.integers(0, 30)] * 3))
def test_a_caret_takes_its_own_version_and_not_the_next_breaking_one(release: tuple[int, int, int]) -> None:
    version = ".".join(map(str, release))
    allowed = SpecifierSet(poetry_specifier(f"^{version}"))

    assert allowed.contains(version)
    assert not allowed.contains(f"{release[0] + 1}.0.0") or release == (0, 0, 0)


def test_dependencies_groups_extras_and_python_of_poetry_are_gathered() -> None:
    plan = plan_of(
        {
            "pyproject.toml": """
[tool.poetry]
name = "ada"
[tool.poetry.dependencies]
python = "^3.9"
flask = "^3.0"
httpx = {version = "~0.27", extras = ["http2"], python = ">=3.9,<4"}
tomli = [{version = "^1", python = "<3.8"}, {version = "^2", python = ">=3.8"}]
rich = {version = "*", optional = true}
click = {version = "*", optional = true}
[tool.poetry.extras]
test = ["rich"]
cli = ["click"]
[tool.poetry.group.dev.dependencies]
pytest = "^8"
[tool.poetry.group.docs.dependencies]
sphinx = "*"
[tool.poetry.group.perf]
optional = true
[tool.poetry.group.perf.dependencies]
locust = "*"
[tool.poetry.group.extra.dependencies]
ruff = "*"
"""
        }
    )

    assert refusals(plan) == []
    assert plan.python_requires == "<4,>=3.9"
    assert texts(plan, Tier.NEEDED) == [
        "flask<4,>=3.0",
        'httpx[http2]<0.28,>=0.27; python_version >= "3.9" and python_version < "4"',
        'tomli<2,>=1; python_version < "3.8"',
        'tomli<3,>=2; python_version >= "3.8"',
        "pytest<9,>=8",
        "rich",
    ]
    assert texts(plan, Tier.OPTIONAL) == ["ruff"]


@pytest.mark.parametrize(
    "value",
    [
        '{git = "https://code.example/x"}',
        '{path = "../x", develop = true}',
        '{url = "https://files.example/x.whl"}',
        '{version = "^1", source = "mirror"}',
        '{version = "^1", markers = "import os"}',
        "3",
    ],
)
def test_a_poetry_dependency_from_elsewhere_is_refused_with_its_line(value: str) -> None:
    plan = plan_of({"pyproject.toml": f"[tool.poetry]\n[tool.poetry.dependencies]\nx = {value}\n"})

    assert [(one.path, one.line) for one in plan.refusals] == [("pyproject.toml", 3)]
    assert texts(plan) == []


def test_a_pipfile_is_read_and_a_second_source_refused() -> None:
    pipfile = (
        '[[source]]\nurl = "https://one.example"\n{}[packages]\nflask = "*"\n'
        'six = {{version = ">=1", index = "pypi"}}\n[dev-packages]\npytest = "==8.4.1"\n'
    )
    honest = plan_of({"Pipfile": pipfile.format("")})
    hostile = plan_of({"Pipfile": pipfile.format('[[source]]\nurl = "https://two.example"\n')})

    assert texts(honest) == ["flask", "six>=1", "pytest==8.4.1"]
    assert refusals(honest) == []
    assert "second [[source]]" in refusals(hostile)[0]
