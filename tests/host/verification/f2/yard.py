"""Where hostile containers are tried: the packaged base image, a shelf of wheels, and small limits."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from jobtwin.core.check import CheckResult
from jobtwin.source.tree import MemoryTree
from jobtwin.verification.engine import BUSY, EngineFailure, Job, Outcome
from jobtwin.verification.events import Progress, ignore
from jobtwin.verification.f2.check import check_container
from jobtwin.verification.f2.settings import MIB, ContainerSettings
from jobtwin.verification.settings import VerificationSettings
from jobtwin.verification.subject import Subject
from tests.host.verification.dependencies.shelf import Shelf, shelf_at

BASE = "python:3.11-slim-bookworm"

SERVER = """
import http.server, os, signal, sys, threading, time
ASKED = threading.Event()
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ASKED.set()
        self.send_response(200 if self.path in ("/", "/healthz") else 404)
        self.end_headers()
    def log_message(self, *words): pass
def serve(port=8080, address="0.0.0.0"):
    http.server.ThreadingHTTPServer((address, port), Handler).serve_forever()
def stop_on(number=signal.SIGTERM):
    signal.signal(number, lambda *_: (sys.stdout.flush(), os._exit(0)))
if __name__ == "__main__":
    stop_on()
    serve()
"""
"""What honest submissions start; hostile ones import parts of it."""

CONTAINERFILE = f"""FROM {BASE}
COPY . /app
WORKDIR /app
USER 10001
EXPOSE 8080
CMD ["python", "app.py"]
"""

QUICK = {"settle_seconds": 0.3}
NEVER_WELL = {"start_seconds": 10.0}
"""For containers that are waited for in vain: long enough for a busy machine to start them."""
SMALL = {"memory_bytes": 400 * MIB, "disk_bytes": 200 * MIB, "app_memory_bytes": 128 * MIB}
_ATTEMPTS = 5


class NoEngine:
    """The container check brings its own box."""

    name = "none"

    def run(self, job: Job) -> Outcome:
        raise EngineFailure(f"nothing runs {job.argv[0]} here", retry=False)


@dataclass(frozen=True)
class Yard:
    """Runs the check on files of text or bytes."""

    settings: ContainerSettings
    work: Path
    shelf: Shelf

    def check(self, files: dict[str, str | bytes], **limits: object) -> CheckResult:
        """`limits` are fields of the settings; a missing Containerfile or app.py is an honest one."""
        whole = {"Containerfile": CONTAINERFILE, "app.py": SERVER, "server.py": SERVER, **files}
        return self.check_only(whole, **limits)

    def check_only(self, files: dict[str, str | bytes], **limits: object) -> CheckResult:
        """Exactly these files."""
        tree = MemoryTree(
            {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
        )
        return self.check_tree(tree, **limits)

    def check_tree(self, tree: MemoryTree, **limits: object) -> CheckResult:
        """What other work on the machine held up is tried again with more time."""
        settings = replace(self.settings, **limits)  # type: ignore[arg-type]  # passed on as given
        for _ in range(_ATTEMPTS):
            result = self._once(tree, settings)
            if not result.summary.endswith(BUSY):
                break
            settings = replace(
                settings,
                build_seconds=settings.build_seconds * 2,
                start_seconds=settings.start_seconds * 2,
                stop_seconds=settings.stop_seconds * 2,
            )
        return result

    def _once(self, tree: MemoryTree, settings: ContainerSettings) -> CheckResult:
        general = VerificationSettings(
            cache=self.work / "cache", work=self.work, installer=self.shelf.settings
        )
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            subject = Subject(tree, NoEngine(), general, Progress("F2", ignore, {}), Path(folder))
            return check_container(subject, settings)


@contextmanager
def yard_at(images: Path) -> Iterator[Yard]:
    """A yard in a folder of its own, gone afterwards."""
    work = Path(tempfile.mkdtemp(prefix="jobtwin-yard-"))
    try:
        shelf = shelf_at(work)
        for name in ("pip", "kerb-lib"):
            shelf.add(name, "99.0")
        yield Yard(replace(ContainerSettings(images), **QUICK), work, shelf)  # type: ignore[arg-type]  # numbers
    finally:
        shutil.rmtree(work, ignore_errors=True)
