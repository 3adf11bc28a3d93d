"""Honest repositories of many styles: each must be confirmed."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from jobtwin.core.check import Reason
from tests.attacks.case import Case, passing_with, repository

_G = "honest: styles"

_SRC_PROJECT = """
    [build-system]
    requires = ["setuptools"]
    build-backend = "setuptools.build_meta"

    [project]
    name = "greeter"
    version = "1.2.3"

    [project.scripts]
    greet = "greeter.cli:main"
"""

_GREETER = {
    "pyproject.toml": _SRC_PROJECT,
    "src/greeter/__init__.py": "def greet(name):\n    return f'hello {name}'\n",
    "src/greeter/cli.py": "from greeter import greet\n\ndef main():\n    print(greet('cli'))\n",
}

CASES = [
    Case("plain functions", _G, passing_with({}), Reason.OK, facts={"passed": 3, "failed_count": 0}),
    Case(
        "a src layout with a build system",
        _G,
        repository(
            {
                **_GREETER,
                "tests/test_greeter.py": """
                    from greeter import greet

                    def test_greet():
                        assert greet("Ada") == "hello Ada"
                """,
            }
        ),
        Reason.OK,
    ),
    Case(
        "the installed package: version, entry point and script",
        _G,
        repository(
            {
                **_GREETER,
                "tests/test_installed.py": """
                    import subprocess
                    from importlib.metadata import entry_points, version

                    def test_version():
                        assert version("greeter") == "1.2.3"

                    def test_entry_point():
                        found = entry_points(group="console_scripts")
                        assert [one.value for one in found if one.name == "greet"] == ["greeter.cli:main"]

                    def test_script():
                        done = subprocess.run(["greet"], capture_output=True, text=True, check=True)
                        assert done.stdout == "hello cli\\n"
                """,
            }
        ),
        Reason.OK,
    ),
    Case(
        "unittest style with setUp and subtests",
        _G,
        repository(
            {
                "test_app.py": """
                    import unittest

                    from app import add

                    class AddTest(unittest.TestCase):
                        def setUp(self):
                            self.one = 1

                        def test_add(self):
                            for other in range(3):
                                with self.subTest(other=other):
                                    self.assertEqual(add(self.one, other), 1 + other)

                    class AsyncTest(unittest.IsolatedAsyncioTestCase):
                        async def test_add(self):
                            self.assertEqual(add(2, 2), 4)

                    if __name__ == "__main__":
                        unittest.main()
                """
            }
        ),
        Reason.OK,
    ),
    Case(
        "unittest style, mixed in, beside code that looks at frames",
        _G,
        repository(
            {
                "frames.py": """
                    import sys

                    def caller():
                        return sys._getframe(1).f_code.co_name
                """,
                "conftest.py": """
                    import pytest

                    @pytest.fixture(autouse=True)
                    def named(request):
                        assert request.function.__name__.startswith("test_")
                """,
                "test_app.py": """
                    import unittest

                    from app import add
                    from frames import caller

                    class Shared:
                        def test_caller(self):
                            self.assertEqual(caller(), "test_caller")

                    class AddTest(unittest.TestCase, Shared):
                        def test_add(self):
                            self.assertEqual(add(1, 1), 2)
                """,
            }
        ),
        Reason.OK,
    ),
    Case(
        "pytest-asyncio in auto mode",
        _G,
        repository(
            {
                "requirements.txt": "pytest\npytest-asyncio\n",
                "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
                "tests/test_app.py": """
                    import asyncio

                    import pytest

                    from app import add

                    @pytest.fixture
                    async def one():
                        await asyncio.sleep(0)
                        return 1

                    async def test_add(one):
                        assert add(one, 1) == 2
                """,
            }
        ),
        Reason.OK,
    ),
    Case(
        "pytest-cov with a threshold in addopts",
        _G,
        passing_with(
            {
                "requirements-dev.txt": "pytest\npytest-cov\n",
                "pyproject.toml": """
                    [tool.pytest.ini_options]
                    addopts = "--cov=app --cov-report=term-missing --cov-fail-under=80 -ra"
                    testpaths = ["tests"]
                """,
            }
        ),
        Reason.OK,
    ),
    Case(
        "pytest-cov whose threshold is not met fails the run",
        "honest: failures",
        passing_with(
            {
                "requirements-dev.txt": "pytest\npytest-cov\n",
                "unused.py": "def never():\n    a = 1\n    b = 2\n    return a + b\n",
                "pytest.ini": "[pytest]\naddopts = --cov=. --cov-fail-under=100\n",
            }
        ),
        Reason.TESTS_FAILED,
    ),
    Case(
        "pytest-xdist in addopts",
        _G,
        passing_with(
            {"requirements.txt": "pytest\npytest-xdist\n", "pytest.ini": "[pytest]\naddopts = -n auto\n"}
        ),
        Reason.OK,
        facts={"options_honoured": ["-n", "auto"]},
    ),
    Case(
        "pytest-xdist with a deselecting marker",
        _G,
        passing_with(
            {
                "requirements.txt": "pytest\npytest-xdist\n",
                "pytest.ini": '[pytest]\naddopts = -n 2 -m "not slow"\nmarkers = slow: takes long\n',
                "tests/test_slow.py": "import pytest\n\n@pytest.mark.slow\ndef test_slow():\n    assert False\n",
            }
        ),
        Reason.OK,
    ),
    Case(
        "parameters and fixtures in a conftest",
        _G,
        repository(
            {
                "tests/conftest.py": """
                    import pytest

                    @pytest.fixture(params=[0, 1])
                    def base(request):
                        return request.param
                """,
                "tests/test_app.py": """
                    import pytest

                    from app import add

                    @pytest.mark.parametrize(("other", "total"), [(1, 1), (2, 2)], ids=["a::b", "[x]"])
                    def test_add(base, other, total):
                        assert add(base, other) == base + total

                    class TestMore:
                        @pytest.mark.parametrize("value", range(3))
                        def test_zero(self, value):
                            assert add(value, 0) == value
                """,
            }
        ),
        Reason.OK,
    ),
    Case(
        "classes with inherited tests",
        _G,
        repository(
            {
                "tests/test_app.py": """
                    from app import add

                    class Checks:
                        start = 0

                        def test_add(self):
                            assert add(self.start, 1) == self.start + 1

                    class TestZero(Checks):
                        pass

                    class TestFive(Checks):
                        start = 5

                        def test_more(self):
                            assert add(self.start, 5) == 10
                """
            }
        ),
        Reason.OK,
        facts={"passed": 3},
    ),
]
