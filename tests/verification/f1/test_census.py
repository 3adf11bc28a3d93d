"""The census names the tests that stock pytest would collect."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.source.tree import MemoryTree
from jobtwin.verification.f1.census import Census, take_census
from jobtwin.verification.f1.module_reader import BrokenModule, read_module
from jobtwin.verification.f1.pytest_config import read_config


def census(files: dict[str, str], subfolder: str = "") -> Census:
    tree = MemoryTree({path: textwrap.dedent(text).encode() for path, text in files.items()})
    return take_census(tree, read_config(tree, subfolder), subfolder=subfolder)


def names(text: str) -> tuple[str, ...]:
    return census({"test_a.py": text}).certain


ONE = "def test_one():\n    pass\n"


def test_functions_methods_and_coroutines_are_found() -> None:
    found = names(
        """
        def test_plain(): ...
        async def test_async(): ...
        def helper(): ...
        class TestThings:
            def test_method(self): ...
            def other(self): ...
            class TestInner:
                def test_deep(self): ...
        class Helper:
            def test_not(self): ...
        """
    )

    assert found == (
        "test_a.py::test_plain",
        "test_a.py::test_async",
        "test_a.py::TestThings::test_method",
        "test_a.py::TestThings::TestInner::test_deep",
    )


@pytest.mark.parametrize(
    "base", ["unittest.TestCase", "TestCase", "IsolatedAsyncioTestCase", "django.test.TestCase"]
)
def test_methods_of_test_cases_are_found_under_any_name(base: str) -> None:
    assert names(f"class Things({base}):\n    def test_x(self): ...\n") == ("test_a.py::Things::test_x",)


def test_a_local_test_case_counts_as_one() -> None:
    text = "class Base(TestCase):\n    pass\nclass Things(Base):\n    def test_x(self): ...\n"

    assert names(text) == ("test_a.py::Things::test_x",)


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nif sys.platform == 'win32':\n    def test_x(): ...\n",
        "try:\n    def test_x(): ...\nexcept ImportError:\n    pass\n",
        "def test_x(): ...\ntest_x = None\n",
        "def test_x(): ...\ntest_x.__test__ = False\n",
        "def test_x(): ...\ndel test_x\n",
        "@pytest.fixture\ndef test_x(): ...\n",
        "@pytest.fixture(scope='session')\ndef test_x(): ...\n",
        "class TestX:\n    __test__ = False\n    def test_x(self): ...\n",
        "class TestX:\n    def __init__(self): ...\n    def test_x(self): ...\n",
        "class TestX(Mixin):\n    def test_x(self): ...\n",
        "def f():\n    def test_x(): ...\n",
        "test_x = lambda: None\n",
    ],
)
def test_what_only_running_could_tell_is_not_certain(text: str) -> None:
    assert names(text) == ()


def test_a_name_defined_twice_is_one_test() -> None:
    assert names(ONE + ONE) == ("test_a.py::test_one",)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("tests/test_a.py", True),
        ("tests/a_test.py", True),
        ("tests/a.py", False),
        ("build/test_a.py", False),
        (".hidden/test_a.py", False),
        ("node_modules/x/test_a.py", False),
        ("deep/venv/test_a.py", False),
        ("src/pkg/test_a.py", True),
    ],
)
def test_stock_places(path: str, found: bool) -> None:
    assert bool(census({path: ONE}).certain) is found


def test_a_virtual_environment_under_another_name_is_left_out() -> None:
    assert census({"env/pyvenv.cfg": "", "env/test_a.py": ONE, "test_b.py": ONE}).modules == ("test_b.py",)


def test_testpaths_are_followed_and_the_rest_is_told() -> None:
    found = census(
        {"pytest.ini": "[pytest]\ntestpaths = tests\n", "tests/test_a.py": ONE, "more/test_b.py": ONE}
    )

    assert found.certain == ("tests/test_a.py::test_one",)
    assert found.elsewhere == {"more/test_b.py": 1}


@pytest.mark.parametrize(
    "setting",
    [
        "testpaths = tests/none",
        "python_files = check_*.py",
        "norecursedirs = tests",
        "testpaths = /",
        "testpaths = ..",
    ],
)
def test_no_setting_can_empty_the_census(setting: str) -> None:
    found = census({"pytest.ini": f"[pytest]\n{setting}\n", "tests/test_a.py": ONE})

    assert found.certain == ("tests/test_a.py::test_one",)


def test_names_can_only_be_added_to() -> None:
    functions = "def test_a(): ...\ndef it_b(): ...\n"
    text = functions + "class TestC:\n    def test_c(self): ...\nclass SpecD:\n    def it_d(self): ...\n"
    found = census(
        {"pytest.ini": "[pytest]\npython_functions = it_*\npython_classes = Spec\n", "test_a.py": text}
    )

    assert {one.rpartition("::")[2] for one in found.certain} == {"test_a", "it_b", "test_c", "it_d"}


def test_node_ids_of_a_subfolder_are_relative_to_its_own_configuration() -> None:
    found = census({"api/pytest.ini": "[pytest]\n", "api/tests/test_a.py": ONE, "test_b.py": ONE}, "api")

    assert found.certain == ("tests/test_a.py::test_one",)


def test_node_ids_of_a_subfolder_below_a_shared_configuration() -> None:
    found = census({"pytest.ini": "[pytest]\n", "api/tests/test_a.py": ONE, "test_b.py": ONE}, "api")

    assert found.certain == ("api/tests/test_a.py::test_one",)


@pytest.mark.parametrize(
    ("text", "newer"),
    [
        ("type A = int\n", True),
        ("def f[T](a: T): ...\n", True),
        ("class A[T]: ...\n", True),
        ("try:\n    pass\nexcept ValueError, TypeError:\n    pass\n", True),
        ("def test_x()\n    pass\n", False),
        ("x = (\n", False),
        ("print 'hello'\n", False),
        ('x = f"{a} is {b["c"]}" +\n', True),
        ("x = f'{a} is {b' + c d\n", False),
        ("x = (" + 'f"{' * 20_000, False),
        ("\0", False),
        ("(" * 500, False),
    ],
)
def test_a_module_that_cannot_be_parsed_is_told_apart_by_its_syntax(text: str, newer: bool) -> None:
    (broken,) = census({"test_a.py": text}).broken

    assert broken.newer is newer


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    found = read_module(content, path="test_a.py", nodeid="test_a.py", classes=("Test",), functions=("test",))

    assert isinstance(found, list | BrokenModule)


def test_where_the_code_of_a_test_begins_is_known_unless_a_decorator_may_replace_it() -> None:
    text = """
    import pytest

    def test_plain(): ...

    @pytest.mark.slow
    @pytest.mark.parametrize("a", [1])
    def test_marked(a): ...

    @wrapped
    def test_wrapped(): ...

    @wrapped
    class TestAll:
        def test_in(self): ...
    """

    found = {test.nodeid.partition("::")[2]: test.begins for test in census({"test_a.py": text}).tests}

    assert found == {"test_plain": 4, "test_marked": 6, "test_wrapped": None, "TestAll::test_in": None}


def test_what_a_library_multiplies_under_other_names_is_not_certain() -> None:
    text = """
    from parameterized import parameterized
    import ddt, unittest

    @ddt.ddt
    class ATest(unittest.TestCase):
        @parameterized.expand([(1,)])
        def test_many(self, a): ...

        @ddt.data(1)
        def test_more(self, a): ...

        def test_one(self): ...
    """

    assert census({"test_a.py": text}).certain == ("test_a.py::ATest::test_one",)


def test_ancestors_that_meet_again_and_again_are_asked_once() -> None:
    bases = "".join(f"class B{n}(B{n - 1}, B{n - 1}): pass\n" for n in range(1, 60))

    assert names(f"class B0: pass\n{bases}class ATest(B59):\n    def test_one(self): ...\n") == ()
