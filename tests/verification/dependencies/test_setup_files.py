"""setup.cfg and setup.py: read, never run."""

from pathlib import Path

import pytest

from jobtwin.verification.dependencies import Tier
from tests.verification.dependencies.submissions import plan_of, refusals, texts


def test_static_metadata_of_a_setup_cfg_is_gathered() -> None:
    plan = plan_of(
        {
            "setup.cfg": "[metadata]\nname = ada\n[options]\npython_requires = >=3.9\n"
            "install_requires =\n    six\n"
            "    flask>=3 ; python_version >= '3'\n[options.extras_require]\ntest = pytest\ndocs = sphinx\n"
        }
    )

    assert texts(plan) == ["six", 'flask>=3; python_version >= "3"', "pytest"]
    assert plan.python_requires == ">=3.9"
    assert plan.project is not None
    assert (plan.project.name, plan.project.backend) == ("ada", "setuptools.build_meta:__legacy__")
    assert texts(plan, Tier.BUILD) == ["setuptools", "wheel"]


def test_a_setup_cfg_may_name_a_requirement_file_of_the_tree_only() -> None:
    cfg = "[metadata]\nname = ada\n[options]\ninstall_requires = file: {}\n"

    assert texts(plan_of({"setup.cfg": cfg.format("deps.txt"), "deps.txt": "six"})) == ["six"]
    assert "not a file of the repository" in refusals(plan_of({"setup.cfg": cfg.format("/etc/passwd")}))[0]


def test_a_setup_cfg_without_metadata_describes_no_project() -> None:
    assert plan_of({"setup.cfg": "[flake8]\nmax-line-length = 100\n"}).project is None


def test_literals_of_a_setup_py_are_read_without_running_it(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    plan = plan_of(
        {
            "setup.py": f"open({str(trace)!r}, 'w').close()\nBASE = ['six']\n"
            "TEST = ('pytest',)\nsetup(name='ada', python_requires='>=3.9',\n"
            "      install_requires=BASE + ['flask'], extras_require={'test': TEST, 'docs': ['sphinx']})\n"
        }
    )

    assert texts(plan) == ["six", "flask", "pytest"]
    assert plan.python_requires == ">=3.9"
    assert not trace.exists()


@pytest.mark.parametrize(
    "call",
    [
        "setup(install_requires=open('requirements.in').read().split())",
        "setup(**arguments)",
        "setup(install_requires=[x for x in y])",
        "setup(); setup()",
        "not python",
        "A = A + A\nsetup(install_requires=A)",
        "\n".join(
            [f"A{n} = A{n + 1} + A{n + 1}" for n in range(40)] + ["A40 = ['x']", "setup(install_requires=A0)"]
        ),
        "-" * 100_000 + "1",
        "#" * 250_000,
    ],
)
def test_what_a_setup_py_computes_is_inconclusive_with_what_to_change(call: str) -> None:
    plan = plan_of({"setup.py": call})

    assert len(plan.unresolvable) == 1
    assert "write the dependencies in pyproject.toml" in plan.unresolvable[0]


def test_a_requirement_file_stands_in_for_a_setup_py_that_reads_it() -> None:
    plan = plan_of(
        {"setup.py": "setup(install_requires=open('requirements.txt'))", "requirements.txt": "six"}
    )

    assert plan.unresolvable == ()
    assert texts(plan) == ["six"]
    assert plan.facts["setup_py_computes"] == ["install_requires"]
