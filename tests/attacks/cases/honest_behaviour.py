"""Honest repositories whose tests do unusual things: each must be confirmed."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from jobtwin.core.check import Reason
from tests.attacks.case import Case, passing_with, repository

_G = "honest: behaviour"

CASES = [
    Case(
        "an option of its own with skip markers",
        _G,
        passing_with(
            {
                "conftest.py": """
                    import pytest

                    def pytest_addoption(parser):
                        parser.addoption("--slow", action="store_true", default=False)

                    def pytest_configure(config):
                        config.addinivalue_line("markers", "slow: takes long")

                    def pytest_collection_modifyitems(config, items):
                        if config.getoption("--slow"):
                            return
                        for item in items:
                            if "slow" in item.keywords:
                                item.add_marker(pytest.mark.skip(reason="needs --slow"))
                """,
                "tests/test_slow.py": "import pytest\n\n@pytest.mark.slow\ndef test_slow():\n    assert False\n",
            }
        ),
        Reason.OK,
        facts={"skipped": 1, "passed": 3},
    ),
    Case(
        "a hook that sorts the tests",
        _G,
        passing_with(
            {
                "conftest.py": """
                    def pytest_collection_modifyitems(items):
                        items.sort(key=lambda item: item.name, reverse=True)
                """
            }
        ),
        Reason.OK,
    ),
    Case(
        "a hook that hangs reports on items, as the documentation shows",
        _G,
        passing_with(
            {
                "conftest.py": """
                    import pytest

                    @pytest.hookimpl(wrapper=True, tryfirst=True)
                    def pytest_runtest_makereport(item, call):
                        rep = yield
                        setattr(item, "rep_" + rep.when, rep)
                        return rep

                    @pytest.fixture(autouse=True)
                    def look(request):
                        yield
                        if request.node.rep_call.failed:
                            print("a picture would be taken now")
                """
            }
        ),
        Reason.OK,
    ),
    Case(
        "hooks that print a header and a summary",
        _G,
        passing_with(
            {
                "conftest.py": """
                    def pytest_report_header(config):
                        return "the project's header"

                    def pytest_terminal_summary(terminalreporter, exitstatus):
                        terminalreporter.write_line(f"ended with {exitstatus}")

                    def pytest_sessionfinish(session, exitstatus):
                        print("done", exitstatus)
                """
            }
        ),
        Reason.OK,
    ),
    Case(
        "subprocesses, temporary folders and loopback sockets",
        _G,
        repository(
            {
                "tests/test_system.py": """
                    import socket
                    import subprocess
                    import sys
                    import threading

                    from app import add

                    def test_child():
                        code = "from app import add; print(add(1, 2))"
                        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
                        assert done.stdout == "3\\n"

                    def test_files(tmp_path):
                        (tmp_path / "a.txt").write_text(str(add(1, 1)))
                        assert (tmp_path / "a.txt").read_text() == "2"

                    def test_loopback():
                        server = socket.create_server(("127.0.0.1", 0))
                        port = server.getsockname()[1]
                        thread = threading.Thread(target=lambda: server.accept()[0].sendall(b"ok"))
                        thread.start()
                        with socket.create_connection(("localhost", port)) as client:
                            assert client.recv(2) == b"ok"
                        thread.join()
                        server.close()

                    def test_environment(monkeypatch):
                        monkeypatch.setenv("A", "1")
                        import os
                        assert os.environ["A"] == "1"
                """
            }
        ),
        Reason.OK,
    ),
    Case(
        "expected failures and skips among passes",
        _G,
        passing_with(
            {
                "tests/test_later.py": """
                    import sys

                    import pytest

                    @pytest.mark.xfail(reason="not yet")
                    def test_later():
                        assert False

                    @pytest.mark.skipif(sys.platform == "linux", reason="elsewhere")
                    def test_elsewhere():
                        assert False

                    if sys.platform == "win32":
                        def test_windows():
                            assert False

                    def test_perhaps():
                        pytest.importorskip("no_such_module")
                """
            }
        ),
        Reason.OK,
        facts={"xfailed": 1, "skipped": 2, "passed": 3},
    ),
    Case(
        "files for a later Python are left out under a condition",
        _G,
        passing_with(
            {
                "conftest.py": """
                    import sys

                    collect_ignore = []
                    if sys.version_info < (3, 99):
                        collect_ignore.extend(["tests/test_later.py"])
                """,
                "tests/test_later.py": "def test_later():\n    assert False\n",
            }
        ),
        Reason.CENSUS_MISMATCH,
        summary="a condition leaves out",
    ),
    Case(
        "a module that skips itself",
        _G,
        passing_with(
            {
                "tests/test_optional.py": """
                    import pytest

                    numpy = pytest.importorskip("no_such_module")

                    def test_array():
                        assert numpy.array([1]).size == 1
                """
            }
        ),
        Reason.OK,
    ),
    Case(
        "tests that print much, change folder and spawn threads",
        _G,
        repository(
            {
                "tests/test_noise.py": """
                    import os
                    import threading

                    from app import add

                    def test_noise(tmp_path, monkeypatch, capsys):
                        monkeypatch.chdir(tmp_path)
                        print("x" * 100_000)
                        assert add(1, 1) == 2

                    def test_threads():
                        found = []
                        threads = [threading.Thread(target=lambda: found.append(add(1, 1))) for _ in range(8)]
                        for one in threads:
                            one.start()
                        for one in threads:
                            one.join()
                        assert found == [2] * 8

                    def test_fork():
                        pid = os.fork()
                        if pid == 0:
                            os._exit(0)
                        assert os.waitpid(pid, 0)[1] == 0
                """
            }
        ),
        Reason.OK,
    ),
]
