"""Forged results by assertions that are switched off, turned into skips, or kept from the code by a link."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from jobtwin.core.check import Reason
from tests.attacks.case import APP, BAD, Case, failing_with, repository

_G = "forged results: assertions"

_PLAIN = f'"""PYTEST_DONT_REWRITE"""\n{BAD}'

_FLIPS = """
    import pytest

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(item, call):
        outcome = yield
        outcome.get_result().outcome = "passed"
"""

CASES = [
    Case(
        "assertions are optimised away in the workers of pytest-xdist",
        _G,
        failing_with(
            {
                "requirements.txt": "pytest\npytest-xdist\n",
                "pytest.ini": "[pytest]\naddopts = -n 2\n",
                "tests/test_app.py": _PLAIN,
                "conftest.py": "import os\n\nos.environ['PYTHONOPTIMIZE'] = '1'\n",
            }
        ),
        Reason.CENSUS_MISMATCH,
        summary="not loaded as the commit has it",
    ),
    Case(
        "assertions that are not rewritten fail all the same",
        _G,
        failing_with({"tests/test_app.py": _PLAIN, "pytest.ini": "[pytest]\naddopts = --assert=plain\n"}),
        Reason.TESTS_FAILED,
    ),
    Case(
        "a failed assertion raises a skip",
        _G,
        failing_with(
            {
                "conftest.py": "import builtins\nimport pytest\n\nbuiltins.AssertionError = pytest.skip.Exception\n"
            }
        ),
        Reason.CENSUS_MISMATCH,
        also=(Reason.TAMPERED,),
    ),
    Case(
        "code under test behind a link to a file that is no Python, and a suite that asserts nothing",
        _G,
        {
            "app.txt": APP,
            "tests/test_app.py": "from app import add\n\ndef test_add():\n    assert add is not None\n",
        },
        Reason.SURVIVES_SABOTAGE,
        links={"app.py": "app.txt"},
    ),
    Case(
        "a plugin of the project's own, under an entry point for pytest",
        _G,
        failing_with(
            {
                "flips.py": _FLIPS,
                "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
                '[project]\nname = "thing"\nversion = "1"\n[project.entry-points.pytest11]\nflips = "flips"\n'
                '[tool.setuptools]\npy-modules = ["app", "flips"]\n',
            }
        ),
        Reason.TESTS_FAILED,
    ),
    Case(
        "a thread that prints results for ever",
        _G,
        failing_with(
            {
                "conftest.py": "import sys\nimport threading\nimport time\n\ndef talk():\n    while True:\n"
                "        print('2 passed in 0.01s', file=sys.__stdout__, flush=True)\n        time.sleep(0.01)\n\n"
                "threading.Thread(target=talk, daemon=True).start()\n"
            }
        ),
        Reason.TESTS_FAILED,
    ),
    Case(
        "a function that ends a test's process with the code of a killed one",
        _G,
        repository({"tests/test_app.py": "import os\n\ndef test_x():\n    os._exit(137)\n"}),
        Reason.CRASHED,
        also=(Reason.TAMPERED,),
    ),
]
