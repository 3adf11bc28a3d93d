"""Hidden tests: they are there, they fail, and something keeps them from being run."""

from jobtwin.core.check import Reason
from tests.attacks.case import APP, BAD, GOOD, Case, failing_with, passing_with, repository

_G = "hidden tests"

_FAILING = "def test_bad():\n    assert False\n"


def _ini(text: str) -> dict[str, str]:
    return failing_with({"pytest.ini": f"[pytest]\n{text}\n"})


_OPTIONS = {
    "-k": 'addopts = -k "not wrong"',
    "--deselect": "addopts = --deselect tests/test_app.py::test_wrong",
    "--ignore": "addopts = --ignore=tests/test_app.py",
    "--ignore-glob": "addopts = --ignore-glob=*app*",
    "--collect-only": "addopts = --collect-only",
    "-x and --maxfail": "addopts = -x --maxfail=1",
    "--exitfirst with -o": "addopts = -o python_files=none.py",
    "--last-failed": "addopts = --lf --lfnf=none",
    "--co": "addopts = --co -q",
    "--help": "addopts = --help",
    "--setup-plan": "addopts = --setup-plan",
    "--stepwise": "addopts = --sw --sw-skip",
    "an unregistered marker": 'addopts = -m "not slow"',
    "a positional test": "addopts = tests/test_app.py::test_add",
}

_HOOKS = {
    "collect_ignore in the conftest": 'collect_ignore = ["tests/test_bad.py"]\n',
    "collect_ignore_glob in the conftest": 'collect_ignore_glob = ["tests/*bad*"]\n',
    "modifyitems drops items": """
        def pytest_collection_modifyitems(items):
            items[:] = [item for item in items if item.name != "test_bad"]
    """,
    "modifyitems drops all items but a few": """
        def pytest_collection_modifyitems(items):
            items[:] = [item for item in items if item.name == "test_add"]
    """,
    "modifyitems deselects without a marker": """
        def pytest_collection_modifyitems(config, items):
            bad = [item for item in items if item.name == "test_bad"]
            config.hook.pytest_deselected(items=bad)
            items[:] = [item for item in items if item not in bad]
    """,
    "a hook ignores the file": """
        def pytest_ignore_collect(collection_path):
            return True if collection_path.name == "test_bad.py" else None
    """,
    "a hook makes no item of it": """
        def pytest_pycollect_makeitem(collector, name):
            return [] if name == "test_bad" else None
    """,
    "the node id of another test is worn": """
        def pytest_collection_modifyitems(items):
            good = next(item for item in items if item.name == "test_add")
            for item in items:
                if item.name == "test_bad":
                    item.obj = lambda: None
                    item.runtest = lambda: None
    """,
}

CASES = [
    Case(f"addopts with {name}", _G, _ini(text), Reason.TESTS_FAILED, summary="test_wrong")
    for name, text in _OPTIONS.items()
]
CASES += [
    Case(name, _G, passing_with({"tests/test_bad.py": _FAILING, "conftest.py": text}), Reason.TAMPERED)
    for name, text in _HOOKS.items()
]
CASES += [
    Case("python_files that match nothing", _G, _ini("python_files = none_*.py"), Reason.TESTS_FAILED),
    Case("norecursedirs that hide the tests", _G, _ini("norecursedirs = tests"), Reason.TESTS_FAILED),
    Case("testpaths that lead nowhere", _G, _ini("testpaths = nowhere"), Reason.TESTS_FAILED),
    Case(
        "names of functions narrowed to the passing one",
        _G,
        _ini("python_functions = test_add"),
        Reason.TESTS_FAILED,
        summary="test_wrong",
    ),
    Case(
        "testpaths that leave a failing folder out are told",
        _G,
        repository(
            {
                "tests/ok/test_app.py": GOOD,
                "tests/bad/test_bad.py": BAD,
                "pytest.ini": "[pytest]\ntestpaths = tests/ok\n",
            }
        ),
        Reason.OK,
        summary="2 tests in 1 file lie outside",
        facts={"tests_elsewhere": {"tests/bad/test_bad.py": 2}},
    ),
    Case(
        "options in setup.cfg and in pytest's own table are undone too",
        _G,
        {"app.py": APP, "tests/test_app.py": BAD, "setup.cfg": "[tool:pytest]\naddopts = -k add\n"},
        Reason.TESTS_FAILED,
    ),
    Case(
        "options in pytest 9's table are undone too",
        _G,
        failing_with({"pyproject.toml": '[tool.pytest]\naddopts = ["-k", "test_add"]\n'}),
        Reason.TESTS_FAILED,
    ),
]
