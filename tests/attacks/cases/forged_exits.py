"""Forged results by leaving early, from wherever code of the submission runs."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from jobtwin.core.check import Reason
from tests.attacks.case import Case, failing_with, repository

_G = "forged results: exits"

_CONFTESTS = {
    "the conftest leaves with success at import": "import os\nos._exit(0)\n",
    "the conftest exits with success at import": "import sys\nsys.exit(0)\n",
    "a hook leaves when the session ends": """
        import os

        def pytest_sessionfinish(session):
            os._exit(0)
    """,
    "a hook leaves when pytest is unconfigured": """
        import os

        def pytest_unconfigure(config):
            os._exit(0)
    """,
    "a handler leaves at exit": """
        import atexit
        import os

        def pytest_sessionfinish(session):
            session.exitstatus = 0

        atexit.register(os._exit, 0)
    """,
    "a thread leaves after a while": """
        import os
        import threading
        import time

        def leave():
            time.sleep(0.3)
            os._exit(0)

        threading.Thread(target=leave, daemon=True).start()

        def pytest_runtest_setup(item):
            if item.name == "test_wrong":
                time.sleep(5)
    """,
    "pytest.exit with a return code": """
        import pytest

        def pytest_runtest_setup(item):
            if item.name == "test_wrong":
                pytest.exit("done", returncode=0)
    """,
    "pytest.exit with the very code of a failing canary": """
        import pytest

        def pytest_runtest_setup(item):
            if item.name == "test_wrong":
                pytest.exit("done", returncode=1)
    """,
    "the process becomes another one that succeeds": """
        import os

        def pytest_collection_finish(session):
            os.execv("/usr/bin/true", ["true"])
    """,
    "a child goes on in its parent's place": """
        import os

        def pytest_sessionstart(session):
            if os.fork() != 0:
                os._exit(0)
    """,
}

CASES = [
    Case(name, _G, failing_with({"conftest.py": text}), Reason.TAMPERED) for name, text in _CONFTESTS.items()
] + [
    Case(
        "a test module leaves with success at import",
        _G,
        failing_with({"tests/test_a.py": "import os\nos._exit(0)\n"}),
        Reason.TAMPERED,
    ),
    Case(
        "a test leaves with success",
        _G,
        failing_with({"tests/test_a.py": "import os\n\ndef test_leave():\n    os._exit(0)\n"}),
        Reason.TAMPERED,
    ),
    Case(
        "a test kills the whole run",
        _G,
        failing_with(
            {
                "tests/test_a.py": "import os, signal\n\ndef test_kill():\n    os.kill(os.getpid(), signal.SIGKILL)\n"
            }
        ),
        Reason.CRASHED,
    ),
    Case(
        "the code under test leaves with success at import",
        _G,
        repository(
            {
                "app.py": "import os\n\ndef add(a, b):\n    return a + b\n\nos._exit(0)\n",
                "tests/test_app.py": "from app import add\n\ndef test_add():\n    assert add(1, 1) == 3\n",
            }
        ),
        Reason.TAMPERED,
    ),
]
