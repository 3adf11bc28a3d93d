"""pyproject.toml: PEP 621, PEP 735, poetry, and the tables of other tools."""

import pytest

from jobtwin.verification.dependencies import Tier
from tests.verification.dependencies.submissions import plan_of, refusals, texts

PROJECT = (
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    '[project]\nname = "Ada_Service"\n'
)


def test_dependencies_extras_for_tests_and_build_requirements_are_gathered() -> None:
    plan = plan_of(
        {
            "pyproject.toml": PROJECT
            + 'version = "1"\nrequires-python = ">=3.9"\ndependencies = ["six", "flask>=3"]\n'
            + '[project.optional-dependencies]\ntest = ["pytest>=8"]\ndocs = ["sphinx"]\n'
        }
    )

    assert texts(plan, Tier.NEEDED) == ["six", "flask>=3", "pytest>=8"]
    assert texts(plan, Tier.BUILD) == ["hatchling"]
    assert plan.python_requires == ">=3.9"
    assert plan.facts["extras_left_out"] == ["docs"]
    assert plan.plugins_declared == ("flask", "pytest", "six")


def test_a_project_that_names_itself_asks_for_its_own_extras() -> None:
    plan = plan_of(
        {
            "pyproject.toml": PROJECT
            + '[project.optional-dependencies]\ntest = ["ada-service[web,cli]"]\n'
            + 'web = ["flask", "ada.service[cli]"]\n'
            + 'cli = ["click"]\nother = ["rich"]\n'
        }
    )

    assert sorted(texts(plan)) == ["click", "flask"]
    assert refusals(plan) == []


def test_dev_beside_tests_is_optional_and_alone_it_is_needed() -> None:
    groups = '[dependency-groups]\ntests = ["pytest"]\ndev = ["ruff", {include-group = "tests"}]\n'

    assert texts(plan_of({"pyproject.toml": groups}), Tier.NEEDED) == ["pytest"]
    assert texts(plan_of({"pyproject.toml": groups}), Tier.OPTIONAL) == ["ruff"]
    assert texts(plan_of({"pyproject.toml": '[dependency-groups]\ndev = ["ruff"]\n'}), Tier.NEEDED) == [
        "ruff"
    ]


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        ('test = [{include-group = "Test"}]', "includes itself"),
        ('test = [{include-group = "b"}]\nb = [{include-group = "test"}]', "includes itself"),
        ('test = [{include-group = "nothing"}]', "no dependency group"),
        ("test = [1]", "is a text"),
        ('test = ["x @ https://files.example/x.whl"]', "names an address"),
    ],
)
def test_a_broken_group_is_refused(groups: str, sentence: str) -> None:
    assert sentence in refusals(plan_of({"pyproject.toml": f"[dependency-groups]\n{groups}\n"}))[0]


def test_a_refusal_names_the_line_of_the_table() -> None:
    plan = plan_of(
        {"pyproject.toml": PROJECT + 'dependencies = [\n  "six",\n  "x @ git+https://code.example/x",\n]\n'}
    )

    assert (plan.refusals[0].path, plan.refusals[0].line) == ("pyproject.toml", 8)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ('git = "https://code.example/x"', "version control"),
        ('url = "https://files.example/x.whl"', "an address"),
        ('path = "../x"', "a local path"),
        ('index = "mirror"', "an index of its own"),
    ],
)
def test_a_uv_source_elsewhere_is_refused_where_the_package_is_used(source: str, kind: str) -> None:
    text = PROJECT + f'dependencies = ["x"]\n[tool.uv.sources]\nx = {{ {source} }}\nunused = {{ {source} }}\n'

    assert [one.sentence for one in plan_of({"pyproject.toml": text}).refusals] == [
        f"'x' comes from {kind}; name a version of a published package"
    ]


def test_a_workspace_member_is_inconclusive_and_not_looked_up_at_the_index() -> None:
    text = PROJECT + 'dependencies = ["x"]\n[tool.uv.sources]\nx = { workspace = true }\n'

    assert "another project of the workspace" in plan_of({"pyproject.toml": text}).unresolvable[0]


