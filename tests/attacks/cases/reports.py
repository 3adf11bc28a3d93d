"""Reports, logs and caches that a run leaves: read by nobody, or as plain text."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from jobtwin.core.check import Reason
from tests.attacks.case import Case, failing_with, passing_with

_G = "reports and persistence"
_JUNIT = "[pytest]\naddopts = --junitxml=report.xml\n"


def _asserts(body: str, **more: str) -> dict[str, str]:
    return passing_with({"tests/test_zz.py": body, **more})


CASES = [
    Case(
        "a report that was written beforehand",
        _G,
        failing_with(
            {
                "pytest.ini": _JUNIT,
                "report.xml": '<testsuite tests="2" failures="0"><testcase name="test_wrong"/></testsuite>',
            }
        ),
        Reason.TESTS_FAILED,
    ),
    Case(
        "a report that the run rewrites at its end",
        _G,
        failing_with(
            {
                "pytest.ini": _JUNIT,
                "tests/test_zz.py": """
                    import atexit

                    def test_x():
                        atexit.register(lambda: open("report.xml", "w").write("<testsuite failures='0'/>"))
                """,
            }
        ),
        Reason.TESTS_FAILED,
    ),
    Case(
        "a report that is a link to a file of the host",
        _G,
        passing_with({"pytest.ini": _JUNIT}) | {"report.xml": "/etc/passwd"},
        Reason.OK,
        links={"report.xml": "/etc/passwd"},
    ),
    Case(
        "a report that is a pipe nobody reads",
        _G,
        _asserts("import os\n\ndef test_x():\n    os.mkfifo('pipe.xml')\n"),
        Reason.OK,
    ),
    Case(
        "a report of two gigabytes",
        _G,
        _asserts(
            "def test_x():\n    with open('report.xml', 'wb') as file:\n        file.truncate(2 << 30)\n"
        ),
        Reason.OK,
        also=(Reason.DISK_FULL, Reason.TESTS_FAILED),
    ),
    Case(
        "an entity bomb for a report",
        _G,
        _asserts(
            "def test_x():\n    pass\n",
            **{"report.xml": '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;&c;&c;</a>'},
        ),
        Reason.OK,
    ),
    Case(
        "terminal escapes in the name of a failing test",
        _G,
        failing_with(
            {
                "tests/test_app.py": """
                    import pytest

                    @pytest.mark.parametrize("name", ["\\x1b[2J\\x1b]0;owned\\x07"], ids=lambda one: one)
                    def test_wrong(name):
                        assert False, name
                """
            }
        ),
        Reason.TESTS_FAILED,
        summary="1 test failed",
    ),
    Case(
        "markup in a message",
        _G,
        failing_with(
            {"tests/test_app.py": "def test_wrong():\n    assert False, '<script>alert(1)</script>'\n"}
        ),
        Reason.TESTS_FAILED,
    ),
    Case(
        "bytes on the log that are no text",
        _G,
        _asserts("import os\n\ndef test_x():\n    os.write(2, bytes(range(256)) * 100)\n"),
        Reason.OK,
    ),
    Case(
        "pytest's cache of an earlier failure",
        _G,
        passing_with(
            {
                "pytest.ini": "[pytest]\naddopts = --lf --last-failed-no-failures none\n",
                ".pytest_cache/v/cache/lastfailed": '{"tests/test_none.py::test_none": true}',
            }
        ),
        Reason.OK,
    ),
    Case(
        "compiled files that lie about their source",
        _G,
        failing_with(
            {
                "tests/test_zz.py": """
                    import pathlib
                    import py_compile

                    def test_x():
                        pathlib.Path("lie.py").write_text("def test_wrong(): pass")
                        py_compile.compile("lie.py", cfile="tests/__pycache__/test_app.cpython-311.pyc")
                """
            }
        ),
        Reason.TESTS_FAILED,
    ),
    Case(
        "the environment and its caches cannot be written",
        _G,
        _asserts(
            """
            import os
            import sys
            import sysconfig
            import pytest

            @pytest.mark.parametrize("folder", [sysconfig.get_path("purelib"), sys.prefix, os.path.dirname(pytest.__file__),
                os.path.join(os.path.dirname(pytest.__file__), "__pycache__"), "/jt", "/usr/lib/python3"])
            def test_x(folder):
                with pytest.raises(OSError):
                    open(os.path.join(folder, "sitecustomize.py"), "w")
            """
        ),
        Reason.OK,
    ),
    Case(
        "a daemon that waits for the next run",
        _G,
        _asserts(
            """
            import os
            import time

            def test_x():
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        os.execv("/usr/bin/sleep", ["jobtwin-left-behind", "600"])
                    os._exit(0)
                os.wait()
            """
        ),
        Reason.OK,
    ),
    Case(
        "and the next run, where it is gone",
        _G,
        _asserts(
            """
            from pathlib import Path

            def test_x():
                lines = [one.read_bytes() for one in Path("/proc").glob("[0-9]*/cmdline")]
                assert not any(b"jobtwin-left-behind" in one for one in lines)
            """
        ),
        Reason.OK,
    ),
]
