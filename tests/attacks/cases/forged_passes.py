"""Forged results without a hook that could be read: a pass is told of a test that did not pass as it stands."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from jobtwin.core.check import Reason
from tests.attacks.case import Case, failing_with, passing_with, repository

_G = "forged results: passes"

_FLIP = """
    import pytest

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(item, call):
        outcome = yield
        if item.name == "test_wrong":
            outcome.get_result().outcome = "passed"
"""

_FORGIVES = """
    runner = find("_py" + "test.runner")
    kind = vars(runner)["Call" + "Info"]
    original = kind.from_call.__func__

    def forgiving(cls, func, when, reraise=None):
        def quiet():
            try:
                return func()
            except AssertionError as error:
                if "== 4" not in str(error):
                    raise
        return original(cls, quiet, when, reraise)

    setattr(kind, "from_call", classmethod(forgiving))
"""

_IN_WORKERS = """
    import builtins
    import sys

    ask, done = builtins.__import__, []

    def patch(find):
{patch}
    def importing(name, *rest, **more):
        found = ask(name, *rest, **more)
        runner = sys.modules.get("_py" + "test.runner")
        if not done and hasattr(runner, "check_interactive_exception"):
            done.append(1)
            patch(sys.modules.get)
        return found

    if "-c" in sys.orig_argv:
        builtins.__import__ = importing
"""

_MENDING_LOADER = """
    import importlib.machinery
    import importlib.util
    import os
    import sys

    class Loader(importlib.machinery.SourceFileLoader):
        def get_data(self, path):
            data = super().get_data(path)
            return data.replace(b"== 4", b"== 3") if path.endswith("test_app.py") else data

    class Finder:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name.endswith("test_app"):
                file = os.path.join(os.path.dirname(__file__), "tests", "test_app.py")
                return importlib.util.spec_from_file_location(name, file, loader=Loader(name, file))

    sys.meta_path.insert(0, Finder)
