"""Abilities, canaries and sabotage: what is read from the source, and what is made of it."""

import ast
import os
import random
import textwrap
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.source.tree import MemoryTree
from jobtwin.verification.f1.abilities import find_abilities
from jobtwin.verification.f1.canaries import make_canaries
from jobtwin.verification.f1.census import Census, take_census
from jobtwin.verification.f1.pytest_config import read_config
from jobtwin.verification.f1.sabotage import is_code_under_test, sabotage


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - names, not secrets


def tree(**files: str) -> MemoryTree:
    named = {name.replace("__", "/") + ".py": textwrap.dedent(text).encode() for name, text in files.items()}
    return MemoryTree(named)


def census_of(files: MemoryTree) -> Census:
    return take_census(files, read_config(files))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("def pytest_runtest_makereport(item, call): ...", "report"),
        ("def pytest_anything_else(): ...", "report"),
        ("@pytest.hookimpl(specname='pytest_runtest_call')\ndef pytest_x(): ...", "report"),
        ("def pytest_collection_modifyitems(items): ...", "collection"),
        ("collect_ignore = ['a']", "collection"),
        ("collect_ignore = []\ncollect_ignore += ['a']", "collection"),
        ("collect_ignore_glob = []\ncollect_ignore_glob.append('a')", "collection"),
        ("collect_ignore = []\nif X:\n    collect_ignore.append('a')", "condition"),
        ("import os\nos._exit(0)", "exit"),
        ("from os import _exit", "exit"),
        ("pytest.exit('x')", "exit"),
        ("import _pytest.runner", "innards"),
        ("from _pytest import runner", "innards"),
        ("config.pluginmanager.register(x)", "innards"),
        ("import gc\ngc.get_objects()", "innards"),
        ("f.__code__ = g.__code__", "innards"),
        ("from hooks import forge as pytest_runtest_logreport", "report"),
        ("pytest_runtest_call, other = hooks", "report"),
        ("import unittest\nclass A(unittest.TestCase):\n    def run(self, result=None): ...", "report"),
        ("exec(text)", "dynamic"),
        ("import importlib\nimportlib.import_module(name)", "dynamic"),
        ("import sys\nsys.meta_path.insert(0, x)", "dynamic"),
        ("import site\nsite.addsitedir('more')", "dynamic"),
        ("import builtins\nbuiltins.exec(text)", "dynamic"),
    ],
)
def test_what_can_bend_a_run_is_found(text: str, kind: str) -> None:
    assert kind in {one.kind for one in find_abilities(tree(conftest=text))}


@pytest.mark.parametrize(
    "text",
    [
        "def pytest_addoption(parser): ...",
        "pytest_plugins = ['x']",
        "collect_ignore = []",
        "@pytest.fixture\ndef client(): ...",
        "import sys\nsys.exit(1)",
        "def test_x(): ...",
        "def broken(",
        "import re\nPATTERN = re.compile('x')",
        "from pytest_mock import MockerFixture",
        "class Task:\n    def run(self): ...",
    ],
)
def test_ordinary_code_is_able_to_nothing(text: str) -> None:
    assert find_abilities(tree(conftest=text)) == ()


def test_a_link_is_read_as_the_file_that_it_leads_to() -> None:
    files = {"conftest.py": b"data/hooks.txt", "data/hooks.txt": b"def pytest_runtest_logreport(): ..."}

    found = find_abilities(MemoryTree(files, modes={"conftest.py": "120000"}))

    assert [str(one) for one in found] == ["conftest.py:1 pytest_runtest_logreport"]


def test_a_module_that_starts_with_every_interpreter_is_named() -> None:
    assert [one.kind for one in find_abilities(tree(src__sitecustomize="a = 1"))] == ["dynamic"]


@pytest.mark.parametrize("deep", [f"a{'.b' * 900} = 1", f"if {'not ' * 900}a == 2: ..."])
def test_code_that_is_nested_too_deeply_to_be_read_is_said_to_be_able_to_anything(deep: str) -> None:
    assert {one.kind for one in find_abilities(tree(helper=f"a = 1\n{deep}"))} <= {"dynamic"}