def test_dynamic_dependencies_come_from_static_files() -> None:
    plan = plan_of(
        {
            "pyproject.toml": '[project]\nname = "x"\ndynamic = ["dependencies", "optional-dependencies"]\n'
            "[tool.setuptools.dynamic]\n"
            'dependencies = {file = ["deps/run.txt"]}\n'
            'optional-dependencies.test = {file = "deps/t.txt"}\n',
            "deps/run.txt": "six\n# why\nattrs",
            "deps/t.txt": "pytest",
        }
    )

    assert sorted(texts(plan)) == ["attrs", "pytest", "six"]
    assert plan.unresolvable == ()


def test_dynamic_dependencies_that_only_the_backend_knows_are_inconclusive() -> None:
    plan = plan_of({"pyproject.toml": PROJECT + 'dynamic = ["dependencies"]\n'})

    assert "write them in [project] dependencies" in plan.unresolvable[0]
    assert plan.project is not None
    assert plan.project.dynamic == ("dependencies",)


def test_a_dynamic_file_outside_the_tree_is_refused() -> None:
    plan = plan_of(
        {
            "pyproject.toml": '[project]\nname = "x"\ndynamic = ["dependencies"]\n'
            "[tool.setuptools.dynamic]\n"
            'dependencies = {file = ["../../etc/passwd"]}\n'
        }
    )

    assert refusals(plan) == ["pyproject.toml: '../../etc/passwd' is not a file of the repository"]


def test_tables_of_older_tools_count() -> None:
    plan = plan_of(
        {
            "pyproject.toml": '[tool.uv]\ndev-dependencies = ["a"]\n[tool.pdm.dev-dependencies]\n'
            'test = ["b"]\n[tool.hatch.envs.default]\ndependencies = ["c"]\n'
        }
    )

    assert sorted(texts(plan)) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "text",
    [
        "[project",
        "a = " + "[" * 5_000,
        ".".join("a" * 40_000) + " = 1",
        "[project]\nname = 3\ndependencies = 'six'\noptional-dependencies = []\n",
        "[dependency-groups]\ndev = 4\n",
        "[tool]\npoetry = []\nuv = 3\nsetuptools = 'x'\n[build-system]\nrequires = {}\nbuild-backend = 7\n",
        "n = " + "9" * 5_000,
    ],
)
def test_hostile_toml_is_refused_or_ignored_quickly(text: str) -> None:
    assert texts(plan_of({"pyproject.toml": text})) == []


def test_groups_that_multiply_and_extras_that_chain_end() -> None:
    groups = "".join(
        f"g{n} = [{', '.join([f'{{include-group = {chr(34)}g{n + 1}{chr(34)}}}'] * 9)}]\n" for n in range(19)
    )
    text = f'[dependency-groups]\ntest = [{{include-group = "g0"}}]\n{groups}g19 = ["six"]\n'
    extras = "".join(f'e{n} = ["ada[e{n + 1}]"]\n' for n in range(5_000))
    chained = f'[project]\nname = "ada"\n[project.optional-dependencies]\ntest = ["ada[e0]"]\n{extras}'

    assert texts(plan_of({"pyproject.toml": text})) == ["six"]
    assert refusals(plan_of({"pyproject.toml": chained}))[0].startswith(
        "pyproject.toml: more than 300 extras"
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "six" + " " * 900_000 + "x"),
        ("requirements.txt", "./x\n" * 200_000),
        ("setup.cfg", "[metadata]\nname" + " " * 900_000 + "x"),
        ("pyproject.toml", "[project]\nname = 'a'\ndependencies = [" + "'./x'," * 150_000 + "]"),
        ("pyproject.toml", "[tool.poetry.dependencies]\nx = '" + " " * 900_000 + "1'"),
        (
            "pyproject.toml",
            "[build-system]\nrequires = []\nbuild-backend = 'a\\u0000b'\n[project]\nname = 'a'",
        ),
        (
            "pyproject.toml",
            '[build-system]\nrequires = []\nbuild-backend = "a\\u0000b"\n[project]\nname = "a"',
        ),
    ],
)
def test_costly_files_are_refused_within_a_moment(path: str, text: str) -> None:
    assert 1 <= len(plan_of({path: text}).refusals) <= 50
