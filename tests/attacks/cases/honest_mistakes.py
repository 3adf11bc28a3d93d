"""Honest mistakes: each keeps its own reason, and none may read as tampering."""

from jobtwin.core.check import Reason
from tests.attacks.case import Case, passing_with, repository

_M = "honest: failures"

CASES = [
    Case(
        "a typo in a test module",
        _M,
        passing_with({"tests/test_typo.py": "def test_x()\n    pass\n"}),
        Reason.COLLECTION_ERROR,
    ),
    Case(
        "a missing import",
        _M,
        passing_with({"tests/test_import.py": "import no_such_module\n\ndef test_x():\n    pass\n"}),
        Reason.COLLECTION_ERROR,
        summary="no_such_module",
    ),
    Case(
        "a typo in the conftest",
        _M,
        passing_with({"conftest.py": "import os\nos.no_such_thing()\n"}),
        Reason.COLLECTION_ERROR,
    ),
    Case(
        "a broken hook in the conftest",
        _M,
        passing_with({"conftest.py": "def pytest_collection_modifyitems(items):\n    items.nope()\n"}),
        Reason.COLLECTION_ERROR,
    ),
    Case(
        "a conftest that asks for a variable and gives up",
        _M,
        passing_with(
            {"conftest.py": "import os, sys\nif 'API_KEY' not in os.environ:\n    sys.exit('set API_KEY')\n"}
        ),
        Reason.COLLECTION_ERROR,
        summary="set API_KEY",
    ),
    Case(
        "a script without a main guard beside the tests",
        _M,
        passing_with({"tests/test_script.py": "import sys\n\ndef test_x():\n    pass\n\nsys.exit(0)\n"}),
        Reason.COLLECTION_ERROR,
    ),
    Case(
        "an unknown marker under strict markers",
        _M,
        passing_with(
            {
                "pytest.ini": "[pytest]\naddopts = --strict-markers\n",
                "tests/test_mark.py": "import pytest\n\n@pytest.mark.slwo\ndef test_x():\n    pass\n",
            }
        ),
        Reason.COLLECTION_ERROR,
    ),
    Case(
        "a pyproject that cannot be read",
        _M,
        passing_with({"pyproject.toml": "[tool.pytest\n"}),
        Reason.COLLECTION_ERROR,
    ),
    Case(
        "syntax of a newer Python",
        _M,
        passing_with({"tests/test_new.py": "type Pair = tuple[int, int]\n\ndef test_x():\n    pass\n"}),
        Reason.NO_INTERPRETER,
    ),
    Case(
        "tests that need the network",
        _M,
        repository(
            {
                "tests/test_net.py": """
                    import urllib.request

                    def test_fetch():
                        urllib.request.urlopen("http://example.com", timeout=5)
                """
            }
        ),
        Reason.NEEDS_NETWORK,
        summary="test_fetch",
    ),
    Case(
        "a segmentation fault",
        _M,
        passing_with({"tests/test_crash.py": "import ctypes\n\ndef test_x():\n    ctypes.string_at(0)\n"}),
        Reason.CRASHED,
        summary="signal 11",
    ),
    Case(
        "code that exits the process with an error",
        _M,
        passing_with({"tests/test_exit.py": "import os\n\ndef test_x():\n    os._exit(3)\n"}),
        Reason.CRASHED,
        summary="exit code 3",
    ),
    Case(
        "a pytest that is too old for this Python",
        _M,
        passing_with({"requirements.txt": "pytest==3.0.7\n"}),
        Reason.COLLECTION_ERROR,
        summary="cannot be loaded",
    ),
    Case(
        "an expected failure that passes",
        _M,
        passing_with({"tests/test_x.py": "import pytest\n\n@pytest.mark.xfail\ndef test_x():\n    pass\n"}),
        Reason.TESTS_FAILED,
    ),
    Case(
        "an object that equals everything cannot be told apart",
        "undecidable in one process",
        repository(
            {
                "tests/test_app.py": """
                    from app import add

                    class Anything:
                        def __eq__(self, other):
                            return True

                    def test_add():
                        assert add(1, 2) == Anything()
                """
            }
        ),
        Reason.OK,
    ),
]
