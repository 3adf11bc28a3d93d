"""Runs pytest inside the sandbox and reports through the inherited pipe.

Started as `python jobtwin_run.py`, without flags (they would reach what the suite starts), with an
environment that holds nothing for the interpreter, and with one JSON object on standard input:
`args`, `paths` (for sys.path, once pytest is loaded), `environment` (for the tests and their
children), `key` (hex). Nothing of the submission is importable before pytest and this file's own
needs are. Every line on the pipe carries its number and a keyed hash: a line that the suite itself
writes there is recognised.
"""

import contextlib
import faulthandler
import hashlib
import hmac
import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - few imports before the suite
_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

RESULT_FD = 9
MESSAGE = 300


def _channel(key: bytes) -> Any:
    """A function that sends one document; everything it needs is bound here, before any test code."""
    pipe = os.dup(RESULT_FD)
    os.set_inheritable(pipe, False)  # noqa: FBT003 - the signature of the standard library
    os.close(RESULT_FD)
    owner, write, getpid, dumps = os.getpid(), os.write, os.getpid, json.dumps
    new, sha256 = hmac.new, hashlib.sha256
    count = 0

    def send(document: dict[str, Any]) -> None:
        nonlocal count
        if getpid() != owner:
            return
        body = dumps([count, document]).encode()
        line = new(key, body, sha256).hexdigest().encode() + b" " + body + b"\n"
        count += 1
        while line:
            line = line[write(pipe, line) :]

    return send


def _load() -> Any:
    """pytest and the probe, with nothing of the submission on the path. Our folder stays last on it,
    because pytest-xdist hands the path of this moment to its workers."""
    sys.path[:] = [one for one in sys.path if one != HERE] + [HERE]
    probe = importlib.import_module("jobtwin_probe")
    return importlib.import_module("pytest"), probe.ATTRIBUTE


def _reporter(  # noqa: C901 - closures, so that a suite finds no attribute to replace
    pytest: Any, attribute: str, send: Any, paths: list[str]
) -> Any:
    around: _Decorator = pytest.hookimpl(hookwrapper=True, tryfirst=True)
    around_last: _Decorator = pytest.hookimpl(hookwrapper=True, trylast=True)
    of_xdist: _Decorator = pytest.hookimpl(optionalhook=True, tryfirst=True)

    class Reporter:
        @around
        def pytest_load_initial_conftests(self, early_config: Any) -> Any:
            # After the plugins of the environment were looked up, before anything else is imported.
            sys.path[:0] = paths
            named = early_config.pluginmanager.list_plugin_distinfo()
            send({"t": "plugins", "names": sorted({info.project_name for _, info in named})})
            yield

        @around
        def pytest_collectreport(self, report: Any) -> Any:
            if report.outcome != "passed":
                text = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
                send({"t": "collect", "id": report.nodeid, "o": report.outcome, "m": _last(text)})
            yield

        @around
        def pytest_collection_finish(self, session: Any) -> Any:
            send({"t": "collected", "ids": [item.nodeid for item in session.items]})
            yield

        @around
        def pytest_deselected(self, items: Any) -> Any:
            for item in items:
                marks = sorted({mark.name for mark in item.iter_markers()})
                send({"t": "deselected", "id": item.nodeid, "marks": marks})
            yield

        @of_xdist
        def pytest_testnodedown(self, node: Any) -> None:
            for nodeid, marks in getattr(node, "workeroutput", {}).get("jobtwin_deselected", {}).items():
                send({"t": "deselected", "id": nodeid, "marks": marks})

        @around
        def pytest_runtest_logreport(self, report: Any) -> Any:
            before = report.outcome
            if report.when == "call" or report.outcome != "passed":
                seen = getattr(report, attribute, None)
                document = {"t": "report", "id": report.nodeid, "w": report.when, "o": report.outcome}
                document |= {"x": hasattr(report, "wasxfail"), "s": seen, "d": round(report.duration, 4)}
                if report.outcome != "passed":
                    document["m"] = _message(report)
                send(document)
            yield
            if report.outcome != before:
                send({"t": "rewritten", "id": report.nodeid, "from": before, "to": report.outcome})

        @around_last
        def pytest_sessionfinish(self, session: Any) -> Any:
            yield
            send({"t": "session", "failed": session.testsfailed, "collected": session.testscollected})

    return Reporter()


def _message(report: Any) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash is not None else report.longrepr
    text = text[2] if isinstance(text, tuple) else text
    return str(text).strip()[:MESSAGE]


def _last(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("E ")]
    return " ".join((errors or lines)[-1:]).removeprefix("E").strip()[:MESSAGE]


def main() -> NoReturn:
    order = json.loads(sys.stdin.buffer.read())
    null = os.open("/dev/null", os.O_RDONLY)
    os.dup2(null, 0)
    leave, flush = os._exit, (sys.stdout.flush, sys.stderr.flush)
    send = _channel(bytes.fromhex(order["key"]))
    faulthandler.enable()
    os.environ.update(order["environment"])
    code = 70
    try:
        pytest, attribute = _load()
        send({"t": "start", "pytest": pytest.__version__, "python": sys.version.split()[0]})
        run = pytest.main
        code = int(run(order["args"], plugins=[_reporter(pytest, attribute, send, order["paths"])]))
        send({"t": "end", "exit": code})
    except BaseException as error:  # noqa: BLE001 - whatever ends pytest is what we are here to tell
        where = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
        said = error.code if isinstance(error, SystemExit) else str(error)
        document = {"t": "boom", "kind": type(error).__name__, "m": str(said)[:MESSAGE], "files": where[-20:]}
        send(document)
    for one in flush:
        with contextlib.suppress(Exception):
            one()
    leave(code)


if __name__ == "__main__":
    main()