"""


def _unittest(body: str) -> dict[str, str]:
    head = "import unittest\nfrom app import add\n\nclass AddTest(unittest.TestCase):\n"
    tests = "    def test_right(self):\n        self.assertEqual(add(1, 2), 3)\n\n    def test_wrong(self):\n        self.assertEqual(add(1, 2), 4)\n"
    return repository({"tests/test_app.py": head + body + tests})


def _conftest(text: str, **more: str) -> dict[str, str]:
    return failing_with({"conftest.py": text, **more})


def _indented(text: str) -> str:
    return "".join(f"    {line}" for line in text.splitlines(keepends=True))


CASES = [
    Case(
        "hooks that are read from a file that is no Python",
        _G,
        _conftest(
            "from pathlib import Path\nexec(Path(__file__).with_name('hooks.txt').read_text())\n",
            **{"hooks.txt": _FLIP},
        ),
        Reason.TAMPERED,
        summary="exec",
    ),
    Case(
        "a conftest that is a link to a file that is no Python",
        _G,
        failing_with({"hooks.txt": _FLIP}),
        Reason.TAMPERED,
        links={"conftest.py": "hooks.txt"},
    ),
    Case(
        "a hook that is imported under its name",
        _G,
        _conftest(
            "from forge import flip as pytest_runtest_makereport\n",
            **{"forge.py": _FLIP.replace("pytest_runtest_makereport", "flip")},
        ),
        Reason.TAMPERED,
    ),
    Case(
        "the runner patched without a word of its name",
        _G,
        _conftest(f"    import importlib\n    find = importlib.import_module\n{_FORGIVES}"),
        Reason.TAMPERED,
        summary="raised AssertionError",
    ),
    Case(
        "the runner patched as a worker of pytest-xdist starts",
        _G,
        failing_with(
            {
                "requirements.txt": "pytest\npytest-xdist\n",
                "pytest.ini": "[pytest]\naddopts = -n 2\n",
                "sitecustomize.py": _IN_WORKERS.format(patch=_indented(_FORGIVES)),
            }
        ),
        Reason.TAMPERED,
        summary="sitecustomize.py",
    ),
    Case(
        "a pass told of a failing test, copied from another's",
        _G,
        _conftest(
            """
            import copy

            KEPT = []

            def pytest_runtest_logreport(report):
                if report.when == "call" and "test_add" in report.nodeid and not KEPT:
                    KEPT.append(report)

            def pytest_sessionfinish(session):
                fake = copy.copy(KEPT[0])
                fake.nodeid = "tests/test_app.py::test_wrong"
                session.config.hook.pytest_runtest_logreport(report=fake)
            """
        ),
        Reason.TAMPERED,
    ),
    Case(
        "the test file is rewritten before it is collected",
        _G,
        _conftest(
            """
            from pathlib import Path

            file = Path(__file__).parent / "tests" / "test_app.py"
            file.write_text(file.read_text().replace("== 4", "== 3"))
            """
        ),
        Reason.CENSUS_MISMATCH,
        summary="not loaded as the commit has it",
    ),
    Case(
        "an import hook that mends the failing test",
        _G,
        _conftest(_MENDING_LOADER),
        Reason.TAMPERED,
        summary="not loaded as the commit has it",
    ),
    Case(
        "a fixture puts another function in the failing one's place",
        _G,
        _conftest(
            """
            import pytest

            @pytest.fixture(autouse=True)
            def swap(request):
                if request.node.name == "test_wrong":
                    request.node.obj = lambda: None
                yield
            """
        ),
        Reason.CENSUS_MISMATCH,
        summary="another function ran in its place",
    ),
    Case(
        "a fixture gives the failing function other code",
        _G,
        _conftest(
            """
            import pytest

            def well():
                pass

            @pytest.fixture(autouse=True)
            def swap(request):
                if request.node.name == "test_wrong":
                    request.node.obj.__code__ = well.__code__
                yield
            """
        ),
        Reason.TAMPERED,
        summary="another function ran in its place",
    ),
    Case(
        "a conftest replaces the failing function in its module",
        _G,
        _conftest(
            "",
            **{"tests/conftest.py": "import test_app\n\nsetattr(test_app, 'test_wrong', lambda: None)\n"},
        ),
        Reason.CENSUS_MISMATCH,
        summary="another function ran in its place",
    ),
    Case(
        "a unittest case that reports success in place of running",
        _G,
        _unittest(
            "    def run(self, result=None):\n        if self._testMethodName == 'test_right':\n            return super().run(result)\n"
            "        result.startTest(self)\n        result.addSuccess(self)\n        result.stopTest(self)\n\n"
        ),
        Reason.TAMPERED,
        summary="never ran",
    ),
    Case(
        "a unittest case that swallows what its methods raise",
        _G,
        _unittest(
            "    def _callTestMethod(self, method):\n        try:\n            method()\n        except AssertionError:\n            pass\n\n"
        ),
        Reason.TAMPERED,
        summary="raised AssertionError",
    ),
    Case(
        "a unittest case that runs the same method for each",
        _G,
        _unittest("    def __init__(self, name='runTest'):\n        super().__init__('test_right')\n\n"),
        Reason.CENSUS_MISMATCH,
        summary="never ran",
    ),
    Case(
        "a failing subtest of unittest",
        _G,
        repository(
            {
                "tests/test_app.py": """
                    import unittest
                    from app import add

                    class AddTest(unittest.TestCase):
                        def test_many(self):
                            for a, total in ((1, 2), (2, 9)):
                                with self.subTest(a=a):
                                    self.assertEqual(add(a, 1), total)
                """
            }
        ),
        Reason.TESTS_FAILED,
    ),
    Case(
        "a failing subtest beside a plugin for them",
        _G,
        repository(
            {
                "requirements.txt": "pytest<9\npytest-subtests\n",
                "tests/test_app.py": """
                    from app import add

                    def test_many(subtests):
                        for a, total in ((1, 2), (2, 9)):
                            with subtests.test(a=a):
                                assert add(a, 1) == total
                """,
            }
        ),
        Reason.TESTS_FAILED,
    ),
    Case(
        "an honest test that passes when it is run again",
        _G,
        passing_with(
            {
                "requirements.txt": "pytest\npytest-rerunfailures\n",
                "pytest.ini": "[pytest]\naddopts = --reruns 2\n",
                "tests/test_again.py": "CALLS = []\n\ndef test_again():\n    CALLS.append(1)\n    assert len(CALLS) > 1\n",
            }
        ),
        Reason.OK,
        facts={"passed": 4, "failed_count": 0},
    ),
    Case(
        "honest functions behind decorators, patches and class decorators",
        _G,
        passing_with(
            {
                "requirements.txt": "pytest\nhypothesis\nfreezegun\npytest-asyncio\nparameterized\n",
                "tests/test_wrapped.py": """
                    import functools
                    import unittest
                    from unittest.mock import patch

                    import freezegun
                    import pytest
                    from hypothesis import given
                    from hypothesis import strategies as st
                    from parameterized import parameterized

                    import app

                    def quietly(function):
                        def inner(*args):
                            return function(*args)
                        inner.__name__ = function.__name__
                        return inner

                    @quietly
                    def test_quiet():
                        assert app.add(1, 1) == 2

                    @pytest.mark.parametrize(
                        "a",
                        [1, 2],
                    )
                    @pytest.mark.filterwarnings("ignore")
                    def test_marked(a):
                        assert app.add(a, 0) == a

                    @patch("app.greet")
                    def test_patched(greet):
                        assert app.add(1, 1) == 2

                    @given(st.integers())
                    def test_given(a):
                        assert app.add(a, 1) == a + 1

                    @pytest.mark.asyncio
                    async def test_async():
                        assert app.add(1, 1) == 2

                    @freezegun.freeze_time("2020-01-01")
                    class TestFrozen:
                        def test_one(self):
                            assert app.add(1, 1) == 2

                    @patch.object(app, "greet")
                    class PatchedTest(unittest.TestCase):
                        def test_two(self, greet):
                            assert app.add(1, 1) == 2

                    class ManyTest(unittest.TestCase):
                        @parameterized.expand([(1,), (2,)])
                        def test_many(self, a):
                            assert app.add(a, 0) == a

                    class AsyncTest(unittest.IsolatedAsyncioTestCase):
                        async def test_three(self):
                            assert app.add(1, 1) == 2
                """,
            }
        ),
        Reason.OK,
    ),
]
