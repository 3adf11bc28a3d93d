"""When the build backend is asked for the dependencies of a project."""

import pytest

from jobtwin.source.tree import MemoryTree
from jobtwin.verification.dependencies import plan_requirements
from jobtwin.verification.f1.ready import may_be_told_by_the_backend

DYNAMIC = b"[build-system]\nrequires = ['setuptools']\n[project]\nname = 'kite'\ndynamic = ['dependencies']\n"
COMPUTED = b"from setuptools import setup\nsetup(name='kite', install_requires=read('x'))\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"pyproject.toml": DYNAMIC}, True),
        ({"setup.py": COMPUTED}, True),
        ({"pyproject.toml": DYNAMIC, "setup.py": COMPUTED}, True),
        ({"pyproject.toml": DYNAMIC, "requirements.txt": b"pytest\n"}, False),
        (
            {"pyproject.toml": DYNAMIC, "requirements-dev.txt": b"--index-url https://m.example\npytest\n"},
            False,
        ),
        ({"environment.yml": b"name: x\n"}, False),
        ({"requirements.txt": b"pytest\n"}, False),
    ],
)
def test_only_computed_dependencies_are_asked_for(files: dict[str, bytes], expected: bool) -> None:
    plan = plan_requirements(MemoryTree({"kite.py": b"", **files}))

    assert may_be_told_by_the_backend(plan) is expected
