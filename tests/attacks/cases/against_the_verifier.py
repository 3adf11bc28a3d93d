"""Words, files and results that are to stop, crash or flood the verifier itself, outside the sandbox."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from jobtwin.core.check import Reason
from tests.attacks.case import BAD, Case, failing_with, passing_with

_G = "against the verifier"


def _before_it_is_told(statements: str) -> dict[str, str]:
    """A conftest that changes each report in the moment before our reporter reads it."""
    head = "import pytest\nimport sys\n\n@pytest.hookimpl(hookwrapper=True, tryfirst=True)\n"
    body = "".join(f"    {line}\n" for line in [*statements.splitlines(), "yield"])
    return failing_with({"conftest.py": f"{head}def pytest_runtest_logreport(report):\n{body}"})


def _at_the_end(value: str) -> dict[str, str]:
    hook = f"def pytest_sessionfinish(session):\n    session.testsfailed = {value}\n"
    return failing_with({"conftest.py": hook})


CASES = [
    Case("a count of failures that is a word", _G, _at_the_end("'many'"), Reason.TAMPERED),
    Case("a count of failures that is a list", _G, _at_the_end("[1]"), Reason.TAMPERED),
    Case(
        "a test that took forever",
        _G,
        _before_it_is_told("report.duration = float('inf')"),
        Reason.TAMPERED,
        also=(Reason.COLLECTION_ERROR,),
    ),
    Case(
        "what was seen of a test is a word",
        _G,
        _before_it_is_told("report.jobtwin_seen = 'evil'"),
        Reason.TAMPERED,
    ),
    Case(
        "what was seen of a test has other shapes",
        _G,
        _before_it_is_told("report.jobtwin_seen = {'raw': {'a': 1}, 'ran': 'x', 'causes': 5, 'errnos': {}}"),
        Reason.TAMPERED,
    ),
    Case(
        "what was seen of a test is nested without end",
        _G,
        _before_it_is_told(
            "sys.setrecursionlimit(10 ** 6)\nfound = []\nfor _ in range(9000):\n    found = [found]\nreport.jobtwin_seen = {'raw': found}"
        ),
        Reason.TAMPERED,
        also=(Reason.COLLECTION_ERROR, Reason.CRASHED),
    ),
    Case(
        "a number of six thousand digits",
        _G,
        _before_it_is_told("sys.set_int_max_str_digits(0)\nreport.jobtwin_seen = {'ran': 10 ** 6000}"),
        Reason.TAMPERED,
    ),
    Case(
        "half characters and null characters in a message",
        _G,
        failing_with({"tests/test_app.py": 'def test_wrong():\n    assert False, "\\ud800 \\x00 end"\n'}),
        Reason.TESTS_FAILED,
        facts={"failed": {"tests/test_app.py::test_wrong": "AssertionError: ? ? end\nassert False"}},
    ),
    Case(
        "a test whose name is a book",
        _G,
        failing_with(
            {
                "tests/test_app.py": 'import pytest\n\n@pytest.mark.parametrize("x", ["a" * 1_000_000], ids=str)\ndef test_wrong(x):\n    assert False\n'
            }
        ),
        Reason.TESTS_FAILED,
        facts={"collected": 1},
    ),
    Case(
        "testpaths that fit a deep folder in countless ways",
        _G,
        failing_with(
            {
                "pytest.ini": f"[pytest]\ntestpaths = {'**/' * 24}none\n",
                f"{'a/' * 40}test_a.py": "def test_a():\n    pass\n",
            }
        ),
        Reason.TESTS_FAILED,
    ),
    Case(
        "a broken line that fits a pattern in countless ways",
        _G,
        failing_with({"tests/test_b.py": "x = (" + 'f"{' * 20_000 + "\n"}),
        Reason.COLLECTION_ERROR,
        also=(Reason.NO_INTERPRETER,),
    ),
    Case(
        "a pyproject.toml nested without end",
        _G,
        failing_with({"pyproject.toml": f"x = {'[' * 50_000}"}),
        Reason.COLLECTION_ERROR,
        summary="nested too deeply",
    ),
    Case(
        "options of three thousand words",
        _G,
        passing_with({"pytest.ini": f"[pytest]\naddopts = {'-v ' * 3_000}\n"}),
        Reason.COLLECTION_ERROR,
        summary="addopts is longer than 8000 characters",
    ),
    Case(
        "an attribute of an attribute of an attribute",
        _G,
        failing_with({"conftest.py": f"a = 1\nif 0:\n    a{'.b' * 900} = 1\n"}),
        Reason.TESTS_FAILED,
    ),
    Case(
        "a condition that is denied many times",
        _G,
        failing_with({"helper.py": f"if {'not ' * 1200}0 == 2:\n    pass\n", "tests/test_app.py": BAD}),
        Reason.TESTS_FAILED,
    ),
    Case(
        "a section that two parsers read in two ways",
        _G,
        failing_with(
            {
                "pytest.ini": "[pytest] # ]\npython_files = ok_*.py none_*.py\n",
                "ok_a.py": "def test_a():\n    pass\n",
            }
        ),
        Reason.TESTS_FAILED,
        summary="test_wrong",
    ),
    Case(
        "pytest's configuration behind a link",
        _G,
        passing_with({"config/all.ini": "[pytest]\naddopts = -q\n"}),
        Reason.OK,
        facts={"configuration": "pytest.ini", "options_honoured": ["-q"]},
        links={"pytest.ini": "config/all.ini"},
    ),
]
