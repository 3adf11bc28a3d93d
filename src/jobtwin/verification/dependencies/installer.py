"""uv, run with nothing of the submission: private folder and home, explicit variables, watched and timed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobtwin.core.check import Reason
from jobtwin.verification.dependencies.failure import DependencyFailure
from jobtwin.verification.dependencies.locking import FileLock
from jobtwin.verification.dependencies.settings import EnvironmentSettings

_LOOK_SECONDS = 0.2
_MAX_OUTPUT = 2_000_000


class Slow(Exception):
    """The installer did not end in its time."""


def find_uv() -> Path:
    """The uv beside the running interpreter, or the one on PATH. Raises DependencyFailure."""
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.is_file() else shutil.which("uv")
    if found is None:
        raise DependencyFailure(Reason.INFRASTRUCTURE, "uv is not installed beside this Python nor on PATH")
    return Path(found)


class Installer:
    """uv with one download cache of its own, which nobody else uses at the same time."""

    def __init__(self, settings: EnvironmentSettings, slot: Path, folder: Path) -> None:
        self.settings = settings
        self.slot = slot
        self.folder = folder
        self._before = _children(slot)

    def run(
        self,
        arguments: list[str],
        *,
        seconds: float,
        staging: Path | None = None,
        program: str | None = None,
    ) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of uv, or of another `program` of the machine.

        Raises Slow, and DependencyFailure where more than `max_bytes` were downloaded or unpacked.
        """
        out, err = self.folder / "out", self.folder / "err"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                [*_die_with_parent(), program or find_uv(), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                cwd=self.folder,
                env=self._variables(),
                start_new_session=True,
            )
            try:
                self._wait(process, seconds, staging)
            finally:
                _end(process)
        return process.returncode, _text(out), _text(err)

    def _wait(self, process: subprocess.Popen[bytes], seconds: float, staging: Path | None) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                process.wait(timeout=_LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                self._weigh(staging)
                continue
            self._weigh(staging)
            return
        raise Slow

    def _weigh(self, staging: Path | None) -> None:
        """Raises DependencyFailure where this run has downloaded or unpacked more than it may."""
        fresh = [self.slot / name for name in _children(self.slot) - self._before]
        size = sum(weight(path) for path in fresh)
        size = max(size, weight(staging) if staging is not None else 0)
        if size > self.settings.max_bytes:
            raise DependencyFailure(
                Reason.NOT_SUPPORTED,
                f"the dependencies weigh more than the limit of {self.settings.max_bytes} bytes",
                {"limit": "max_bytes", "bytes": size},
            )

    def _variables(self) -> dict[str, str]:
        return {
            **self.settings.installer,
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "UV_CACHE_DIR": str(self.slot),
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_NO_PROGRESS": "1",
            "UV_LINK_MODE": "hardlink",
            "npm_config_cache": str(self.slot / "npm"),
            "npm_config_userconfig": str(self.folder / "no-npmrc"),
            "npm_config_globalconfig": str(self.folder / "no-global-npmrc"),
            "npm_config_git": "/bin/false",
            "npm_config_ignore_scripts": "true",
            "npm_config_update_notifier": "false",
            **({} if "UV_CONFIG_FILE" in self.settings.installer else {"UV_NO_CONFIG": "1"}),
        }


@contextmanager
def private_installer(settings: EnvironmentSettings) -> Iterator[Installer]:
    """An installer with a private folder and the first free download cache; waits where all are in use."""
    lock, slot = _free_slot(settings)
    slot.mkdir(parents=True, exist_ok=True)
    with lock, tempfile.TemporaryDirectory(prefix="install-", dir=settings.cache) as folder:
        yield Installer(settings, slot, Path(folder))


def weight(path: Path) -> int:
    """Bytes of all files at and below a path; what vanishes meanwhile weighs nothing."""
    try:
        if not path.is_dir() or path.is_symlink():
            return path.lstat().st_size
        with os.scandir(path) as entries:
            return sum(
                entry.stat(follow_symlinks=False).st_size
                if not entry.is_dir(follow_symlinks=False)
                else weight(Path(entry.path))
                for entry in entries
            )
    except OSError:
        return 0


def _free_slot(settings: EnvironmentSettings) -> tuple[FileLock, Path]:
    slots = [settings.downloads / str(number) for number in range(max(1, settings.parallel_installs))]
    for slot in slots:
        lock = FileLock(slot.with_suffix(".lock"))
        if lock.try_alone():
            return lock, slot
        lock.close()
    slot = slots[os.getpid() % len(slots)]
    lock = FileLock(slot.with_suffix(".lock"))
    lock.alone()
    return lock, slot


def _children(slot: Path) -> set[str]:
    """Names of the first two levels: uv adds whole folders there, one for each package."""
    found: set[str] = set()
    for bucket in slot.iterdir() if slot.is_dir() else ():
        if bucket.is_dir() and not bucket.is_symlink():
            found |= {f"{bucket.name}/{child.name}" for child in bucket.iterdir()}
        else:
            found.add(bucket.name)
    return found


def _die_with_parent() -> list[str]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_MAX_OUTPUT).decode("utf-8", errors="replace")
