"""Honest repositories with settings of many kinds: each must be confirmed."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from jobtwin.core.check import Reason
from tests.attacks.case import BAD, GOOD, Case, passing_with, repository

_G = "honest: settings"

CASES = [
    Case(
        "doctests of modules",
        _G,
        repository(
            {
                "app.py": '''
                    def add(a, b):
                        """Adds.

                        >>> add(1, 2)
                        3
                        """
                        return a + b
                ''',
                "pytest.ini": "[pytest]\naddopts = --doctest-modules\n",
                "tests/test_app.py": "from app import add\n\ndef test_add():\n    assert add(1, 1) == 2\n",
            }
        ),
        Reason.OK,
    ),
    Case(
        "a registered marker is left out by the project's own options",
        _G,
        passing_with(
            {
                "pyproject.toml": """
                    [tool.pytest.ini_options]
                    addopts = '-m "not slow"'
                    markers = ["slow: takes long"]
                """,
                "tests/test_slow.py": "import pytest\n\n@pytest.mark.slow\ndef test_slow():\n    assert False\n",
            }
        ),
        Reason.OK,
        facts={"deselected": 1, "deselected_by": {"slow": 1}},
    ),
    Case(
        "pytest 9's own table in pyproject.toml",
        _G,
        passing_with(
            {
                "pyproject.toml": """
                    [tool.pytest]
                    minversion = "9.0"
                    addopts = ["-ra", "--strict-markers", "-m", "not slow"]
                    testpaths = ["tests"]
                    markers = ["slow: takes long"]
                """,
                "tests/test_slow.py": "import pytest\n\n@pytest.mark.slow\ndef test_slow():\n    assert False\n",
            }
        ),
        Reason.OK,
        facts={"deselected": 1},
    ),
    Case(
        "settings in setup.cfg and warnings as errors",
        _G,
        passing_with(
            {"setup.cfg": "[tool:pytest]\naddopts = -q --strict-markers -W error\nfilterwarnings = error\n"}
        ),
        Reason.OK,
    ),
    Case(
        "settings in tox.ini with names of its own",
        _G,
        repository(
            {
                "tox.ini": "[pytest]\npython_files = check_*.py\npython_functions = it_*\npython_classes = Describe*\n",
                "checks/check_app.py": """
                    from app import add

                    def it_adds():
                        assert add(1, 2) == 3

                    class DescribeAdd:
                        def it_adds_zero(self):
                            assert add(0, 0) == 0
                """,
            }
        ),
        Reason.OK,
        facts={"passed": 2},
    ),
    Case(
        "tests beside the code",
        _G,
        repository(
            {
                "pkg/__init__.py": "",
                "pkg/maths.py": "def double(a):\n    return 2 * a\n",
                "pkg/test_maths.py": "from .maths import double\n\ndef test_double():\n    assert double(2) == 4\n",
            }
        ),
        Reason.OK,
    ),
    Case(
        "only pyproject with a dependency group",
        _G,
        passing_with(
            {
                "pyproject.toml": """
                    [project]
                    name = "thing"
                    version = "0.1"
                    dependencies = ["packaging"]

                    [dependency-groups]
                    test = ["pytest"]
                """,
                "tests/test_packaging.py": """
                    from packaging.version import Version

                    def test_version():
                        assert Version("1.10") > Version("1.9")
                """,
            }
        ),
        Reason.OK,
    ),
    Case(
        "a failing test is named",
        "honest: failures",
        repository({"tests/test_app.py": BAD}),
        Reason.TESTS_FAILED,
        summary="tests/test_app.py::test_wrong",
    ),
    Case(
        "importlib import mode and two modules of one name",
        _G,
        repository(
            {
                "pytest.ini": "[pytest]\naddopts = --import-mode=importlib\n",
                "tests/a/test_app.py": GOOD,
                "tests/b/test_app.py": GOOD,
            }
        ),
        Reason.OK,
        facts={"passed": 6},
    ),
]
