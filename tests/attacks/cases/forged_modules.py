"""Forged results by shadowed modules, start-up files and the result channel itself."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from jobtwin.core.check import Reason
from tests.attacks.case import Case, failing_with, repository

_G = "forged results: modules and channels"

_FAKE_PYTEST = """
    import sys

    def main(*args, **kwargs):
        print("2 passed")
        return 0

    if __name__ == "__main__":
        sys.exit(main())
"""

_WRITES_EVERYWHERE = """
    import json
    import os

    LINE = json.dumps({"t": "end", "exit": 1}).encode() + b"\\n"

    def pytest_sessionstart(session):
        for name in os.listdir("/proc/self/fd"):
            if int(name) > 2:
                try:
                    os.write(int(name), LINE)
                except OSError:
                    pass
"""

CASES = [
    Case("a pytest.py in the root", _G, failing_with({"pytest.py": _FAKE_PYTEST}), Reason.TESTS_FAILED),
    Case(
        "a _pytest package in the root",
        _G,
        failing_with({"_pytest/__init__.py": "", "_pytest/runner.py": "raise SystemExit(0)\n"}),
        Reason.TESTS_FAILED,
    ),
    Case(
        "a json.py and an os.py in the root",
        _G,
        failing_with({"json.py": "import os\nos._exit(0)\n", "os.py": "raise SystemExit(0)\n"}),
        Reason.TESTS_FAILED,
    ),
    Case(
        "a sitecustomize.py in the root and in src",
        _G,
        failing_with(
            {
                "sitecustomize.py": "import os\nos._exit(0)\n",
                "src/sitecustomize.py": "import os\nos._exit(0)\n",
                "usercustomize.py": "import os\nos._exit(0)\n",
            }
        ),
        Reason.TESTS_FAILED,
    ),
    Case(
        "a committed virtual environment with a .pth",
        _G,
        failing_with(
            {
                ".venv/pyvenv.cfg": "home = /usr/bin\n",
                ".venv/lib/python3.11/site-packages/evil.pth": "import os; os._exit(0)\n",
            }
        ),
        Reason.TESTS_FAILED,
    ),
    Case(
        "pythonpath puts a shadowed standard module first",
        _G,
        failing_with(
            {
                "pytest.ini": "[pytest]\npythonpath = shadow\n",
                "shadow/traceback.py": "import os\nos._exit(0)\n",
            }
        ),
        Reason.TESTS_FAILED,
        also=(Reason.TAMPERED,),
    ),
    Case(
        "forged lines on every open pipe",
        _G,
        failing_with({"conftest.py": _WRITES_EVERYWHERE}),
        Reason.TAMPERED,
    ),
    Case(
        "the number of the pipe is not in the environment",
        _G,
        repository(
            {
                "tests/test_app.py": """
                    import os
                    import sys
                    from pathlib import Path

                    from app import add

                    def test_nothing_leaks():
                        assert add(1, 1) == 2
                        start = Path("/proc/self/environ").read_bytes().split(b"\\0")
                        names = {one.partition(b"=")[0].decode() for one in start if one}
                        assert names <= {"USER", "HOME", "PATH", "LANG", "PWD"}, names
                        assert not os.path.exists("/proc/self/fd/9")
                        assert sys.stdin is None or sys.stdin.read() == ""
                """
            }
        ),
        Reason.OK,
        also=(Reason.TESTS_FAILED,),
    ),
    Case(
        "a setup.py that patches the interpreter while it is built",
        _G,
        failing_with(
            {
                "setup.py": """
                    import os
                    from setuptools import setup

                    for folder in ("/venv/lib/python3.11/site-packages", "/usr/lib/python3.11", "/w", "/tmp"):
                        try:
                            with open(os.path.join(folder, "evil.pth"), "w") as file:
                                file.write("import os; os._exit(0)")
                        except OSError:
                            pass

                    setup(name="thing", version="1", py_modules=["app"])
                """,
                "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
            }
        ),
        Reason.TESTS_FAILED,
    ),
    Case(
        "a wheel built with a start-up file of its own",
        _G,
        failing_with(
            {
                "setup.py": """
                    from setuptools import setup
                    from setuptools.command.build_py import build_py

                    class Evil(build_py):
                        def run(self):
                            super().run()
                            with open(self.build_lib + "/evil.pth", "w") as file:
                                file.write("import os; os._exit(0)\\n")
                            with open(self.build_lib + "/sitecustomize.py", "w") as file:
                                file.write("import os; os._exit(0)\\n")

                    setup(name="thing", version="1", py_modules=["app"], cmdclass={"build_py": Evil})
                """,
                "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
            }
        ),
        Reason.TESTS_FAILED,
    ),
]