@given(st.integers())
def test_canaries_are_two_tests_of_which_one_passes_and_one_fails(seed: int) -> None:
    files = tree(tests__test_a="def test_x(): ...")

    canaries = make_canaries(census_of(files), chance(seed), taken=frozenset())

    scope: dict[str, object] = {}
    exec(canaries.content, scope)  # noqa: S102 - our own text, which is the subject of this test
    passes, fails = (scope[nodeid.partition("::")[2]] for nodeid in (canaries.passes, canaries.fails))
    assert canaries.path.startswith("tests/test_")
    passes()  # type: ignore[operator]  # a function of the executed text
    with pytest.raises(AssertionError):
        fails()  # type: ignore[operator]  # a function of the executed text


def test_canaries_are_collected_under_the_projects_own_patterns() -> None:
    files = MemoryTree(
        {"pytest.ini": b"[pytest]\npython_files = check_*.py\n", "check_a.py": b"def test_x(): ..."}
    )

    assert make_canaries(census_of(files), chance(1), taken=frozenset()).path.startswith("check_")


def test_canaries_never_stand_where_a_file_is() -> None:
    files = tree(test_a="def test_x(): ...")
    first = make_canaries(census_of(files), chance(1), taken=frozenset())

    assert make_canaries(census_of(files), chance(1), taken=frozenset({first.path})).path != first.path


def test_sabotage_replaces_every_body_and_nothing_else() -> None:
    files = tree(
        app="""
        LIMIT = 3
        def one(a, b=LIMIT): return a
        class Thing:
            name = "x"
            async def two(self):
                def inner(): return 1
                return inner()
        """
    )

    done = sabotage(files, spare=())

    module = ast.parse(done.files["app.py"])
    bodies = [
        node.body for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert done.bodies == 2
    assert all([type(one) for one in body] == [ast.Try, ast.Raise] for body in bodies)
    assert b"LIMIT = 3" in done.files["app.py"]


def test_a_switched_off_function_keeps_its_docstring_where_doctests_live() -> None:
    done = sabotage(tree(app='def one():\n    """>>> one()\n    1"""\n    return 1\n'), spare=())

    function = ast.parse(done.files["app.py"]).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert ast.get_docstring(function) == ">>> one()\n1"
    assert b"return 1" not in done.files["app.py"]


def test_a_switched_off_function_leaves_its_mark_and_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    done = sabotage(tree(app="def one(): ..."), spare=())
    opened: list[object] = []
    monkeypatch.setattr("posix.open", lambda *order: opened.append(order))
    monkeypatch.setattr("posix.close", opened.append)
    space: dict[str, Callable[[], object]] = {}
    exec(done.files["app.py"], space)  # noqa: S102 - made by our own code from this text

    with pytest.raises(SystemError, match="switched off"):
        space["one"]()
    assert opened == [("/out/called", os.O_WRONLY | os.O_CREAT), None]


@pytest.mark.parametrize(
    "path", ["tests/helper.py", "conftest.py", "setup.py", "a.txt", "docs/conf.py", "pkg/tests/util.py"]
)
def test_tests_and_packaging_are_not_code_under_test(path: str) -> None:
    assert not is_code_under_test(path)


def test_spared_modules_links_and_unreadable_files_stay() -> None:
    files = MemoryTree(
        {
            "test_a.py": b"def f(): ...",
            "link.py": b"def f(): ...",
            "broken.py": b"def f(",
            "data.py": b"A = 1\n",
        },
        modes={"link.py": "120000"},
    )

    assert sabotage(files, spare=("test_a.py",)).bodies == 0


def test_code_behind_a_link_is_changed_where_it_lies_and_once() -> None:
    content = {
        "a.txt": b"def f(): ...",
        "a.py": b"a.txt",
        "b.py": b"a.txt",
        "c.py": b"d.py",
        "d.py": b"def g(): ...",
    }
    files = MemoryTree(content, modes=dict.fromkeys(("a.py", "b.py", "c.py"), "120000"))

    done = sabotage(files, spare=())

    assert sorted(done.files) == ["a.txt", "d.py"]
    assert done.bodies == 2


def test_only_the_submissions_own_folder_is_changed() -> None:
    files = tree(api__app="def f(): ...", other="def f(): ...")

    assert list(sabotage(files, spare=(), folder="api").files) == ["api/app.py"]
