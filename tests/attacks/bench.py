"""Runs cases on a real engine, with something on the host worth stealing."""

import os
import socketserver
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from jobtwin.core.check import CheckResult, Reason
from jobtwin.source.tree import MemoryTree
from jobtwin.verification.choose import choose_engine
from jobtwin.verification.engine import BUSY, Limits
from jobtwin.verification.events import Progress, ignore
from jobtwin.verification.f1.check import check_f1
from jobtwin.verification.settings import AfterSettings, VerificationSettings
from jobtwin.verification.subject import Subject
from jobtwin.verification.workspace import work_folder
from tests.attacks.case import Case

SECRET = "JOBTWIN_BENCH_SECRET"
SLOWER = {"gvisor": 4.0}
"""How much longer an engine may take for the same case."""

_ATTEMPTS = 5


def limits_on(engine: str, case: Case) -> Limits:
    """A case's own, with time that fits the engine; a case that is to run out of time does so on each."""
    if Reason.TIMEOUT in {case.reason, *case.also}:
        return case.limits
    times, own = SLOWER.get(engine, 1.0), case.limits
    return replace(own, cpu_seconds=own.cpu_seconds * times, wall_seconds=own.wall_seconds * times)


class Bench:
    """`{port}` in a case's files becomes a port that listens on the host's loopback, `{secret_file}` a
    readable file of the host, `{secret_name}` the name of a variable in the verifier's environment."""

    def __init__(self, cache: Path, engine: str | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="jobtwin-bench-")
        top = Path(self._folder.name)
        environ = {**os.environ, "JOBTWIN_CACHE": str(cache), "JOBTWIN_WORK": str(top / "work")}
        self.settings = replace(VerificationSettings.from_environment(environ), engine=engine)
        self.engine = choose_engine(self.settings)
        self._server = socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        secret = top / "secret.txt"
        secret.write_text("the host's own")
        top.chmod(0o755)
        os.environ[SECRET] = "the host's own"
        self._names = {
            "{port}": str(self._server.server_address[1]),
            "{secret_file}": str(secret),
            "{secret_name}": SECRET,
        }

    def verify(self, case: Case) -> CheckResult:
        """F1 on one case; what other work held up is tried again with more time."""
        limits = limits_on(self.engine.name, case)
        for _ in range(_ATTEMPTS):
            result = self._once(case, limits)
            if not result.summary.endswith(BUSY):
                break
            limits = replace(limits, wall_seconds=limits.wall_seconds * 2)
        return result

    def _once(self, case: Case, limits: Limits) -> CheckResult:
        settings = replace(self.settings, limits=limits, after=AfterSettings(cpu_seconds=0))
        files = {path: self._filled(text).encode() for path, text in case.files.items()}
        files |= {path: self._filled(target).encode() for path, target in case.links.items()}
        files |= dict(case.blobs)
        tree = MemoryTree(files, modes=dict.fromkeys(case.links, "120000"))
        with work_folder(settings.work) as work:
            return check_f1(Subject(tree, self.engine, settings, Progress("F1", ignore, {}), work))

    def _filled(self, text: str) -> str:
        for name, value in self._names.items():
            text = text.replace(name, value)
        return text

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        os.environ.pop(SECRET, None)
        self._folder.cleanup()
