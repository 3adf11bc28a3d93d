"""Empty suites: nothing fails because nothing is asked."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from jobtwin.core.check import Reason
from tests.attacks.case import Case, passing_with, repository

_G = "empty suites"

CASES = [
    Case("no tests at all", _G, repository({"README.md": "tests will follow"}), Reason.NO_TESTS),
    Case(
        "a test file without a test", _G, repository({"tests/test_app.py": "import app\n"}), Reason.NO_TESTS
    ),
    Case("an empty repository", _G, {"README.md": ""}, Reason.NO_TESTS),
    Case(
        "all skipped",
        _G,
        repository(
            {"tests/test_app.py": "import pytest\n\n@pytest.mark.skip\ndef test_x():\n    assert False\n"}
        ),
        Reason.ALL_SKIPPED,
    ),
    Case(
        "a module that skips itself and nothing else",
        _G,
        repository(
            {
                "tests/test_app.py": "import pytest\npytest.skip('later', allow_module_level=True)\n\ndef test_x():\n    assert False\n"
            }
        ),
        Reason.ALL_SKIPPED,
    ),
    Case(
        "a hook that skips everything it does not know",
        _G,
        passing_with(
            {
                "conftest.py": """
                    import pytest

                    def pytest_collection_modifyitems(items):
                        for item in items:
                            if "test_app" in item.nodeid:
                                item.add_marker(pytest.mark.skip)
                """
            }
        ),
        Reason.ALL_SKIPPED,
    ),
    Case(
        "all expected to fail",
        _G,
        repository(
            {"tests/test_app.py": "import pytest\n\n@pytest.mark.xfail\ndef test_x():\n    assert False\n"}
        ),
        Reason.ALL_SKIPPED,
    ),
    Case(
        "all deselected by a registered marker",
        _G,
        repository(
            {
                "pytest.ini": '[pytest]\naddopts = -m "not all"\nmarkers = all\n',
                "tests/test_app.py": "import pytest\n\n@pytest.mark.all\ndef test_x():\n    assert False\n",
            }
        ),
        Reason.ALL_SKIPPED,
        also=(Reason.TESTS_FAILED,),
    ),
    Case(
        "asserts nothing",
        _G,
        repository({"tests/test_app.py": "def test_x():\n    assert True\n"}),
        Reason.SURVIVES_SABOTAGE,
    ),
    Case(
        "imports the code and asserts nothing",
        _G,
        repository({"tests/test_app.py": "import app\n\ndef test_x():\n    assert app is not None\n"}),
        Reason.SURVIVES_SABOTAGE,
    ),
    Case(
        "swallows whatever the code raises",
        _G,
        repository(
            {
                "tests/test_app.py": """
                    from app import add

                    def test_x():
                        try:
                            assert add(1, 1) == 2
                        except Exception:
                            pass
                """
            }
        ),
        Reason.SURVIVES_SABOTAGE,
    ),
    Case(
        "tests without code to switch off",
        _G,
        {
            "test_maths.py": "def double(a):\n    return 2 * a\n\ndef test_double():\n    assert double(2) == 4\n"
        },
        Reason.OK,
        facts={"control": {"functions_switched_off": 0, "noticed": False}},
    ),
]
