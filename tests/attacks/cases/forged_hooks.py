"""Forged results by hooks and plugins: a failing test is to look like a passing one."""

from jobtwin.core.check import Reason
from tests.attacks.case import BAD, Case, failing_with, repository

_FORGERIES = {
    "makereport flips every failure": """
        import pytest

        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_makereport(item, call):
            outcome = yield
            outcome.get_result().outcome = "passed"
    """,
    "makereport flips only the known failing test": """
        import pytest

        @pytest.hookimpl(hookwrapper=True, tryfirst=True)
        def pytest_runtest_makereport(item, call):
            outcome = yield
            if item.name == "test_wrong":
                outcome.get_result().outcome = "passed"
    """,
    "makereport forgets the exception": """
        import pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_makereport(item, call):
            if item.name == "test_wrong":
                call.excinfo = None
    """,
    "a call wrapper swallows the exception": """
        import pytest

        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_call(item):
            outcome = yield
            if item.name == "test_wrong":
                outcome.force_result(None)
    """,
    "the function is never called": """
        def pytest_pyfunc_call(pyfuncitem):
            if pyfuncitem.name == "test_wrong":
                return True
    """,
    "logreport rewrites the report": """
        import pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_logreport(report):
            if "test_wrong" in report.nodeid and report.when == "call":
                report.outcome = "passed"
                report.longrepr = None
    """,
    "logreport rewrites all reports": """
        def pytest_runtest_logreport(report):
            report.outcome = "passed"
    """,
    "the protocol is answered by a forged report": """
        from _pytest.reports import TestReport

        def pytest_runtest_protocol(item, nextitem):
            if item.name != "test_wrong":
                return None
            for when in ("setup", "call", "teardown"):
                report = TestReport(item.nodeid, item.location, {}, "passed", None, when)
                item.ihook.pytest_runtest_logreport(report=report)
            return True
    """,
    "a canary-aware hook flips known files alone": """
        import pytest

        KNOWN = {"test_app.py"}

        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_makereport(item, call):
            outcome = yield
            report = outcome.get_result()
            if item.path.name in KNOWN and report.failed:
                report.outcome = "passed"
    """,
    "the body of the failing test is replaced at collection": """
        def pytest_runtest_setup(item):
            if item.name == "test_wrong":
                item.ihook.pytest_runtest_logreport

        def pytest_pyfunc_call(pyfuncitem):
            try:
                pyfuncitem.obj()
            except AssertionError:
                pass
            return True
    """,
    "sessionfinish sets the exit status": """
        def pytest_sessionfinish(session, exitstatus):
            session.exitstatus = 0
    """,
    "the runner of pytest is patched": """
        import _pytest.runner

        original = _pytest.runner.CallInfo.from_call.__func__

        def forgiving(cls, func, when, reraise=None):
            def quiet():
                try:
                    return func()
                except AssertionError:
                    return None
            return original(cls, quiet, when, reraise)

        _pytest.runner.CallInfo.from_call = classmethod(forgiving)
    """,
    "pytest.main is patched": """
        import pytest

        pytest.main = lambda *args, **kwargs: 0

        def pytest_runtest_logreport(report):
            report.outcome = "passed"
    """,
    "the session forgets its failures": """
        import pytest

        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtestloop(session):
            yield
            session.testsfailed = 0
    """,
    "a hook under another name": """
        import pytest

        @pytest.hookimpl(hookwrapper=True, specname="pytest_runtest_makereport")
        def pytest_tidy_up(item, call):
            outcome = yield
            outcome.get_result().outcome = "passed"
    """,
    "a plugin registered at run time": """
        class Forger:
            def pytest_runtest_logreport(self, report):
                if report.when == "call":
                    report.outcome = "passed"

        def pytest_configure(config):
            config.pluginmanager.register(Forger())
    """,
    "our reporter is unregistered": """
        def pytest_configure(config):
            for plugin in list(config.pluginmanager.get_plugins()):
                if type(plugin).__name__ == "Reporter":
                    config.pluginmanager.unregister(plugin)
    """,
    "our reporter is found and patched": """
        import gc

        def pytest_configure(config):
            for one in gc.get_objects():
                if type(one).__name__ == "Reporter":
                    type(one).pytest_runtest_logreport = lambda self, report: None

        def pytest_runtest_logreport(report):
            if "test_wrong" in report.nodeid:
                report.outcome = "passed"
    """,
}

CASES = [
    Case(name, "forged results: hooks", failing_with({"conftest.py": text}), Reason.TAMPERED)
    for name, text in _FORGERIES.items()
] + [
    Case(
        "a plugin module planted by pytest_plugins",
        "forged results: hooks",
        failing_with(
            {
                "conftest.py": 'pytest_plugins = ["helpers"]',
                "helpers.py": """
                    def pytest_runtest_logreport(report):
                        report.outcome = "passed"
                """,
            }
        ),
        Reason.TAMPERED,
    ),
    Case(
        "a plugin planted by -p in addopts is not loaded",
        "forged results: hooks",
        failing_with(
            {
                "pytest.ini": "[pytest]\naddopts = -p helpers\n",
                "helpers.py": """
                    def pytest_runtest_logreport(report):
                        report.outcome = "passed"
                """,
            }
        ),
        Reason.TESTS_FAILED,
        facts={"options_undone": ["-p helpers"]},
    ),
    Case(
        "a plugin planted as an entry point of a folder in the tree is not loaded",
        "forged results: hooks",
        failing_with(
            {
                "forger.py": "def pytest_runtest_logreport(report):\n    report.outcome = 'passed'\n",
                "forger-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: forger\nVersion: 1.0\n",
                "forger-1.0.dist-info/entry_points.txt": "[pytest11]\nforger = forger\n",
            }
        ),
        Reason.TESTS_FAILED,
    ),
    Case(
        "an autouse fixture that ends the failing test early",
        "forged results: hooks",
        failing_with(
            {
                "conftest.py": """
                    import pytest

                    @pytest.fixture(autouse=True)
                    def forgiving(request):
                        request.node.obj = lambda: None
                        yield
                """
            }
        ),
        Reason.TAMPERED,
    ),
    Case(
        "a failing unittest method flipped by its name",
        "forged results: hooks",
        repository(
            {
                "tests/test_app.py": """
                    import unittest

                    from app import add

                    class AddTest(unittest.TestCase):
                        def test_right(self):
                            self.assertEqual(add(1, 2), 3)

                        def test_wrong(self):
                            self.assertEqual(add(1, 2), 4)
                """,
                "conftest.py": """
                    import pytest

                    @pytest.hookimpl(hookwrapper=True)
                    def pytest_runtest_makereport(item, call):
                        outcome = yield
                        if item.name == "test_wrong":
                            outcome.get_result().outcome = "passed"
                """,
            }
        ),
        Reason.TAMPERED,
    ),
    Case(
        "a failing test flipped inside a worker of pytest-xdist",
        "forged results: hooks",
        repository(
            {
                "requirements.txt": "pytest\npytest-xdist\n",
                "pytest.ini": "[pytest]\naddopts = -n 2\n",
                "tests/test_app.py": BAD,
                "conftest.py": """
                    import pytest

                    @pytest.hookimpl(hookwrapper=True)
                    def pytest_runtest_makereport(item, call):
                        outcome = yield
                        if item.name == "test_wrong":
                            outcome.get_result().outcome = "passed"
                """,
            }
        ),
        Reason.TAMPERED,
    ),
]
